#pragma once

#include "ops/operator.hpp"

namespace dt4ecg::ops {

// Concatenates the channels of two maps: (B, C, T), (B, D, T) -> (B, C + D, T).
extern const Operator concat_operator;

}  // namespace dt4ecg::ops
