#include "ops/conv.hpp"

#include <ATen/ops/conv1d.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "ops/convolution/engine.hpp"
#include "ops/kernels.hpp"
#include "ops/loops.hpp"
#include "ops/require.hpp"

namespace dt4ecg::ops {

namespace {

Signature describe(const Attributes& attributes, std::span<const Shape> inputs) {
  const auto [in_channels, length] = inputs[0];
  const int64_t channels = attributes.at("channels");
  const int64_t kernel = attributes.at("kernel");
  require_time("conv", inputs[0]);
  require_between("conv", "channels", channels, 1, kMostChannels);
  require_odd_kernel("conv", kernel);
  const int64_t fan_in = in_channels * kernel;
  Signature found{
      .output = {channels, length},
      .parameters = {{"weight", {channels, in_channels, kernel}, Init::fan_in_uniform, fan_in}},
      .buffers = {},
      .multiply_adds = channels * fan_in * length};
  if (attributes.at("bias") != 0) {
    found.parameters.push_back({"bias", {channels}, Init::fan_in_uniform, fan_in});
  }
  return found;
}

at::Tensor forward(const Attributes&, Tensors inputs, Tensors parameters, Tensors, bool) {
  const at::Tensor& weight = parameters[0];
  return at::conv1d(inputs[0], weight, parameters.size() == 2 ? parameters[1] : at::Tensor(),
                    /*stride=*/1, /*padding=*/weight.size(2) / 2);
}

int64_t halo(const Attributes& attributes) { return attributes.at("kernel") / 2; }

template <class Scalar>
class FusedConv : public Fused<Scalar> {
 public:
  FusedConv(const Attributes& attributes, const Binding<Scalar>& binding)
      : x_(binding.inputs[0]),
        y_(binding.output),
        kernel_(attributes.at("kernel")),
        bias_(binding.parameters.size() == 2 ? binding.parameters[1] : nullptr),
        convolution_(
            make_convolution(kernel_, /*stride=*/1, x_, y_, binding.parameters[0], binding)),
        sum_(static_cast<std::size_t>(y_.channels)) {}

  void prepare(bool backward_too) override { convolution_->prepare(backward_too); }

  void forward(int64_t batch, bool) override {
    for_each_group(1, batch, convolution_->group_size(), [&](int64_t, const Group& group) {
      convolution_->forward(group, {.bias = bias_}, y_);
    });
  }

  int64_t scratch_size() const override { return convolution_->scratch_size(); }

  void backward(int64_t batch, bool, std::span<const Cotangents<Scalar>> tasks,
                Scalar* scratch) override {
    for_each_group(std::ssize(tasks), batch, convolution_->group_size(),
                   [&](int64_t i, const Group& group) {
                     const Cotangents<Scalar>& task = tasks[static_cast<std::size_t>(i)];
                     Scalar* own = scratch + i * scratch_size();
                     const Map<Scalar> dy = convolution_->dy(group, own);
                     for (int64_t b = group.begin; b < group.end; ++b) {
                       std::copy_n(task.output.sample(b), y_.size(), dy.sample(b - group.begin));
                     }
                     convolution_->backward(group, own, task.accumulate[0], task.inputs[0]);
                   });
    dw_.clear();
    for (const Cotangents<Scalar>& task : tasks) {
      dw_.push_back(task.parameters[0]);
      if (!bias_ || !task.parameters[1]) {
        continue;
      }
      for (int64_t b = 0; b < batch; ++b) {
        kernels_.column_sums(task.output.sample(b), y_.length, y_.channels, sum_.data());
        kernels_.move(sum_.data(), y_.channels, /*accumulate=*/true, task.parameters[1]);
      }
    }
    convolution_->weight_gradient(batch, scratch, scratch_size(), dw_);
  }

  void unpack(std::size_t parameter, const Scalar* from, Scalar* to) const override {
    if (parameter == 0) {
      unpack_weight(from, kernel_, x_.channels, y_.channels, to);
    } else {
      std::copy_n(from, y_.channels, to);
    }
  }

 private:
  const Kernels<Scalar>& kernels_ = kernels<Scalar>();
  Map<Scalar> x_, y_;
  int64_t kernel_;
  const Scalar* bias_;
  std::unique_ptr<Convolution<Scalar>> convolution_;
  Buffer<Scalar> sum_;
  std::vector<Scalar*> dw_;
};

}  // namespace

const Operator conv_operator{.name = "conv",
                             .attributes = {"channels", "kernel", "bias"},
                             .describe = describe,
                             .forward = forward,
                             .halo = halo,
                             .fuse = fuse_as<FusedConv<float>, float>,
                             .fuse_double = fuse_as<FusedConv<double>, double>};

}  // namespace dt4ecg::ops
