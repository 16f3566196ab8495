#pragma once

#include "ops/operator.hpp"

namespace dt4ecg::ops {

// Turns each value of a map into a channel of one time step: (B, C, T) -> (B, C T, 1).
extern const Operator flatten_operator;

}  // namespace dt4ecg::ops
