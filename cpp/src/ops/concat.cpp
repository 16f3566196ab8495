#include "ops/concat.hpp"

#include <ATen/ops/cat.h>

#include "base/error.hpp"
#include "ops/kernels.hpp"
#include "ops/loops.hpp"
#include "ops/require.hpp"

namespace dt4ecg::ops {

namespace {

Signature describe(const Attributes&, std::span<const Shape> inputs) {
  if (inputs[0].length != inputs[1].length) {
    throw_invalid("concat", "inputs", "its inputs have lengths ", inputs[0].length, " and ",
                  inputs[1].length, "; bring them to one first");
  }
  const int64_t channels = inputs[0].channels + inputs[1].channels;
  require_between("concat", "channels together", channels, 1, kMostChannels);
  return {.output = {channels, inputs[0].length}, .parameters = {}, .buffers = {}};
}

at::Tensor forward(const Attributes&, Tensors inputs, Tensors, Tensors, bool) {
  return at::cat({inputs[0], inputs[1]}, 1);
}

template <class Scalar>
class FusedConcat : public FusedWithoutParameters<Scalar> {
 public:
  FusedConcat(const Attributes&, const Binding<Scalar>& binding)
      : inputs_(binding.inputs), output_(binding.output) {}

  void forward(int64_t batch, bool) override {
    for_each_sample(batch, [&](int64_t b) {
      for (std::size_t i = 0; i < inputs_.size(); ++i) {
        const Map<Scalar>& x = inputs_[i];
        for (int64_t t = 0; t < x.length; ++t) {
          kernels_.move(x.sample(b) + t * x.channels, x.channels, /*accumulate=*/false,
                        within(output_, i, b, t));
        }
      }
    });
  }

  void backward(int64_t batch, bool, std::span<const Cotangents<Scalar>> tasks, Scalar*) override {
    for (const Cotangents<Scalar>& task : tasks) {
      for_each_sample(batch, [&](int64_t b) {
        for (std::size_t i = inputs_.size(); i-- > 0;) {
          const Map<Scalar>& dx = task.inputs[i];
          if (!dx.data) {
            continue;
          }
          for (int64_t t = 0; t < dx.length; ++t) {
            kernels_.move(within(task.output, i, b, t), dx.channels, task.accumulate[i],
                          dx.sample(b) + t * dx.channels);
          }
        }
      });
    }
  }

 private:
  Scalar* within(const Map<Scalar>& map, std::size_t input, int64_t b, int64_t t) const {
    return map.sample(b) + t * map.channels + (input == 0 ? 0 : inputs_[0].channels);
  }

  const Kernels<Scalar>& kernels_ = kernels<Scalar>();
  std::vector<Map<Scalar>> inputs_;
  Map<Scalar> output_;
};

}  // namespace

const Operator concat_operator{.name = "concat",
                               .attributes = {},
                               .min_inputs = 2,
                               .max_inputs = 2,
                               .describe = describe,
                               .forward = forward,
                               .fuse = fuse_as<FusedConcat<float>, float>,
                               .fuse_double = fuse_as<FusedConcat<double>, double>};

}  // namespace dt4ecg::ops
