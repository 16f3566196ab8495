#pragma once

#include <c10/core/SymInt.h>

#include "ops/operator.hpp"

namespace dt4ecg::ops {

// The defaults of PyTorch. The paper states no other values.
constexpr double kBatchNormMomentum = 0.1;
constexpr double kBatchNormEpsilon = 1e-5;

// Batch normalisation over (B, T) per channel (Ioffe and Szegedy 2015), with ATen's kernels.
// In training the running statistics are updated in place.
at::Tensor batch_norm(const at::Tensor& x, const at::Tensor& gain, const at::Tensor& bias,
                      const at::Tensor& running_mean, const at::Tensor& running_var, bool training);

// Training needs two values per channel.
void require_variance(const c10::SymInt& batch, const c10::SymInt& channels,
                      const c10::SymInt& length);

// The parameters (weight, bias) and buffers (running_mean, running_var) for a number of channels.
std::vector<TensorSpec> batch_norm_parameters(int64_t channels, const std::string& prefix);
std::vector<TensorSpec> batch_norm_buffers(int64_t channels, const std::string& prefix);

extern const Operator batch_norm_operator;

}  // namespace dt4ecg::ops
