#include "ops/sca.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/conv1d.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/sigmoid.h>

#include <algorithm>
#include <cmath>

#include "ops/kernels.hpp"
#include "ops/loops.hpp"
#include "ops/parallel.hpp"
#include "ops/require.hpp"

namespace dt4ecg::ops {

namespace {

Signature describe(const Attributes&, std::span<const Shape> inputs) {
  const auto [channels, length] = inputs[0];
  require_time("sca", inputs[0]);
  return {
      .output = inputs[0],
      .parameters = {{"channel.weight", {channels, channels, 1}, Init::fan_in_uniform, channels},
                     {"channel.bias", {channels}, Init::fan_in_uniform, channels},
                     {"sequence.weight", {length, length}, Init::fan_in_uniform, length},
                     {"sequence.bias", {length}, Init::fan_in_uniform, length}},
      .buffers = {},
      // The two layers, the two elementwise products, and the mean over channels.
      .multiply_adds = channels * channels + length * length + 3 * channels * length};
}

at::Tensor forward(const Attributes&, Tensors inputs, Tensors parameters, Tensors, bool) {
  return sca(inputs[0], parameters[0], parameters[1], parameters[2], parameters[3]);
}

// The fused form, with maps x (T, C); each line reads its maps once:
//   m[c] = mean_t x;  a = sigmoid(Wc m + bc);  s[t] = mean_c x a;  b = sigmoid(Ws s + bs);
//   y = x a b
// The backward pass:
//   db[t] = sum_c dy x a;  dv = db b (1 - b);  dWs = dv s^T;  ds = Ws^T dv
//   g = dy b[t] + ds[t] / C, the cotangent of x a
//   da[c] = sum_t g x;     du = da a (1 - a);  dWc = du m^T;  dm = Wc^T du
//   dx = g a[c] + dm[c] / T
template <class Scalar>
class FusedSca : public Fused<Scalar> {
 public:
  FusedSca(const Attributes&, const Binding<Scalar>& binding)
      : x_(binding.inputs[0]),
        y_(binding.output),
        capacity_(binding.capacity),
        channel_(binding.parameters[0], binding.parameters[1], capacity_, x_.channels),
        sequence_(binding.parameters[2], binding.parameters[3], capacity_, x_.length) {}

  void prepare(bool backward_too) override {
    channel_.prepare(backward_too);
    sequence_.prepare(backward_too);
  }

  void forward(int64_t batch, bool) override {
    parallel_for(batch, 1, [&](int64_t begin, int64_t end) {
      for (int64_t b = begin; b < end; ++b) {
        Scalar* mean = channel_.input(b);
        kernels_.column_sums(x_.sample(b), x_.length, x_.channels, mean);
        for (int64_t c = 0; c < x_.channels; ++c) {
          mean[c] /= static_cast<Scalar>(x_.length);
        }
      }
      channel_.forward(begin, end);
      for (int64_t b = begin; b < end; ++b) {
        kernels_.row_sums(x_.sample(b), nullptr, x_.length, x_.channels, channel_.output(b),
                          Scalar{1} / static_cast<Scalar>(x_.channels), sequence_.input(b));
      }
      sequence_.forward(begin, end);
      for (int64_t b = begin; b < end; ++b) {
        kernels_.sca_gate(x_.sample(b), x_.length, x_.channels, channel_.output(b),
                          sequence_.output(b), y_.sample(b));
      }
    });
  }

  // The cotangents of both layers, before and after their weights.
  int64_t scratch_size() const override { return 2 * capacity_ * (x_.channels + x_.length); }

  void backward(int64_t batch, bool, std::span<const Cotangents<Scalar>> tasks,
                Scalar* scratch) override {
    for (const Cotangents<Scalar>& task : tasks) {
      Scalar* dv = scratch;
      Scalar* ds = dv + capacity_ * x_.length;
      Scalar* du = ds + capacity_ * x_.length;
      Scalar* dm = du + capacity_ * x_.channels;
      parallel_for(batch, 1, [&](int64_t begin, int64_t end) {
        for (int64_t b = begin; b < end; ++b) {
          kernels_.row_sums(task.output.sample(b), x_.sample(b), x_.length, x_.channels,
                            channel_.output(b), Scalar{1}, dv + b * x_.length);
        }
        sequence_.backward(begin, end, dv, Scalar{1} / static_cast<Scalar>(x_.channels), ds);
        for (int64_t b = begin; b < end; ++b) {
          kernels_.sca_gate_backward(task.output.sample(b), x_.sample(b), x_.length, x_.channels,
                                     sequence_.output(b), ds + b * x_.length, du + b * x_.channels);
        }
        channel_.backward(begin, end, du, Scalar{1} / static_cast<Scalar>(x_.length), dm);
        if (!task.inputs[0].data) {
          return;
        }
        for (int64_t b = begin; b < end; ++b) {
          kernels_.spread(task.output.sample(b), x_.length, x_.channels, channel_.output(b),
                          dm + b * x_.channels, task.accumulate[0], task.inputs[0].sample(b));
        }
      });
      channel_.gradients(batch, du, task.parameters[0], task.parameters[1]);
      sequence_.gradients(batch, dv, task.parameters[2], task.parameters[3]);
    }
  }

  void unpack(std::size_t parameter, const Scalar* from, Scalar* to) const override {
    const int64_t size = parameter < 2 ? x_.channels : x_.length;
    std::copy_n(from, parameter % 2 == 0 ? size * size : size, to);
  }

 private:
  // output = sigmoid(input W^T + bias), both of shape (batch, size).
  class Gate {
   public:
    Gate(const Scalar* weight, const Scalar* bias, int64_t capacity, int64_t size)
        : weight_(weight),
          bias_(bias),
          size_(size),
          input_(static_cast<std::size_t>(capacity * size)),
          output_(input_.size()),
          packed_(static_cast<std::size_t>(kernels_.packed_size(size, size))),
          packed_backward_(packed_.size()) {}

    Scalar* input(int64_t b) { return input_.data() + b * size_; }
    const Scalar* output(int64_t b) const { return output_.data() + b * size_; }

    void prepare(bool backward_too) {
      const int64_t start = 0;
      kernels_.pack({weight_, &start, 1, size_, 1, size_, size_}, packed_.data());
      if (backward_too) {
        kernels_.pack({weight_, &start, 1, size_, size_, size_, 1}, packed_backward_.data());
      }
    }

    void forward(int64_t begin, int64_t end) {
      Scalar* to = output_.data() + begin * size_;
      kernels_.matmul(input(begin), size_, end - begin, packed_.data(), size_, size_, to, size_,
                      {.bias = bias_});
      for (int64_t i = 0; i < (end - begin) * size_; ++i) {
        to[i] = 1 / (1 + std::exp(-to[i]));
      }
    }

    // Multiplies doutput by the slope of the sigmoid in place. factor scales dinput.
    void backward(int64_t begin, int64_t end, Scalar* doutput, Scalar factor,
                  Scalar* dinput) const {
      for (int64_t i = begin * size_; i < end * size_; ++i) {
        const Scalar open = output_[static_cast<std::size_t>(i)];
        doutput[i] *= open * (1 - open);
      }
      Scalar* to = dinput + begin * size_;
      kernels_.matmul(doutput + begin * size_, size_, end - begin, packed_backward_.data(), size_,
                      size_, to, size_, {});
      for (int64_t i = 0; i < (end - begin) * size_; ++i) {
        to[i] *= factor;
      }
    }

    void gradients(int64_t batch, const Scalar* dz, Scalar* dw, Scalar* dbias) const {
      if (dw) {
        parallel_for(size_, kGrain, [&](int64_t begin, int64_t end) {
          kernels_.outer({dz, 1, batch, size_, 0}, begin, end, {input_.data(), 1, batch, size_, 0},
                         size_, dw);
        });
      }
      if (dbias) {
        for (int64_t b = 0; b < batch; ++b) {
          kernels_.move(dz + b * size_, size_, /*accumulate=*/true, dbias);
        }
      }
    }

   private:
    static constexpr int64_t kGrain = 48;

    const Kernels<Scalar>& kernels_ = kernels<Scalar>();
    const Scalar* weight_;
    const Scalar* bias_;
    int64_t size_;
    Buffer<Scalar> input_, output_, packed_, packed_backward_;
  };

  const Kernels<Scalar>& kernels_ = kernels<Scalar>();
  Map<Scalar> x_, y_;
  int64_t capacity_;
  Gate channel_, sequence_;
};

}  // namespace

at::Tensor sca(const at::Tensor& x, const at::Tensor& channel_weight,
               const at::Tensor& channel_bias, const at::Tensor& sequence_weight,
               const at::Tensor& sequence_bias) {
  const at::Tensor z = at::conv1d(x.mean(2, /*keepdim=*/true), channel_weight, channel_bias);
  const at::Tensor gated = x * at::sigmoid(z);
  const at::Tensor s = at::linear(gated.mean(1, /*keepdim=*/true), sequence_weight, sequence_bias);
  return gated * at::sigmoid(s);
}

const Operator sca_operator{.name = "sca",
                            .attributes = {},
                            .describe = describe,
                            .forward = forward,
                            .fuse = fuse_as<FusedSca<float>, float>,
                            .fuse_double = fuse_as<FusedSca<double>, double>};

}  // namespace dt4ecg::ops
