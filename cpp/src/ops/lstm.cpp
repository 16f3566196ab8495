#include "ops/lstm.hpp"

#include <ATen/ops/lstm.h>
#include <ATen/ops/zeros.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

#include "ops/require.hpp"

namespace dt4ecg::ops {

namespace {

Signature describe(const Attributes& attributes, std::span<const Shape> inputs) {
  const auto [channels, length] = inputs[0];
  const int64_t hidden = attributes.at("hidden");
  require_time("lstm", inputs[0]);
  require_between("lstm", "hidden", hidden, 1, kMostChannels);
  const int64_t rows = 4 * hidden;
  return {.output = {hidden, length},
          .parameters = {{"weight_ih", {rows, channels}, Init::fan_in_uniform, hidden},
                         {"weight_hh", {rows, hidden}, Init::fan_in_uniform, hidden},
                         {"bias_ih", {rows}, Init::fan_in_uniform, hidden},
                         {"bias_hh", {rows}, Init::fan_in_uniform, hidden}},
          .buffers = {},
          // Two matrix products and three elementwise products.
          .multiply_adds = (rows * (channels + hidden) + 3 * hidden) * length};
}

at::Tensor forward(const Attributes& attributes, Tensors inputs, Tensors parameters, Tensors,
                   bool training) {
  // oneDNN supports a bfloat16 LSTM only on few processors, so autocast keeps this operator in
  // float32.
  const c10::impl::ExcludeDispatchKeyGuard plain(c10::autocast_dispatch_keyset);
  const at::Tensor x = inputs[0].to(parameters[0].scalar_type());
  const at::Tensor start =
      at::zeros_symint({1, x.sym_size(0), attributes.at("hidden")}, x.options());
  const at::Tensor states = std::get<0>(at::lstm(
      x.transpose(1, 2), {start, start}, {parameters.data(), parameters.size()},
      /*has_biases=*/true, /*num_layers=*/1, /*dropout=*/0.0, training, /*bidirectional=*/false,
      /*batch_first=*/true));
  return states.transpose(1, 2);
}

}  // namespace

const Operator lstm_operator{
    .name = "lstm", .attributes = {"hidden"}, .describe = describe, .forward = forward};

}  // namespace dt4ecg::ops
