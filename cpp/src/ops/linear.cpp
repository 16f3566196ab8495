#include "dt4ecg/ops/linear.hpp"

#include <ATen/ops/linear.h>

#include <stdexcept>

namespace dt4ecg::ops {

namespace {

Signature describe(const Attributes& attributes, std::span<const Shape> inputs) {
  const auto [channels, length] = inputs[0];
  const int64_t outputs = attributes.at("outputs");
  if (length != 0)
    throw std::invalid_argument("linear: needs pooled features (B, C), got length " +
                                std::to_string(length));
  if (outputs < 1 || outputs > kMostOutputs)
    throw std::invalid_argument("linear: needs outputs of 1 to " + std::to_string(kMostOutputs) +
                                ", got " + std::to_string(outputs));
  return {.output = {outputs, 0},
          .parameters = {{"weight", {outputs, channels}, Init::fan_in_uniform, channels},
                         {"bias", {outputs}, Init::fan_in_uniform, channels}},
          .buffers = {},
          .multiply_adds = outputs * channels};
}

at::Tensor forward(const Attributes&, Tensors inputs, Tensors parameters, Tensors, bool) {
  return at::linear(inputs[0], parameters[0], parameters[1]);
}

}  // namespace

const Operator linear_operator{
    .name = "linear", .attributes = {"outputs"}, .describe = describe, .forward = forward};

}  // namespace dt4ecg::ops
