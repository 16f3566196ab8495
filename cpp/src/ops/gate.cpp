#include "dt4ecg/ops/gate.hpp"

#include <ATen/ops/sigmoid.h>

#include "require.hpp"

namespace dt4ecg::ops {

namespace {

Signature describe(const Attributes&, std::span<const Shape> inputs) {
  require_time("gate", inputs[0]);
  if (inputs[1] != Shape{inputs[0].channels, 0})
    throw std::invalid_argument("gate: needs one weight for each of " +
                                std::to_string(inputs[0].channels) + " channels, got " +
                                std::to_string(inputs[1].channels) + " of length " +
                                std::to_string(inputs[1].length) + "; pool over time first");
  return {.output = inputs[0],
          .parameters = {},
          .buffers = {},
          .multiply_adds = inputs[0].channels * inputs[0].length};
}

at::Tensor forward(const Attributes&, Tensors inputs, Tensors, Tensors, bool) {
  return inputs[0] * at::sigmoid(inputs[1]).unsqueeze(2);
}

}  // namespace

const Operator gate_operator{.name = "gate",
                             .attributes = {},
                             .min_inputs = 2,
                             .max_inputs = 2,
                             .describe = describe,
                             .forward = forward};

}  // namespace dt4ecg::ops
