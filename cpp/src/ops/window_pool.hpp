#pragma once

#include "ops/operator.hpp"

namespace dt4ecg::ops {

// The largest value, or the mean, of windows of `size` steps side by side: (B, C, T) -> (B, C,
// T / size), rounded down; the steps left over at the end are not read.
extern const Operator max_pool_operator;
extern const Operator average_pool_operator;

}  // namespace dt4ecg::ops
