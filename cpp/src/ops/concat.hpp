#pragma once

#include "ops/operator.hpp"

namespace dt4ecg::ops {

// The channels of two maps of one length, one after the other: (B, C, T), (B, D, T) -> (B, C + D,
// T).
extern const Operator concat_operator;

}  // namespace dt4ecg::ops
