#pragma once

#include "ops/operator.hpp"

namespace dt4ecg::ops {

// relu?(batch_norm(depthwise convolution(x))): each channel is filtered on its own (Howard et al.
// 2017), (B, C, T) -> (B, C, T'), weight (C, 1, kernel), uniform within 1 / sqrt(kernel); "same"
// zero padding, so T' = ceil(T / stride).
//   y[c, t] = sum_k w[c, k] x[c, t stride - kernel / 2 + k]
extern const Operator depthwise_norm_operator;

}  // namespace dt4ecg::ops
