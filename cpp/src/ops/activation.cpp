#include "ops/activation.hpp"

#include <ATen/ops/relu.h>
#include <ATen/ops/silu.h>

#include "ops/kernels.hpp"
#include "ops/loops.hpp"

namespace dt4ecg::ops {

namespace {

Signature describe(const Attributes&, std::span<const Shape> inputs) {
  return {.output = inputs[0], .parameters = {}, .buffers = {}};
}

template <at::Tensor (*Function)(const at::Tensor&)>
at::Tensor forward(const Attributes&, Tensors inputs, Tensors, Tensors, bool) {
  return Function(inputs[0]);
}

// y = f(x);  dx = dy f'(x). All tasks share the slopes f'(x).
template <class Scalar, auto Function>  // a member of Kernels
class FusedActivation : public FusedWithoutParameters<Scalar> {
 public:
  FusedActivation(const Attributes&, const Binding<Scalar>& binding)
      : x_(binding.inputs[0]),
        y_(binding.output),
        slopes_(binding.inference ? 0 : static_cast<std::size_t>(binding.capacity * x_.size())) {}

  void forward(int64_t batch, bool) override {
    for_each_sample(batch, [&](int64_t b) {
      (kernels_.*Function)(x_.sample(b), x_.size(), y_.sample(b), slopes(b));
    });
  }

  void infer(int64_t batch) override {
    for_each_sample(batch, [&](int64_t b) {
      (kernels_.*Function)(x_.sample(b), x_.size(), y_.sample(b), nullptr);
    });
  }

  bool hands_over(std::size_t) const override { return true; }

  void backward(int64_t batch, bool, std::span<const Cotangents<Scalar>> tasks, Scalar*) override {
    for (const Cotangents<Scalar>& task : tasks) {
      if (!task.inputs[0].data) {
        continue;
      }
      for_each_sample(batch, [&](int64_t b) {
        kernels_.multiply(task.output.sample(b), slopes(b), x_.size(), task.accumulate[0],
                          task.inputs[0].sample(b));
      });
    }
  }

 private:
  Scalar* slopes(int64_t b) { return slopes_.data() + b * x_.size(); }

  const Kernels<Scalar>& kernels_ = kernels<Scalar>();
  Map<Scalar> x_, y_;
  Buffer<Scalar> slopes_;
};

template <class Scalar>
using FusedRelu = FusedActivation<Scalar, &Kernels<Scalar>::relu>;
template <class Scalar>
using FusedSilu = FusedActivation<Scalar, &Kernels<Scalar>::silu>;

}  // namespace

const Operator relu_operator{.name = "relu",
                             .attributes = {},
                             .describe = describe,
                             .forward = forward<at::relu>,
                             .fuse = fuse_as<FusedRelu<float>, float>,
                             .fuse_double = fuse_as<FusedRelu<double>, double>};

const Operator silu_operator{.name = "silu",
                             .attributes = {},
                             .describe = describe,
                             .forward = forward<at::silu>,
                             .fuse = fuse_as<FusedSilu<float>, float>,
                             .fuse_double = fuse_as<FusedSilu<double>, double>};

}  // namespace dt4ecg::ops
