#include "ops/depthwise_norm.hpp"

#include <ATen/ops/conv1d.h>
#include <ATen/ops/relu.h>

#include <algorithm>

#include "ops/batch_norm.hpp"
#include "ops/channel_norm.hpp"
#include "ops/convolution/engine.hpp"
#include "ops/require.hpp"

namespace dt4ecg::ops {

namespace {

Signature describe(const Attributes& attributes, std::span<const Shape> inputs) {
  const auto [channels, length] = inputs[0];
  const int64_t kernel = attributes.at("kernel");
  const int64_t stride = attributes.at("stride");
  require_time("depthwise_norm", inputs[0]);
  require_odd_kernel("depthwise_norm", kernel);
  require_between("depthwise_norm", "stride", stride, 1, kLongest);
  const Shape output{channels, (length - 1) / stride + 1};
  std::vector<TensorSpec> parameters = batch_norm_parameters(channels, "norm.");
  parameters.insert(parameters.begin(),
                    {"conv.weight", {channels, 1, kernel}, Init::fan_in_uniform, kernel});
  return {.output = output,
          .parameters = std::move(parameters),
          .buffers = batch_norm_buffers(channels, "norm."),
          .multiply_adds = channels * kernel * output.length};
}

at::Tensor forward(const Attributes& attributes, Tensors inputs, Tensors parameters,
                   Tensors buffers, bool training) {
  const at::Tensor& weight = parameters[0];
  at::Tensor y =
      at::conv1d(inputs[0], weight, {}, attributes.at("stride"), /*padding=*/weight.size(2) / 2,
                 /*dilation=*/1, /*groups=*/weight.size(0));
  y = batch_norm(y, parameters[1], parameters[2], buffers[0], buffers[1], training);
  return attributes.at("relu") != 0 ? at::relu(y) : y;
}

int64_t halo(const Attributes& attributes) { return attributes.at("kernel") / 2; }

// The fused form, with maps (T, C) and the weight as (kernel, C). The backward pass, with dy from
// the norm:
//   dw[k] = sum over t of dy[t] x[t stride - pad + k];  dx[t stride - pad + k] += dy[t] w[k]
template <class Scalar>
class FusedDepthwiseNorm : public Fused<Scalar> {
 public:
  FusedDepthwiseNorm(const Attributes& attributes, const Binding<Scalar>& binding)
      : x_(binding.inputs[0]),
        out_(binding.output),
        capacity_(binding.capacity),
        shape_{.rows = out_.length,
               .channels = out_.channels,
               .taps = attributes.at("kernel"),
               .stride = attributes.at("stride")},
        relu_(attributes.at("relu") != 0),
        weight_(binding.parameters[0]),
        taps_(static_cast<std::size_t>(shape_.taps * x_.channels)),
        y_(binding.inference ? 0 : static_cast<std::size_t>(capacity_ * out_.size())),
        norm_(capacity_, out_.length, out_.channels, binding.parameters[1], binding.parameters[2],
              binding.buffers[0], binding.buffers[1]) {}

  void prepare(bool) override {
    for (int64_t k = 0; k < shape_.taps; ++k) {
      for (int64_t c = 0; c < x_.channels; ++c) {
        tap(k)[c] = weight_[c * shape_.taps + k];
      }
    }
  }

  void forward(int64_t batch, bool training) override {
    for_each_sample(batch, [&](int64_t b) {
      kernels_.depthwise(shape_, read_by_first(b), taps_.data(), nullptr, /*relu=*/false, y(b));
      if (training) {
        norm_.collect(b, y(b));
      }
    });
    norm_.finish(batch, training);
    for_each_sample(batch, [&](int64_t b) {
      kernels_.normalize(y(b), out_.length, out_.channels, norm_.scale(), norm_.shift(), nullptr,
                         relu_, out_.sample(b));
    });
  }

  void prepare_inference() override {
    norm_.finish(/*batch=*/0, /*training=*/false);
    prepare(/*backward_too=*/false);
    for (int64_t k = 0; k < shape_.taps; ++k) {
      for (int64_t c = 0; c < x_.channels; ++c) {
        tap(k)[c] *= norm_.scale()[c];
      }
    }
  }

  void infer(int64_t batch) override {
    for_each_sample(batch, [&](int64_t b) {
      kernels_.depthwise(shape_, read_by_first(b), taps_.data(), norm_.shift(), relu_,
                         out_.sample(b));
    });
  }

  // The scratch memory holds the sums of the norm, dy, and dw of each sample.
  int64_t scratch_size() const override {
    return norm_.scratch_size(capacity_) + capacity_ * (out_.size() + shape_.taps * x_.channels);
  }

  void backward(int64_t batch, bool training, std::span<const Cotangents<Scalar>> tasks,
                Scalar* scratch) override {
    Scalar* dy = scratch + norm_.scratch_size(capacity_);
    Scalar* dw = dy + capacity_ * out_.size();
    for (const Cotangents<Scalar>& task : tasks) {
      for_each_sample(batch, [&](int64_t b) {
        norm_.collect_backward(b, task.output.sample(b), relu_ ? out_.sample(b) : nullptr, y(b),
                               scratch);
      });
      norm_.finish_backward(batch, capacity_, training, task.parameters[1], task.parameters[2],
                            scratch);
      for_each_sample(batch, [&](int64_t b) {
        Scalar* own = dy + b * out_.size();
        norm_.backward(task.output.sample(b), y(b), capacity_, scratch, /*accumulate=*/false, own);
        if (task.parameters[0]) {
          weight_cotangent(b, own, dw + b * shape_.taps * x_.channels);
        }
        if (task.inputs[0].data) {
          input_cotangent(own, task.accumulate[0], task.inputs[0].sample(b));
        }
      });
      if (task.parameters[0]) {
        for (int64_t b = 0; b < batch; ++b) {
          kernels_.move(dw + b * shape_.taps * x_.channels, shape_.taps * x_.channels,
                        /*accumulate=*/true, task.parameters[0]);
        }
      }
    }
  }

  void unpack(std::size_t parameter, const Scalar* from, Scalar* to) const override {
    if (parameter == 0) {
      unpack_weight(from, shape_.taps, /*in_channels=*/1, x_.channels, to);
    } else {
      std::copy_n(from, x_.channels, to);
    }
  }

 private:
  // The first rows may lie in the zero padding before the sample.
  const Scalar* read_by_first(int64_t b) const {
    return x_.sample(b) - shape_.taps / 2 * x_.channels;
  }

  void weight_cotangent(int64_t b, const Scalar* dy, Scalar* dw) const {
    std::fill_n(dw, shape_.taps * x_.channels, Scalar{0});
    kernels_.depthwise_taps(shape_, read_by_first(b), dy, dw);
  }

  void input_cotangent(const Scalar* dy, bool accumulate, Scalar* dx) const {
    if (!accumulate) {
      std::fill_n(dx, x_.size(), Scalar{0});
    }
    kernels_.depthwise_inputs(shape_, dy, taps_.data(), x_.length, dx);
  }

  Scalar* tap(int64_t k) { return taps_.data() + k * x_.channels; }
  Scalar* y(int64_t b) { return y_.data() + b * out_.size(); }

  const Kernels<Scalar>& kernels_ = kernels<Scalar>();
  Map<Scalar> x_, out_;
  int64_t capacity_;
  Depthwise shape_;
  bool relu_;
  const Scalar* weight_;
  Buffer<Scalar> taps_, y_;
  ChannelNorm<Scalar> norm_;
};

}  // namespace

const Operator depthwise_norm_operator{.name = "depthwise_norm",
                                       .attributes = {"kernel", "stride", "relu"},
                                       .describe = describe,
                                       .forward = forward,
                                       .halo = halo,
                                       .fuse = fuse_as<FusedDepthwiseNorm<float>, float>,
                                       .fuse_double = fuse_as<FusedDepthwiseNorm<double>, double>};

}  // namespace dt4ecg::ops
