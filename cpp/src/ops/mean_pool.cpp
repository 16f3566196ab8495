#include "dt4ecg/ops/mean_pool.hpp"

#include <stdexcept>

namespace dt4ecg::ops {

namespace {

Signature describe(const Attributes&, std::span<const Shape> inputs) {
  if (inputs[0].length < 1)
    throw std::invalid_argument("mean_pool: its input has no time axis left");
  return {.output = {inputs[0].channels, 0}, .parameters = {}, .buffers = {}};
}

at::Tensor forward(const Attributes&, Tensors inputs, Tensors, Tensors, bool) {
  return inputs[0].mean(2);
}

}  // namespace

const Operator mean_pool_operator{
    .name = "mean_pool", .attributes = {}, .describe = describe, .forward = forward};

}  // namespace dt4ecg::ops
