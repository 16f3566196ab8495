#include "ops/mean_pool.hpp"

#include "ops/kernels.hpp"
#include "ops/loops.hpp"
#include "ops/require.hpp"

namespace dt4ecg::ops {

namespace {

Signature describe(const Attributes&, std::span<const Shape> inputs) {
  require_time("mean_pool", inputs[0]);
  return {.output = {inputs[0].channels, 0}, .parameters = {}, .buffers = {}};
}

at::Tensor forward(const Attributes&, Tensors inputs, Tensors, Tensors, bool) {
  return inputs[0].mean(2);
}

// y[c] = mean_t x[t, c];  dx[t, c] = dy[c] / T.
template <class Scalar>
class FusedMeanPool : public FusedWithoutParameters<Scalar> {
 public:
  FusedMeanPool(const Attributes&, const Binding<Scalar>& binding)
      : x_(binding.inputs[0]), y_(binding.output) {}

  void forward(int64_t batch, bool) override {
    for_each_sample(batch, [&](int64_t b) {
      kernels_.column_sums(x_.sample(b), x_.length, x_.channels, y_.sample(b));
      divide(y_.sample(b));
    });
  }

  void backward(int64_t batch, bool, std::span<const Cotangents<Scalar>> tasks, Scalar*) override {
    for (const Cotangents<Scalar>& task : tasks) {
      if (!task.inputs[0].data) {
        continue;
      }
      for_each_sample(batch, [&](int64_t b) {
        divide(task.output.sample(b));
        kernels_.spread(nullptr, x_.length, x_.channels, nullptr, task.output.sample(b),
                        task.accumulate[0], task.inputs[0].sample(b));
      });
    }
  }

 private:
  void divide(Scalar* values) const {
    for (int64_t c = 0; c < x_.channels; ++c) {
      values[c] /= static_cast<Scalar>(x_.length);
    }
  }

  const Kernels<Scalar>& kernels_ = kernels<Scalar>();
  Map<Scalar> x_, y_;
};

}  // namespace

const Operator mean_pool_operator{.name = "mean_pool",
                                  .attributes = {},
                                  .describe = describe,
                                  .forward = forward,
                                  .fuse = fuse_as<FusedMeanPool<float>, float>,
                                  .fuse_double = fuse_as<FusedMeanPool<double>, double>};

}  // namespace dt4ecg::ops
