#include "ops/batch_norm.hpp"

#include <ATen/ops/batch_norm.h>

#include <algorithm>

#include "base/error.hpp"
#include "ops/channel_norm.hpp"
#include "ops/loops.hpp"
#include "ops/require.hpp"

namespace dt4ecg::ops {

namespace {

Signature describe(const Attributes&, std::span<const Shape> inputs) {
  const auto [channels, length] = inputs[0];
  require_time("batch_norm", inputs[0]);
  return {.output = inputs[0],
          .parameters = batch_norm_parameters(channels, ""),
          .buffers = batch_norm_buffers(channels, ""),
          .multiply_adds = channels * length};
}

at::Tensor forward(const Attributes&, Tensors inputs, Tensors parameters, Tensors buffers,
                   bool training) {
  return batch_norm(inputs[0], parameters[0], parameters[1], buffers[0], buffers[1], training);
}

template <class Scalar>
class FusedBatchNorm : public Fused<Scalar> {
 public:
  FusedBatchNorm(const Attributes&, const Binding<Scalar>& binding)
      : x_(binding.inputs[0]),
        out_(binding.output),
        capacity_(binding.capacity),
        norm_(capacity_, x_.length, x_.channels, binding.parameters[0], binding.parameters[1],
              binding.buffers[0], binding.buffers[1]) {}

  void forward(int64_t batch, bool training) override {
    if (training) {
      for_each_sample(batch, [&](int64_t b) { norm_.collect(b, x_.sample(b)); });
    }
    norm_.finish(batch, training);
    for_each_sample(batch, [&](int64_t b) {
      kernels_.normalize(x_.sample(b), x_.length, x_.channels, norm_.scale(), norm_.shift(),
                         nullptr, /*relu=*/false, out_.sample(b));
    });
  }

  int64_t scratch_size() const override { return norm_.scratch_size(capacity_); }

  void backward(int64_t batch, bool training, std::span<const Cotangents<Scalar>> tasks,
                Scalar* scratch) override {
    for (const Cotangents<Scalar>& task : tasks) {
      for_each_sample(batch, [&](int64_t b) {
        norm_.collect_backward(b, task.output.sample(b), nullptr, x_.sample(b), scratch);
      });
      norm_.finish_backward(batch, capacity_, training, task.parameters[0], task.parameters[1],
                            scratch);
      if (!task.inputs[0].data) {
        continue;
      }
      for_each_sample(batch, [&](int64_t b) {
        norm_.backward(task.output.sample(b), x_.sample(b), capacity_, scratch, task.accumulate[0],
                       task.inputs[0].sample(b));
      });
    }
  }

  void unpack(std::size_t, const Scalar* from, Scalar* to) const override {
    std::copy_n(from, x_.channels, to);
  }

 private:
  const Kernels<Scalar>& kernels_ = kernels<Scalar>();
  Map<Scalar> x_, out_;
  int64_t capacity_;
  ChannelNorm<Scalar> norm_;
};

}  // namespace

at::Tensor batch_norm(const at::Tensor& x, const at::Tensor& gain, const at::Tensor& bias,
                      const at::Tensor& running_mean, const at::Tensor& running_var,
                      bool training) {
  if (training) {
    require_variance(x.sym_size(0), x.sym_size(1), x.dim() > 2 ? x.sym_size(2) : c10::SymInt(1));
  }
  return at::batch_norm(x, gain, bias, running_mean, running_var, training, kBatchNormMomentum,
                        kBatchNormEpsilon, /*cudnn_enabled=*/true);
}

void require_variance(const c10::SymInt& batch, const c10::SymInt& channels,
                      const c10::SymInt& length) {
  if (batch * length <= 1) {
    throw_invalid("batch_norm", "x", "one value per channel has no variance, got (", batch, ", ",
                  channels, ", ", length, "); train with more segments at a time, or longer ones");
  }
}

std::vector<TensorSpec> batch_norm_parameters(int64_t channels, const std::string& prefix) {
  return {{prefix + "weight", {channels}, Init::ones}, {prefix + "bias", {channels}, Init::zeros}};
}

std::vector<TensorSpec> batch_norm_buffers(int64_t channels, const std::string& prefix) {
  return {{prefix + "running_mean", {channels}, Init::zeros},
          {prefix + "running_var", {channels}, Init::ones}};
}

const Operator batch_norm_operator{.name = "batch_norm",
                                   .attributes = {},
                                   .describe = describe,
                                   .forward = forward,
                                   .fuse = fuse_as<FusedBatchNorm<float>, float>,
                                   .fuse_double = fuse_as<FusedBatchNorm<double>, double>};

}  // namespace dt4ecg::ops
