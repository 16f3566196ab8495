#pragma once

#include "ops/operator.hpp"

namespace dt4ecg::ops {

// Global average pooling over time: (B, C, T) -> (B, C).
extern const Operator mean_pool_operator;

}  // namespace dt4ecg::ops
