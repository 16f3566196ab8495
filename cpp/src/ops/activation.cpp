#include "dt4ecg/ops/activation.hpp"

#include <ATen/ops/relu.h>
#include <ATen/ops/silu.h>

namespace dt4ecg::ops {

namespace {

Signature describe(const Attributes&, std::span<const Shape> inputs) {
  return {.output = inputs[0], .parameters = {}, .buffers = {}};
}

template <at::Tensor (*Function)(const at::Tensor&)>
at::Tensor forward(const Attributes&, Tensors inputs, Tensors, Tensors, bool) {
  return Function(inputs[0]);
}

}  // namespace

const Operator relu_operator{
    .name = "relu", .attributes = {}, .describe = describe, .forward = forward<at::relu>};

const Operator silu_operator{
    .name = "silu", .attributes = {}, .describe = describe, .forward = forward<at::silu>};

}  // namespace dt4ecg::ops
