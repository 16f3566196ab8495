#include "dt4ecg/ops/conv_norm.hpp"

#include <ATen/Parallel.h>
#include <ATen/ops/conv1d.h>
#include <ATen/ops/relu.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "channel_norm.hpp"
#include "dt4ecg/ops/batch_norm.hpp"

namespace dt4ecg::ops {

namespace {

Signature describe(const Attributes& attributes, std::span<const Shape> inputs) {
  const auto [in_channels, length] = inputs[0];
  const int64_t channels = attributes.at("channels");
  const int64_t kernel = attributes.at("kernel");
  const int64_t stride = attributes.at("stride");
  if (length < 1) throw std::invalid_argument("conv_norm: its input has no time axis left");
  if (channels < 1 || channels > kMostChannels || kernel < 1 || kernel > kLongestKernel ||
      kernel % 2 == 0 || stride < 1)
    throw std::invalid_argument("conv_norm: needs channels of 1 to " +
                                std::to_string(kMostChannels) + ", an odd kernel of 1 to " +
                                std::to_string(kLongestKernel) + " and stride >= 1, got channels " +
                                std::to_string(channels) + ", kernel " + std::to_string(kernel) +
                                ", stride " + std::to_string(stride));
  const Shape output{channels, (length - 1) / stride + 1};
  if (inputs.size() == 2 && inputs[1] != output)
    throw std::invalid_argument("conv_norm: the skip has " + std::to_string(inputs[1].channels) +
                                " channels and length " + std::to_string(inputs[1].length) +
                                ", the convolution gives " + std::to_string(channels) + " and " +
                                std::to_string(output.length) + "; project the skip first");
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

// The same in loops over maps (T, C). A row of the convolution is a product of `kernel` rows of x,
// which lie side by side, with the weight as a matrix (kernel C, C'):
//   y[t] = x[t stride - pad ... + kernel] W;  out = relu?(norm(y) + skip)
// Backwards, g = dout masked by the ReLU, which is also the skip's cotangent; dy from the norm;
//   dW = sum over t of x[t stride - pad ...]^T dy[t];  dx by phases of the stride, each again a
// product of neighbouring rows, of dy, with those taps of W that reach the phase.
template <class Scalar>
class FusedConvNorm : public Fused<Scalar> {
 public:
  FusedConvNorm(const Attributes& attributes, const Binding<Scalar>& binding)
      : x_(binding.inputs[0]),
        skip_(binding.inputs.size() == 2 ? binding.inputs[1] : Map<Scalar>()),
        out_(binding.output),
        capacity_(binding.capacity),
        kernel_(attributes.at("kernel")),
        stride_(attributes.at("stride")),
        relu_(attributes.at("relu") != 0),
        weight_(binding.parameters[0]),
        y_(binding.inference ? 0 : static_cast<size_t>(capacity_ * out_.size())),
        norm_(capacity_, out_.length, out_.channels, binding.parameters[1], binding.parameters[2],
              binding.buffers[0], binding.buffers[1]),
        taps_(static_cast<size_t>(kernel_)),
        packed_(static_cast<size_t>(kernels_.packed_size(depth(), out_.channels))) {
    std::iota(taps_.begin(), taps_.end(), int64_t{0});
    plan_phases();
  }

  void prepare(bool backward_too) override {
    pack_forward(nullptr);
    if (!backward_too) return;
    for (Phase& phase : phases_)
      kernels_.pack({weight_, phase.taps.data(), std::ssize(phase.taps), out_.channels, depth(),
                     x_.channels, kernel_},
                    phase.packed.data());
  }

  void forward(int64_t batch, bool training) override {
    at::parallel_for(0, batch, 1, [&](int64_t begin, int64_t end) {
      for (int64_t b = begin; b < end; ++b) {
        kernels_.matmul(first_tap(b), stride_ * x_.channels, out_.length, packed_.data(), depth(),
                        out_.channels, y(b), out_.channels, {});
        if (training) norm_.collect(b, y(b));
      }
    });
    norm_.finish(batch, training);
    at::parallel_for(0, batch, 1, [&](int64_t begin, int64_t end) {
      for (int64_t b = begin; b < end; ++b)
        kernels_.normalize(y(b), out_.length, out_.channels, norm_.scale(), norm_.shift(),
                           skip_.data ? skip_.sample(b) : nullptr, relu_, out_.sample(b));
    });
  }

  void prepare_inference() override {
    norm_.finish(/*batch=*/0, /*training=*/false);
    pack_forward(norm_.scale());
  }

  void infer(int64_t batch) override {
    for (int64_t b = 0; b < batch; ++b)
      kernels_.matmul(
          first_tap(b), stride_ * x_.channels, out_.length, packed_.data(), depth(), out_.channels,
          out_.sample(b), out_.channels,
          {.bias = norm_.shift(), .skip = skip_.data ? skip_.sample(b) : nullptr, .relu = relu_});
  }

  int64_t scratch_size() const override {
    return norm_.scratch_size(capacity_) + capacity_ * dy_map(nullptr).sample_stride() +
           depth() * out_.channels;
  }

  bool hands_over(size_t input) const override { return input == 1; }

  void backward(int64_t batch, bool training, std::span<const Cotangents<Scalar>> tasks,
                Scalar* scratch) override {
    const int64_t count = std::ssize(tasks);
    const auto sums_of = [&](int64_t task) { return scratch + task * scratch_size(); };
    const auto dy_of = [&](int64_t task) {
      return dy_map(sums_of(task) + norm_.scratch_size(capacity_));
    };
    at::parallel_for(0, count * batch, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const Cotangents<Scalar>& task = tasks[static_cast<size_t>(i / batch)];
        const int64_t b = i % batch;
        norm_.collect_backward(b, task.output.sample(b), relu_ ? out_.sample(b) : nullptr, y(b),
                               sums_of(i / batch));
        // The skip's cotangent may be this one's memory: then it is there already.
        if (skip_.data && task.inputs[1].data && task.inputs[1].data != task.output.data)
          kernels_.move(task.output.sample(b), out_.size(), task.accumulate[1],
                        task.inputs[1].sample(b));
      }
    });
    for (int64_t i = 0; i < count; ++i) {
      const Cotangents<Scalar>& task = tasks[static_cast<size_t>(i)];
      norm_.finish_backward(batch, capacity_, training, task.parameters[1], task.parameters[2],
                            sums_of(i));
    }
    at::parallel_for(0, count * batch, 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const Cotangents<Scalar>& task = tasks[static_cast<size_t>(i / batch)];
        const Map<Scalar> dy = dy_of(i / batch);
        const int64_t b = i % batch;
        std::fill_n(dy.sample(b) - dy.halo * dy.channels, dy.halo * dy.channels, Scalar{0});
        std::fill_n(dy.sample(b) + dy.size(), dy.halo * dy.channels, Scalar{0});
        norm_.backward(task.output.sample(b), y(b), capacity_, sums_of(i / batch),
                       /*accumulate=*/false, dy.sample(b));
        if (task.inputs[0].data)
          input_cotangent(dy.sample(b), task.accumulate[0], task.inputs[0].sample(b));
      }
    });
    // Each sum belongs to one thread, so that its bits do not depend on how many there are. With a
    // single cotangent the batch is summed in two halves: a thread has just made its own dy.
    const int64_t halves = count == 1 && batch > 1 ? 2 : 1;
    Scalar* second = sums_of(0) + scratch_size() - depth() * out_.channels;
    if (halves == 2) std::fill_n(second, depth() * out_.channels, Scalar{0});
    at::parallel_for(0, count * halves * depth(), kGrain, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end;) {
        const int64_t part = i / depth(), k = i % depth();
        const int64_t upto = std::min(depth(), k + end - i);
        i += upto - k;
        const int64_t half = part % halves, first = half * (batch / 2);
        const int64_t samples = halves == 1 ? batch : (half == 0 ? batch / 2 : batch - batch / 2);
        const Map<Scalar> dy = dy_of(part / halves);
        if (Scalar* dw = tasks[static_cast<size_t>(part / halves)].parameters[0])
          kernels_.outer(
              {first_tap(first), samples, out_.length, stride_ * x_.channels, x_.sample_stride()},
              k, upto, {dy.sample(first), samples, dy.length, dy.channels, dy.sample_stride()},
              out_.channels, half == 0 ? dw : second);
      }
    });
    if (Scalar* dw = tasks.front().parameters[0]; dw && halves == 2)
      kernels_.move(second, depth() * out_.channels, /*accumulate=*/true, dw);
  }

  // From (kernel, C, C') to (C', C, kernel).
  void unpack(size_t parameter, const Scalar* from, Scalar* to) const override {
    if (parameter != 0) {
      std::copy_n(from, out_.channels, to);
      return;
    }
    for (int64_t tap = 0; tap < kernel_; ++tap)
      for (int64_t c = 0; c < x_.channels; ++c)
        for (int64_t n = 0; n < out_.channels; ++n) to[n * depth() + c * kernel_ + tap] = *from++;
  }

 private:
  // Rows u = stride q + offset of dx, and the taps that reach them: dx[u] is the product of the
  // rows of dy from q + first on with those taps.
  struct Phase {
    int64_t offset, first, rows;
    std::vector<int64_t> taps;
    Buffer<Scalar> packed;
  };

  static constexpr int64_t kGrain = 12;  // two tiles of the product

  void pack_forward(const Scalar* column_scale) {
    kernels_.pack({weight_, taps_.data(), kernel_, x_.channels, kernel_, out_.channels, depth(),
                   column_scale},
                  packed_.data());
  }

  void plan_phases() {
    const int64_t pad = kernel_ / 2;
    for (int64_t offset = 0; offset < std::min(stride_, x_.length); ++offset) {
      Phase phase{offset, 0, (x_.length - offset - 1) / stride_ + 1, {}, {}};
      // Tap j reads row u = stride t + j - pad, so t = q + (offset + pad - j) / stride.
      const int64_t least = (offset + pad) % stride_;
      for (int64_t tap = least; tap < kernel_; tap += stride_)
        phase.taps.insert(phase.taps.begin(), tap);
      if (!phase.taps.empty()) {
        phase.first = (offset + pad - phase.taps.front()) / stride_;
        const int64_t last = phase.first + std::ssize(phase.taps) - 1 + phase.rows - 1;
        dy_halo_ = std::max({dy_halo_, -phase.first, last - (out_.length - 1)});
      }
      phase.packed.resize(static_cast<size_t>(
          kernels_.packed_size(std::ssize(phase.taps) * out_.channels, x_.channels)));
      phases_.push_back(std::move(phase));
    }
  }

  void input_cotangent(const Scalar* dy, bool accumulate, Scalar* dx) const {
    for (const Phase& phase : phases_) {
      Scalar* to = dx + phase.offset * x_.channels;
      kernels_.matmul(dy + phase.first * out_.channels, out_.channels, phase.rows,
                      phase.packed.data(), std::ssize(phase.taps) * out_.channels, x_.channels, to,
                      stride_ * x_.channels, {.accumulate = accumulate});
    }
  }

  int64_t depth() const { return kernel_ * x_.channels; }
  const Scalar* first_tap(int64_t b) const { return x_.sample(b) - kernel_ / 2 * x_.channels; }
  Scalar* y(int64_t b) { return y_.data() + b * out_.size(); }
  Map<Scalar> dy_map(Scalar* data) const { return {data, out_.length, out_.channels, dy_halo_}; }

  const Kernels<Scalar>& kernels_ = kernels<Scalar>();
  Map<Scalar> x_, skip_, out_;
  int64_t capacity_, kernel_, stride_;
  bool relu_;
  const Scalar* weight_;
  Buffer<Scalar> y_;
  ChannelNorm<Scalar> norm_;
  std::vector<int64_t> taps_;
  Buffer<Scalar> packed_;
  std::vector<Phase> phases_;
  int64_t dy_halo_ = 0;
};

template <class Scalar>
std::unique_ptr<Fused<Scalar>> fuse(const Attributes& attributes, const Binding<Scalar>& binding) {
  return std::make_unique<FusedConvNorm<Scalar>>(attributes, binding);
}

}  // namespace

at::Tensor conv_norm(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& gain,
                     const at::Tensor& bias, const at::Tensor& running_mean,
                     const at::Tensor& running_var, const at::Tensor& skip, int64_t stride,
                     bool relu, bool training) {
  const int64_t padding = weight.size(2) / 2;
  at::Tensor y = at::conv1d(x, weight, {}, stride, padding);
  y = batch_norm(y, gain, bias, running_mean, running_var, training);
  if (skip.defined()) y = y + skip;
  return relu ? at::relu(y) : y;
}

const Operator conv_norm_operator{.name = "conv_norm",
                                  .attributes = {"channels", "kernel", "stride", "relu"},
                                  .min_inputs = 1,
                                  .max_inputs = 2,
                                  .describe = describe,
                                  .forward = forward,
                                  .halo = halo,
                                  .fuse = fuse<float>,
                                  .fuse_double = fuse<double>};

}  // namespace dt4ecg::ops
