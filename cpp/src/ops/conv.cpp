#include "dt4ecg/ops/conv.hpp"

#include <ATen/ops/conv1d.h>

#include "require.hpp"

namespace dt4ecg::ops {

namespace {

Signature describe(const Attributes& attributes, std::span<const Shape> inputs) {
  const auto [in_channels, length] = inputs[0];
  const int64_t channels = attributes.at("channels");
  const int64_t kernel = attributes.at("kernel");
  require_time("conv", inputs[0]);
  require_between("conv", "channels", channels, 1, kMostChannels);
  require_odd_kernel("conv", kernel);
  const int64_t fan_in = in_channels * kernel;
  Signature found{
      .output = {channels, length},
      .parameters = {{"weight", {channels, in_channels, kernel}, Init::fan_in_uniform, fan_in}},
      .buffers = {},
      .multiply_adds = channels * fan_in * length};
  if (attributes.at("bias") != 0)
    found.parameters.push_back({"bias", {channels}, Init::fan_in_uniform, fan_in});
  return found;
}

at::Tensor forward(const Attributes&, Tensors inputs, Tensors parameters, Tensors, bool) {
  const at::Tensor& weight = parameters[0];
  return at::conv1d(inputs[0], weight, parameters.size() == 2 ? parameters[1] : at::Tensor(),
                    /*stride=*/1, /*padding=*/weight.size(2) / 2);
}

}  // namespace

const Operator conv_operator{.name = "conv",
                             .attributes = {"channels", "kernel", "bias"},
                             .describe = describe,
                             .forward = forward};

}  // namespace dt4ecg::ops
