#include "dt4ecg/ops/activation.hpp"

#include <ATen/ops/relu.h>
#include <ATen/ops/silu.h>

#include <cmath>

#include "loops.hpp"

namespace dt4ecg::ops {

namespace {

Signature describe(const Attributes&, std::span<const Shape> inputs) {
  return {.output = inputs[0], .parameters = {}, .buffers = {}};
}

template <at::Tensor (*Function)(const at::Tensor&)>
at::Tensor forward(const Attributes&, Tensors inputs, Tensors, Tensors, bool) {
  return Function(inputs[0]);
}

// The value and the slope at once: they share the exponential.
struct Relu {
  template <class Scalar>
  static void at(Scalar x, Scalar& value, Scalar& slope) {
    value = x < 0 ? 0 : x;  // a NaN goes on
    slope = x > 0 ? 1 : 0;
  }
};

struct Silu {
  template <class Scalar>
  static void at(Scalar x, Scalar& value, Scalar& slope) {
    const Scalar s = 1 / (1 + std::exp(-x));
    value = x * s;
    slope = s * (1 + x * (1 - s));
  }
};

// y = f(x);  dx = dy f'(x), whose slopes all tasks share.
template <class Function, class Scalar>
class FusedActivation : public FusedWithoutParameters<Scalar> {
 public:
  FusedActivation(const Attributes&, const Binding<Scalar>& binding)
      : x_(binding.inputs[0]),
        y_(binding.output),
        slopes_(binding.inference ? 0 : static_cast<size_t>(binding.capacity * x_.size())) {}

  void forward(int64_t batch, bool) override {
    for_each_sample(batch, [&](int64_t b) {
      const Scalar* x = x_.sample(b);
      Scalar* y = y_.sample(b);
      Scalar* slope = slopes(b);
      for (int64_t i = 0; i < x_.size(); ++i) Function::at(x[i], y[i], slope[i]);
    });
  }

  void infer(int64_t batch) override {
    for_each_sample(batch, [&](int64_t b) {
      const Scalar* x = x_.sample(b);
      Scalar* y = y_.sample(b);
      Scalar unused;
      for (int64_t i = 0; i < x_.size(); ++i) Function::at(x[i], y[i], unused);
    });
  }

  bool hands_over(size_t) const override { return true; }

  void backward(int64_t batch, bool, std::span<const Cotangents<Scalar>> tasks, Scalar*) override {
    for (const Cotangents<Scalar>& task : tasks) {
      if (!task.inputs[0].data) continue;
      for_each_sample(batch, [&](int64_t b) {
        const Scalar* slope = slopes(b);
        const Scalar* dy = task.output.sample(b);
        Scalar* dx = task.inputs[0].sample(b);
        for (int64_t i = 0; i < x_.size(); ++i) put(dy[i] * slope[i], task.accumulate[0], dx[i]);
      });
    }
  }

 private:
  Scalar* slopes(int64_t b) { return slopes_.data() + b * x_.size(); }

  Map<Scalar> x_, y_;
  Buffer<Scalar> slopes_;
};

}  // namespace

const Operator relu_operator{.name = "relu",
                             .attributes = {},
                             .describe = describe,
                             .forward = forward<at::relu>,
                             .fuse = fuse_as<FusedActivation<Relu, float>, float>,
                             .fuse_double = fuse_as<FusedActivation<Relu, double>, double>};

const Operator silu_operator{.name = "silu",
                             .attributes = {},
                             .describe = describe,
                             .forward = forward<at::silu>,
                             .fuse = fuse_as<FusedActivation<Silu, float>, float>,
                             .fuse_double = fuse_as<FusedActivation<Silu, double>, double>};

}  // namespace dt4ecg::ops
