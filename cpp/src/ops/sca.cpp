#include "dt4ecg/ops/sca.hpp"

#include <ATen/ops/conv1d.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/sigmoid.h>

#include <stdexcept>

namespace dt4ecg::ops {

namespace {

Signature describe(const Attributes&, std::span<const Shape> inputs) {
  const auto [channels, length] = inputs[0];
  if (length < 1) throw std::invalid_argument("sca: its input has no time axis left");
  return {
      .output = inputs[0],
      .parameters = {{"channel.weight", {channels, channels, 1}, Init::fan_in_uniform, channels},
                     {"channel.bias", {channels}, Init::fan_in_uniform, channels},
                     {"sequence.weight", {length, length}, Init::fan_in_uniform, length},
                     {"sequence.bias", {length}, Init::fan_in_uniform, length}},
      .buffers = {},
      // The two layers, the two products, and the average over channels.
      .multiply_adds = channels * channels + length * length + 3 * channels * length};
}

at::Tensor forward(const Attributes&, Tensors inputs, Tensors parameters, Tensors, bool) {
  return sca(inputs[0], parameters[0], parameters[1], parameters[2], parameters[3]);
}

}  // namespace

at::Tensor sca(const at::Tensor& x, const at::Tensor& channel_weight,
               const at::Tensor& channel_bias, const at::Tensor& sequence_weight,
               const at::Tensor& sequence_bias) {
  const at::Tensor z = at::conv1d(x.mean(2, /*keepdim=*/true), channel_weight, channel_bias);
  const at::Tensor gated = x * at::sigmoid(z);
  const at::Tensor s = at::linear(gated.mean(1, /*keepdim=*/true), sequence_weight, sequence_bias);
  return gated * at::sigmoid(s);
}

const Operator sca_operator{
    .name = "sca", .attributes = {}, .describe = describe, .forward = forward};

}  // namespace dt4ecg::ops
