#include "ops/flatten.hpp"

#include "ops/loops.hpp"
#include "ops/require.hpp"

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

// y[c T + t] = x[t, c]
template <class Scalar>
class FusedFlatten : public FusedWithoutParameters<Scalar> {
 public:
  FusedFlatten(const Attributes&, const Binding<Scalar>& binding)
      : x_(binding.inputs[0]), y_(binding.output) {}

  void forward(int64_t batch, bool) override {
    for_each_sample(batch, [&](int64_t b) {
      const Scalar* x = x_.sample(b);
      Scalar* y = y_.sample(b);
      for (int64_t c = 0; c < x_.channels; ++c) {
        for (int64_t t = 0; t < x_.length; ++t) {
          *y++ = x[t * x_.channels + c];
        }
      }
    });
  }

  void backward(int64_t batch, bool, std::span<const Cotangents<Scalar>> tasks, Scalar*) override {
    for (const Cotangents<Scalar>& task : tasks) {
      if (!task.inputs[0].data) {
        continue;
      }
      for_each_sample(batch, [&](int64_t b) {
        const Scalar* dy = task.output.sample(b);
        Scalar* dx = task.inputs[0].sample(b);
        for (int64_t c = 0; c < x_.channels; ++c) {
          for (int64_t t = 0; t < x_.length; ++t) {
            put(*dy++, task.accumulate[0], dx[t * x_.channels + c]);
          }
        }
      });
    }
  }

 private:
  Map<Scalar> x_, y_;
};

}  // namespace

const Operator flatten_operator{.name = "flatten",
                                .attributes = {},
                                .describe = describe,
                                .forward = forward,
                                .fuse = fuse_as<FusedFlatten<float>, float>,
                                .fuse_double = fuse_as<FusedFlatten<double>, double>};

}  // namespace dt4ecg::ops
