#include "ops/conv_norm.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/conv1d.h>
#include <ATen/ops/relu.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "base/error.hpp"
#include "ops/batch_norm.hpp"
#include "ops/channel_norm.hpp"
#include "ops/convolution/engine.hpp"
#include "ops/loops.hpp"
#include "ops/require.hpp"

namespace dt4ecg::ops {

namespace {

Signature describe(const Attributes& attributes, std::span<const Shape> inputs) {
  const auto [in_channels, length] = inputs[0];
  const int64_t channels = attributes.at("channels");
  const int64_t kernel = attributes.at("kernel");
  const int64_t stride = attributes.at("stride");
  require_time("conv_norm", inputs[0]);
  require_between("conv_norm", "channels", channels, 1, kMostChannels);
  require_odd_kernel("conv_norm", kernel);
  require_between("conv_norm", "stride", stride, 1, kLongest);
  const Shape output{channels, (length - 1) / stride + 1};
  if (inputs.size() == 2 && inputs[1] != output) {
    throw_invalid("conv_norm", "inputs", "the skip has ", inputs[1].channels,
                  " channels and length ", inputs[1].length, ", the convolution gives ", channels,
                  " and ", output.length, "; project the skip first");
  }
  std::vector<TensorSpec> parameters = batch_norm_parameters(channels, "norm.");
  parameters.insert(
      parameters.begin(),
      {"conv.weight", {channels, in_channels, kernel}, Init::fan_in_uniform, in_channels * kernel});
  return {.output = output,
          .parameters = std::move(parameters),
          .buffers = batch_norm_buffers(channels, "norm."),
          .multiply_adds = channels * in_channels * kernel * output.length};
}

at::Tensor forward(const Attributes& attributes, Tensors inputs, Tensors parameters,
                   Tensors buffers, bool training) {
  return conv_norm(inputs[0], parameters[0], parameters[1], parameters[2], buffers[0], buffers[1],
                   inputs.size() == 2 ? inputs[1] : at::Tensor(), attributes.at("stride"),
                   attributes.at("relu") != 0, training);
}

int64_t halo(const Attributes& attributes) { return attributes.at("kernel") / 2; }

// The fused form, with maps (T, C): y is the convolution of x,  out = relu?(norm(y) + skip).
// The backward pass: g = dout masked by the ReLU, which is also the skip's cotangent; the norm
// gives dy.
template <class Scalar>
class FusedConvNorm : public Fused<Scalar> {
 public:
  FusedConvNorm(const Attributes& attributes, const Binding<Scalar>& binding)
      : x_(binding.inputs[0]),
        skip_(binding.inputs.size() == 2 ? binding.inputs[1] : Map<Scalar>()),
        out_(binding.output),
        capacity_(binding.capacity),
        kernel_(attributes.at("kernel")),
        relu_(attributes.at("relu") != 0),
        y_(binding.inference ? 0 : static_cast<std::size_t>(capacity_ * out_.size())),
        convolution_(make_convolution(kernel_, attributes.at("stride"), x_, out_,
                                      binding.parameters[0], binding)),
        norm_(capacity_, out_.length, out_.channels, binding.parameters[1], binding.parameters[2],
              binding.buffers[0], binding.buffers[1]) {}

  void prepare(bool backward_too) override { convolution_->prepare(backward_too); }

  void forward(int64_t batch, bool training) override {
    for_each_group(1, batch, convolution_->group_size(), [&](int64_t, const Group& group) {
      convolution_->forward(group, {}, y_map());
      if (!training) {
        return;
      }
      for (int64_t b = group.begin; b < group.end; ++b) {
        norm_.collect(b, y(b));
      }
    });
    norm_.finish(batch, training);
    for_each_sample(batch, [&](int64_t b) {
      kernels_.normalize(y(b), out_.length, out_.channels, norm_.scale(), norm_.shift(),
                         skip_.data ? skip_.sample(b) : nullptr, relu_, out_.sample(b));
    });
  }

  void prepare_inference() override {
    norm_.finish(/*batch=*/0, /*training=*/false);
    convolution_->prepare(/*backward_too=*/false, norm_.scale());
  }

  void infer(int64_t batch) override {
    for_each_group(1, batch, convolution_->group_size(), [&](int64_t, const Group& group) {
      convolution_->forward(group, {.bias = norm_.shift(), .skip = skip_, .relu = relu_}, out_);
    });
  }

  int64_t scratch_size() const override {
    return norm_.scratch_size(capacity_) + convolution_->scratch_size();
  }

  bool hands_over(std::size_t input) const override { return input == 1; }

  void backward(int64_t batch, bool training, std::span<const Cotangents<Scalar>> tasks,
                Scalar* scratch) override {
    const int64_t count = std::ssize(tasks);
    const auto sums_of = [&](int64_t task) { return scratch + task * scratch_size(); };
    const auto rest_of = [&](int64_t task) {
      return sums_of(task) + norm_.scratch_size(capacity_);
    };
    for_each_sample(count * batch, [&](int64_t i) {
      const Cotangents<Scalar>& task = tasks[static_cast<std::size_t>(i / batch)];
      const int64_t b = i % batch;
      norm_.collect_backward(b, task.output.sample(b), relu_ ? out_.sample(b) : nullptr, y(b),
                             sums_of(i / batch));
      // If the skip's cotangent shares this memory, it is already in place.
      if (skip_.data && task.inputs[1].data && task.inputs[1].data != task.output.data) {
        kernels_.move(task.output.sample(b), out_.size(), task.accumulate[1],
                      task.inputs[1].sample(b));
      }
    });
    for (int64_t i = 0; i < count; ++i) {
      const Cotangents<Scalar>& task = tasks[static_cast<std::size_t>(i)];
      norm_.finish_backward(batch, capacity_, training, task.parameters[1], task.parameters[2],
                            sums_of(i));
    }
    for_each_group(count, batch, convolution_->group_size(), [&](int64_t i, const Group& group) {
      const Cotangents<Scalar>& task = tasks[static_cast<std::size_t>(i)];
      const Map<Scalar> dy = convolution_->dy(group, rest_of(i));
      for (int64_t b = group.begin; b < group.end; ++b) {
        norm_.backward(task.output.sample(b), y(b), capacity_, sums_of(i), /*accumulate=*/false,
                       dy.sample(b - group.begin));
      }
      convolution_->backward(group, rest_of(i), task.accumulate[0], task.inputs[0]);
    });
    dw_.clear();
    for (const Cotangents<Scalar>& task : tasks) {
      dw_.push_back(task.parameters[0]);
    }
    convolution_->weight_gradient(batch, rest_of(0), scratch_size(), dw_);
  }

  void unpack(std::size_t parameter, const Scalar* from, Scalar* to) const override {
    if (parameter == 0) {
      unpack_weight(from, kernel_, x_.channels, out_.channels, to);
    } else {
      std::copy_n(from, out_.channels, to);
    }
  }

 private:
  Map<Scalar> y_map() { return {y_.data(), out_.length, out_.channels}; }
  Scalar* y(int64_t b) { return y_map().sample(b); }

  const Kernels<Scalar>& kernels_ = kernels<Scalar>();
  Map<Scalar> x_, skip_, out_;
  int64_t capacity_, kernel_;
  bool relu_;
  Buffer<Scalar> y_;
  std::unique_ptr<Convolution<Scalar>> convolution_;
  ChannelNorm<Scalar> norm_;
  std::vector<Scalar*> dw_;
};

}  // namespace

at::Tensor conv_norm(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& gain,
                     const at::Tensor& bias, const at::Tensor& running_mean,
                     const at::Tensor& running_var, const at::Tensor& skip, int64_t stride,
                     bool relu, bool training) {
  const int64_t padding = weight.size(2) / 2;
  at::Tensor y = at::conv1d(x, weight, {}, stride, padding);
  y = batch_norm(y, gain, bias, running_mean, running_var, training);
  if (skip.defined()) {
    y = y + skip;
  }
  return relu ? at::relu(y) : y;
}

const Operator conv_norm_operator{.name = "conv_norm",
                                  .attributes = {"channels", "kernel", "stride", "relu"},
                                  .min_inputs = 1,
                                  .max_inputs = 2,
                                  .describe = describe,
                                  .forward = forward,
                                  .halo = halo,
                                  .fuse = fuse_as<FusedConvNorm<float>, float>,
                                  .fuse_double = fuse_as<FusedConvNorm<double>, double>};

}  // namespace dt4ecg::ops
