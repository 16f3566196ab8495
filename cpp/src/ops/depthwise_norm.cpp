#include "dt4ecg/ops/depthwise_norm.hpp"

#include <ATen/ops/conv1d.h>
#include <ATen/ops/relu.h>

#include "dt4ecg/ops/batch_norm.hpp"
#include "require.hpp"

namespace dt4ecg::ops {

namespace {

Signature describe(const Attributes& attributes, std::span<const Shape> inputs) {
  const auto [channels, length] = inputs[0];
  const int64_t kernel = attributes.at("kernel");
  const int64_t stride = attributes.at("stride");
  require_time("depthwise_norm", inputs[0]);
  require_odd_kernel("depthwise_norm", kernel);
  require_between("depthwise_norm", "stride", stride, 1, kLongest);
  const Shape output{channels, (length - 1) / stride + 1};
  std::vector<TensorSpec> parameters = batch_norm_parameters(channels, "norm.");
  parameters.insert(parameters.begin(),
                    {"conv.weight", {channels, 1, kernel}, Init::fan_in_uniform, kernel});
  return {.output = output,
          .parameters = std::move(parameters),
          .buffers = batch_norm_buffers(channels, "norm."),
          .multiply_adds = channels * kernel * output.length};
}

at::Tensor forward(const Attributes& attributes, Tensors inputs, Tensors parameters,
                   Tensors buffers, bool training) {
  const at::Tensor& weight = parameters[0];
  at::Tensor y =
      at::conv1d(inputs[0], weight, {}, attributes.at("stride"), /*padding=*/weight.size(2) / 2,
                 /*dilation=*/1, /*groups=*/weight.size(0));
  y = batch_norm(y, parameters[1], parameters[2], buffers[0], buffers[1], training);
  return attributes.at("relu") != 0 ? at::relu(y) : y;
}

}  // namespace

const Operator depthwise_norm_operator{.name = "depthwise_norm",
                                       .attributes = {"kernel", "stride", "relu"},
                                       .describe = describe,
                                       .forward = forward};

}  // namespace dt4ecg::ops
