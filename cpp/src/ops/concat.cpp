#include "dt4ecg/ops/concat.hpp"

#include <ATen/ops/cat.h>

#include "require.hpp"

namespace dt4ecg::ops {

namespace {

Signature describe(const Attributes&, std::span<const Shape> inputs) {
  if (inputs[0].length != inputs[1].length)
    throw std::invalid_argument("concat: its inputs have lengths " +
                                std::to_string(inputs[0].length) + " and " +
                                std::to_string(inputs[1].length) + "; bring them to one first");
  const int64_t channels = inputs[0].channels + inputs[1].channels;
  require_between("concat", "channels together", channels, 1, kMostChannels);
  return {.output = {channels, inputs[0].length}, .parameters = {}, .buffers = {}};
}

at::Tensor forward(const Attributes&, Tensors inputs, Tensors, Tensors, bool) {
  return at::cat({inputs[0], inputs[1]}, 1);
}

}  // namespace

const Operator concat_operator{.name = "concat",
                               .attributes = {},
                               .min_inputs = 2,
                               .max_inputs = 2,
                               .describe = describe,
                               .forward = forward};

}  // namespace dt4ecg::ops
