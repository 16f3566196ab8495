#include "dt4ecg/ops/batch_norm.hpp"

#include <ATen/ops/batch_norm.h>

#include <stdexcept>

namespace dt4ecg::ops {

namespace {

Signature describe(const Attributes&, std::span<const Shape> inputs) {
  const auto [channels, length] = inputs[0];
  if (length < 1) throw std::invalid_argument("batch_norm: its input has no time axis left");
  return {.output = inputs[0],
          .parameters = batch_norm_parameters(channels, ""),
          .buffers = batch_norm_buffers(channels, ""),
          .multiply_adds = channels * length};
}

at::Tensor forward(const Attributes&, Tensors inputs, Tensors parameters, Tensors buffers,
                   bool training) {
  return batch_norm(inputs[0], parameters[0], parameters[1], buffers[0], buffers[1], training);
}

}  // namespace

at::Tensor batch_norm(const at::Tensor& x, const at::Tensor& gain, const at::Tensor& bias,
                      const at::Tensor& running_mean, const at::Tensor& running_var,
                      bool training) {
  return at::batch_norm(x, gain, bias, running_mean, running_var, training, kBatchNormMomentum,
                        kBatchNormEpsilon, /*cudnn_enabled=*/true);
}

std::vector<TensorSpec> batch_norm_parameters(int64_t channels, const std::string& prefix) {
  return {{prefix + "weight", {channels}, Init::ones}, {prefix + "bias", {channels}, Init::zeros}};
}

std::vector<TensorSpec> batch_norm_buffers(int64_t channels, const std::string& prefix) {
  return {{prefix + "running_mean", {channels}, Init::zeros},
          {prefix + "running_var", {channels}, Init::ones}};
}

const Operator batch_norm_operator{
    .name = "batch_norm", .attributes = {}, .describe = describe, .forward = forward};

}  // namespace dt4ecg::ops
