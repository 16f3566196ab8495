#include "ops/cbam.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/conv1d.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/sigmoid.h>

#include "ops/require.hpp"

namespace dt4ecg::ops {

namespace {

Signature describe(const Attributes& attributes, std::span<const Shape> inputs) {
  const auto [channels, length] = inputs[0];
  const int64_t hidden = attributes.at("hidden");
  const int64_t kernel = attributes.at("kernel");
  require_time("cbam", inputs[0]);
  require_between("cbam", "hidden", hidden, 1, kMostChannels);
  require_odd_kernel("cbam", kernel);
  const auto uniform = [](const std::string& name, std::vector<int64_t> shape, int64_t fan_in) {
    return TensorSpec{name, std::move(shape), Init::fan_in_uniform, fan_in};
  };
  return {.output = inputs[0],
          .parameters = {uniform("reduce.weight", {hidden, channels}, channels),
                         uniform("reduce.bias", {hidden}, channels),
                         uniform("restore.weight", {channels, hidden}, hidden),
                         uniform("restore.bias", {channels}, hidden),
                         uniform("spatial.weight", {1, 2, kernel}, 2 * kernel),
                         uniform("spatial.bias", {1}, 2 * kernel)},
          .buffers = {},
          // The two layers run twice; then come the convolution and the two products.
          .multiply_adds = 4 * channels * hidden + 2 * kernel * length + 2 * channels * length};
}

at::Tensor forward(const Attributes&, Tensors inputs, Tensors parameters, Tensors, bool) {
  const at::Tensor& x = inputs[0];
  const auto mlp = [&](const at::Tensor& v) {
    return at::linear(at::relu(at::linear(v, parameters[0], parameters[1])), parameters[2],
                      parameters[3]);
  };
  const at::Tensor y = x * at::sigmoid(mlp(x.mean(2)) + mlp(x.amax(2))).unsqueeze(2);
  const at::Tensor of_channels = at::cat({y.mean(1, /*keepdim=*/true), y.amax(1, true)}, 1);
  const at::Tensor s = at::conv1d(of_channels, parameters[4], parameters[5], /*stride=*/1,
                                  /*padding=*/parameters[4].size(2) / 2);
  return y * at::sigmoid(s);
}

}  // namespace

const Operator cbam_operator{
    .name = "cbam", .attributes = {"hidden", "kernel"}, .describe = describe, .forward = forward};

}  // namespace dt4ecg::ops
