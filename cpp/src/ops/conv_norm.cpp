#include "dt4ecg/ops/conv_norm.hpp"

#include <ATen/ops/conv1d.h>
#include <ATen/ops/relu.h>

#include <stdexcept>

#include "dt4ecg/ops/batch_norm.hpp"

namespace dt4ecg::ops {

namespace {

Signature describe(const Attributes& attributes, std::span<const Shape> inputs) {
  const auto [in_channels, length] = inputs[0];
  const int64_t channels = attributes.at("channels");
  const int64_t kernel = attributes.at("kernel");
  const int64_t stride = attributes.at("stride");
  if (length < 1) throw std::invalid_argument("conv_norm: its input has no time axis left");
  if (channels < 1 || channels > kMostChannels || kernel < 1 || kernel > kLongestKernel ||
      kernel % 2 == 0 || stride < 1)
    throw std::invalid_argument("conv_norm: needs channels of 1 to " +
                                std::to_string(kMostChannels) + ", an odd kernel of 1 to " +
                                std::to_string(kLongestKernel) + " and stride >= 1, got channels " +
                                std::to_string(channels) + ", kernel " + std::to_string(kernel) +
                                ", stride " + std::to_string(stride));
  const Shape output{channels, (length - 1) / stride + 1};
  if (inputs.size() == 2 && inputs[1] != output)
    throw std::invalid_argument("conv_norm: the skip has " + std::to_string(inputs[1].channels) +
                                " channels and length " + std::to_string(inputs[1].length) +
                                ", the convolution gives " + std::to_string(channels) + " and " +
                                std::to_string(output.length) + "; project the skip first");
  std::vector<TensorSpec> parameters = batch_norm_parameters(channels, "norm.");
  parameters.insert(
      parameters.begin(),
      {"conv.weight", {channels, in_channels, kernel}, Init::fan_in_uniform, in_channels * kernel});
  return {.output = output,
          .parameters = std::move(parameters),
          .buffers = batch_norm_buffers(channels, "norm."),
          .multiply_adds = channels * in_channels * kernel * output.length};
}

at::Tensor forward(const Attributes& attributes, Tensors inputs, Tensors parameters,
                   Tensors buffers, bool training) {
  return conv_norm(inputs[0], parameters[0], parameters[1], parameters[2], buffers[0], buffers[1],
                   inputs.size() == 2 ? inputs[1] : at::Tensor(), attributes.at("stride"),
                   attributes.at("relu") != 0, training);
}

}  // namespace

at::Tensor conv_norm(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& gain,
                     const at::Tensor& bias, const at::Tensor& running_mean,
                     const at::Tensor& running_var, const at::Tensor& skip, int64_t stride,
                     bool relu, bool training) {
  const int64_t padding = weight.size(2) / 2;
  at::Tensor y = at::conv1d(x, weight, {}, stride, padding);
  y = batch_norm(y, gain, bias, running_mean, running_var, training);
  if (skip.defined()) y = y + skip;
  return relu ? at::relu(y) : y;
}

const Operator conv_norm_operator{.name = "conv_norm",
                                  .attributes = {"channels", "kernel", "stride", "relu"},
                                  .min_inputs = 1,
                                  .max_inputs = 2,
                                  .describe = describe,
                                  .forward = forward};

}  // namespace dt4ecg::ops
