#pragma once

#include "ops/operator.hpp"

namespace dt4ecg::ops {

// relu?(batch_norm(conv(x)) [+ skip]); x (B, C, T), weight (C', C, kernel), "same" zero padding, so
// T' = ceil(T / stride). One half of the paper's residual module (Fig. 3), after He et al. 2016.
// In training the running statistics are updated in place.
at::Tensor conv_norm(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& gain,
                     const at::Tensor& bias, const at::Tensor& running_mean,
                     const at::Tensor& running_var, const at::Tensor& skip, int64_t stride,
                     bool relu, bool training);

extern const Operator conv_norm_operator;

}  // namespace dt4ecg::ops
