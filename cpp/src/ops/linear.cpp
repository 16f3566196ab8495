#include "ops/linear.hpp"

#include <ATen/ops/linear.h>

#include <algorithm>
#include <string>

#include "base/error.hpp"
#include "ops/kernels.hpp"
#include "ops/loops.hpp"
#include "ops/require.hpp"

namespace dt4ecg::ops {

namespace {

Signature describe(const Attributes& attributes, std::span<const Shape> inputs) {
  const auto [channels, length] = inputs[0];
  const int64_t outputs = attributes.at("outputs");
  if (length != 0) {
    throw_invalid("linear", "inputs", "needs pooled features (B, C), got length ", length);
  }
  require_between("linear", "outputs", outputs, 1, kMostOutputs);
  return {.output = {outputs, 0},
          .parameters = {{"weight", {outputs, channels}, Init::fan_in_uniform, channels},
                         {"bias", {outputs}, Init::fan_in_uniform, channels}},
          .buffers = {},
          .multiply_adds = outputs * channels};
}

at::Tensor forward(const Attributes&, Tensors inputs, Tensors parameters, Tensors, bool) {
  return at::linear(inputs[0], parameters[0], parameters[1]);
}

// y = x W^T + bias;  dx = dy W;  dW = dy^T x;  dbias = sum_b dy.
template <class Scalar>
class FusedLinear : public Fused<Scalar> {
 public:
  FusedLinear(const Attributes&, const Binding<Scalar>& binding)
      : x_(binding.inputs[0]),
        y_(binding.output),
        weight_(binding.parameters[0]),
        bias_(binding.parameters[1]),
        packed_(static_cast<std::size_t>(kernels_.packed_size(x_.channels, y_.channels))),
        packed_backward_(static_cast<std::size_t>(kernels_.packed_size(y_.channels, x_.channels))) {
  }

  void prepare(bool backward_too) override {
    const int64_t start = 0;
    kernels_.pack({weight_, &start, 1, x_.channels, 1, y_.channels, x_.channels}, packed_.data());
    if (backward_too) {
      kernels_.pack({weight_, &start, 1, y_.channels, x_.channels, x_.channels, 1},
                    packed_backward_.data());
    }
  }

  void forward(int64_t batch, bool) override {
    kernels_.matmul(x_.data, x_.channels, batch, packed_.data(), x_.channels, y_.channels, y_.data,
                    y_.channels, {.bias = bias_});
  }

  void backward(int64_t batch, bool, std::span<const Cotangents<Scalar>> tasks, Scalar*) override {
    for (const Cotangents<Scalar>& task : tasks) {
      const Scalar* dy = task.output.data;
      if (Scalar* dx = task.inputs[0].data) {
        kernels_.matmul(dy, y_.channels, batch, packed_backward_.data(), y_.channels, x_.channels,
                        dx, x_.channels, {.accumulate = task.accumulate[0]});
      }
      if (Scalar* dw = task.parameters[0]) {
        kernels_.outer({dy, 1, batch, y_.channels, 0}, 0, y_.channels,
                       {x_.data, 1, batch, x_.channels, 0}, x_.channels, dw);
      }
      if (Scalar* dbias = task.parameters[1]) {
        for (int64_t b = 0; b < batch; ++b) {
          kernels_.move(dy + b * y_.channels, y_.channels, /*accumulate=*/true, dbias);
        }
      }
    }
  }

  void unpack(std::size_t parameter, const Scalar* from, Scalar* to) const override {
    std::copy_n(from, parameter == 0 ? y_.channels * x_.channels : y_.channels, to);
  }

 private:
  const Kernels<Scalar>& kernels_ = kernels<Scalar>();
  Map<Scalar> x_, y_;
  const Scalar* weight_;
  const Scalar* bias_;
  Buffer<Scalar> packed_, packed_backward_;
};

}  // namespace

const Operator linear_operator{.name = "linear",
                               .attributes = {"outputs"},
                               .describe = describe,
                               .forward = forward,
                               .fuse = fuse_as<FusedLinear<float>, float>,
                               .fuse_double = fuse_as<FusedLinear<double>, double>};

}  // namespace dt4ecg::ops
