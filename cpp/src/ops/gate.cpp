#include "ops/gate.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/sigmoid.h>

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "ops/loops.hpp"
#include "ops/require.hpp"

namespace dt4ecg::ops {

namespace {

Signature describe(const Attributes&, std::span<const Shape> inputs) {
  require_time("gate", inputs[0]);
  if (inputs[1] != Shape{inputs[0].channels, 0}) {
    throw_invalid("gate", "inputs", "needs one weight for each of ", inputs[0].channels,
                  " channels, got ", inputs[1].channels, " of length ", inputs[1].length,
                  "; pool over time first");
  }
  return {.output = inputs[0],
          .parameters = {},
          .buffers = {},
          .multiply_adds = inputs[0].channels * inputs[0].length};
}

at::Tensor forward(const Attributes&, Tensors inputs, Tensors, Tensors, bool) {
  return inputs[0] * at::sigmoid(inputs[1]).unsqueeze(2);
}

// a = sigmoid(z);  y = x a;  dz = a (1 - a) sum_t dy x;  dx = dy a.
template <class Scalar>
class FusedGate : public FusedWithoutParameters<Scalar> {
 public:
  FusedGate(const Attributes&, const Binding<Scalar>& binding)
      : x_(binding.inputs[0]),
        z_(binding.inputs[1]),
        y_(binding.output),
        weights_(static_cast<std::size_t>(binding.capacity * x_.channels)),
        capacity_(binding.capacity) {}

  void forward(int64_t batch, bool) override {
    for_each_sample(batch, [&](int64_t b) {
      const Scalar* z = z_.sample(b);
      const Scalar* x = x_.sample(b);
      Scalar* a = weights(b);
      Scalar* y = y_.sample(b);
      for (int64_t c = 0; c < x_.channels; ++c) {
        a[c] = 1 / (1 + std::exp(-z[c]));
      }
      for (int64_t t = 0; t < x_.length; ++t) {
        for (int64_t c = 0; c < x_.channels; ++c) {
          y[t * x_.channels + c] = x[t * x_.channels + c] * a[c];
        }
      }
    });
  }

  int64_t scratch_size() const override { return capacity_ * x_.channels; }
  bool hands_over(std::size_t input) const override { return input == 0; }

  void backward(int64_t batch, bool, std::span<const Cotangents<Scalar>> tasks,
                Scalar* scratch) override {
    for (const Cotangents<Scalar>& task : tasks) {
      for_each_sample(batch, [&](int64_t b) {
        const Scalar* dy = task.output.sample(b);
        const Scalar* x = x_.sample(b);
        const Scalar* a = weights(b);
        Scalar* da = scratch + b * x_.channels;
        std::fill_n(da, x_.channels, Scalar{0});
        for (int64_t t = 0; t < x_.length; ++t) {
          for (int64_t c = 0; c < x_.channels; ++c) {
            da[c] += dy[t * x_.channels + c] * x[t * x_.channels + c];
          }
        }
        if (task.inputs[1].data) {
          Scalar* dz = task.inputs[1].sample(b);
          for (int64_t c = 0; c < x_.channels; ++c) {
            put(da[c] * a[c] * (1 - a[c]), task.accumulate[1], dz[c]);
          }
        }
        if (!task.inputs[0].data) {
          return;
        }
        Scalar* dx = task.inputs[0].sample(b);
        for (int64_t t = 0; t < x_.length; ++t) {
          for (int64_t c = 0; c < x_.channels; ++c) {
            put(dy[t * x_.channels + c] * a[c], task.accumulate[0], dx[t * x_.channels + c]);
          }
        }
      });
    }
  }

 private:
  Scalar* weights(int64_t b) { return weights_.data() + b * x_.channels; }

  Map<Scalar> x_, z_, y_;
  Buffer<Scalar> weights_;
  int64_t capacity_;
};

}  // namespace

const Operator gate_operator{.name = "gate",
                             .attributes = {},
                             .min_inputs = 2,
                             .max_inputs = 2,
                             .describe = describe,
                             .forward = forward,
                             .fuse = fuse_as<FusedGate<float>, float>,
                             .fuse_double = fuse_as<FusedGate<double>, double>};

}  // namespace dt4ecg::ops
