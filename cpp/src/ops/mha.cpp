#include "ops/mha.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/softmax.h>

#include <cmath>

#include "base/error.hpp"
#include "ops/require.hpp"

namespace dt4ecg::ops {

namespace {

Signature describe(const Attributes& attributes, std::span<const Shape> inputs) {
  const auto [channels, length] = inputs[0];
  const int64_t heads = attributes.at("heads");
  require_time("mha", inputs[0]);
  require_between("mha", "heads", heads, 1, channels);
  if (channels % heads != 0) {
    throw_invalid("mha", "heads", channels, " channels cannot be shared out among ", heads,
                  " heads; take a divisor");
  }
  return {.output = inputs[0],
          .parameters = {{"qkv.weight", {3 * channels, channels}, Init::fan_in_uniform, channels},
                         {"qkv.bias", {3 * channels}, Init::zeros},
                         {"out.weight", {channels, channels}, Init::fan_in_uniform, channels},
                         {"out.bias", {channels}, Init::zeros}},
          .buffers = {},
          // The projections, the scores and the weighted sums.
          .multiply_adds = 4 * channels * channels * length + 2 * channels * length * length};
}

at::Tensor forward(const Attributes& attributes, Tensors inputs, Tensors parameters, Tensors,
                   bool) {
  const at::Tensor& x = inputs[0];
  const int64_t heads = attributes.at("heads"), width = parameters[2].size(0) / heads;
  const c10::SymInt length = x.sym_size(2);
  // The batch of matrices is (B heads), a form that exporters support.
  const at::Tensor projected = at::linear(x.transpose(1, 2), parameters[0], parameters[1])
                                   .reshape_symint({-1, length, 3, heads, width})
                                   .permute({2, 0, 3, 1, 4})
                                   .reshape_symint({3, -1, length, width});
  const at::Tensor q = projected.select(0, 0), k = projected.select(0, 1),
                   v = projected.select(0, 2);
  const at::Tensor scores = at::bmm(q, k.transpose(1, 2)) / std::sqrt(static_cast<double>(width));
  const at::Tensor mixed = at::bmm(at::softmax(scores, 2), v)
                               .reshape_symint({-1, heads, length, width})
                               .transpose(1, 2)
                               .reshape_symint({-1, length, heads * width});
  return x + at::linear(mixed, parameters[2], parameters[3]).transpose(1, 2);
}

}  // namespace

const Operator mha_operator{
    .name = "mha", .attributes = {"heads"}, .describe = describe, .forward = forward};

}  // namespace dt4ecg::ops
