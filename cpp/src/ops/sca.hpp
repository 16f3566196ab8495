#pragma once

#include "ops/operator.hpp"

namespace dt4ecg::ops {

// Sequence Channel Attention (paper, equations 1 to 7) on x (B, C, T):
//   a = sigmoid(Conv1d(mean over T of x))         (B, C, 1), channel weight (C, C, 1)
//   b = sigmoid(FC(mean over C of x * a))         (B, 1, T), sequence weight (T, T)
//   y = x * a * b
at::Tensor sca(const at::Tensor& x, const at::Tensor& channel_weight,
               const at::Tensor& channel_bias, const at::Tensor& sequence_weight,
               const at::Tensor& sequence_bias);

extern const Operator sca_operator;

}  // namespace dt4ecg::ops
