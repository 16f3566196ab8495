#include "dt4ecg/ops/flatten.hpp"

#include "require.hpp"

namespace dt4ecg::ops {

namespace {

Signature describe(const Attributes&, std::span<const Shape> inputs) {
  require_time("flatten", inputs[0]);
  const int64_t values = inputs[0].channels * inputs[0].length;
  require_between("flatten", "channels x length", values, 1, kMostOutputs);
  return {.output = {values, 1}, .parameters = {}, .buffers = {}};
}

at::Tensor forward(const Attributes&, Tensors inputs, Tensors, Tensors, bool) {
  return inputs[0].flatten(1).unsqueeze(2);
}

}  // namespace

const Operator flatten_operator{
    .name = "flatten", .attributes = {}, .describe = describe, .forward = forward};

}  // namespace dt4ecg::ops
