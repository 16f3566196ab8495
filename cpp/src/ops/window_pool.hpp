#pragma once

#include "ops/operator.hpp"

namespace dt4ecg::ops {

// The maximum or the mean of adjacent windows of `size` steps: (B, C, T) -> (B, C, T / size),
// rounded down. Remaining steps at the end are not read.
extern const Operator max_pool_operator;
extern const Operator average_pool_operator;

}  // namespace dt4ecg::ops
