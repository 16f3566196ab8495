#include "dt4ecg/ops/mean_pool.hpp"

#include <stdexcept>

#include "dt4ecg/ops/kernels.hpp"

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

// y[c] = mean over t of x[t, c];  dx[t, c] = dy[c] / T.
template <class Scalar>
class FusedMeanPool : public Fused<Scalar> {
 public:
  FusedMeanPool(const Attributes&, const Binding<Scalar>& binding)
      : x_(binding.inputs[0]), y_(binding.output) {}

  void forward(int64_t batch, bool) override {
    for (int64_t b = 0; b < batch; ++b) {
      kernels_.column_sums(x_.sample(b), x_.length, x_.channels, y_.sample(b));
      divide(y_.sample(b));
    }
  }

  void backward(int64_t batch, bool, std::span<const Cotangents<Scalar>> tasks, Scalar*) override {
    for (const Cotangents<Scalar>& task : tasks) {
      if (!task.inputs[0].data) continue;
      for (int64_t b = 0; b < batch; ++b) {
        divide(task.output.sample(b));
        kernels_.spread(nullptr, x_.length, x_.channels, nullptr, task.output.sample(b),
                        task.accumulate[0], task.inputs[0].sample(b));
      }
    }
  }

  void unpack(size_t, const Scalar*, Scalar*) const override {}

 private:
  void divide(Scalar* values) const {
    for (int64_t c = 0; c < x_.channels; ++c) values[c] /= static_cast<Scalar>(x_.length);
  }

  const Kernels<Scalar>& kernels_ = kernels<Scalar>();
  Map<Scalar> x_, y_;
};

template <class Scalar>
std::unique_ptr<Fused<Scalar>> fuse(const Attributes& attributes, const Binding<Scalar>& binding) {
  return std::make_unique<FusedMeanPool<Scalar>>(attributes, binding);
}

}  // namespace

const Operator mean_pool_operator{.name = "mean_pool",
                                  .attributes = {},
                                  .describe = describe,
                                  .forward = forward,
                                  .fuse = fuse<float>,
                                  .fuse_double = fuse<double>};

}  // namespace dt4ecg::ops
