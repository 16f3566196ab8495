#include "dt4ecg/ops/conv.hpp"

#include <ATen/ops/conv1d.h>

#include <algorithm>
#include <numeric>

#include "dt4ecg/ops/kernels.hpp"
#include "loops.hpp"
#include "require.hpp"

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
  if (attributes.at("bias") != 0)
    found.parameters.push_back({"bias", {channels}, Init::fan_in_uniform, fan_in});
  return found;
}

at::Tensor forward(const Attributes&, Tensors inputs, Tensors parameters, Tensors, bool) {
  const at::Tensor& weight = parameters[0];
  return at::conv1d(inputs[0], weight, parameters.size() == 2 ? parameters[1] : at::Tensor(),
                    /*stride=*/1, /*padding=*/weight.size(2) / 2);
}

int64_t halo(const Attributes& attributes) { return attributes.at("kernel") / 2; }

// As in conv_norm, with stride 1: a row of y is a product of `kernel` neighbouring rows of x with
// the weight; a row of dx that of the rows of dy with the taps in reverse.
template <class Scalar>
class FusedConv : public Fused<Scalar> {
 public:
  FusedConv(const Attributes& attributes, const Binding<Scalar>& binding)
      : x_(binding.inputs[0]),
        y_(binding.output),
        capacity_(binding.capacity),
        kernel_(attributes.at("kernel")),
        weight_(binding.parameters[0]),
        bias_(binding.parameters.size() == 2 ? binding.parameters[1] : nullptr),
        taps_(static_cast<size_t>(kernel_)),
        packed_(static_cast<size_t>(kernels_.packed_size(depth(), y_.channels))),
        packed_backward_(binding.inference ? 0
                                           : static_cast<size_t>(kernels_.packed_size(
                                                 kernel_ * y_.channels, x_.channels))) {
    std::iota(taps_.begin(), taps_.end(), int64_t{0});
  }

  void prepare(bool backward_too) override {
    kernels_.pack({weight_, taps_.data(), kernel_, x_.channels, kernel_, y_.channels, depth()},
                  packed_.data());
    if (!backward_too) return;
    const std::vector<int64_t> reverse(taps_.rbegin(), taps_.rend());
    kernels_.pack({weight_, reverse.data(), kernel_, y_.channels, depth(), x_.channels, kernel_},
                  packed_backward_.data());
  }

  void forward(int64_t batch, bool) override {
    for_each_sample(batch, [&](int64_t b) {
      kernels_.matmul(first_tap(x_, b), x_.channels, y_.length, packed_.data(), depth(),
                      y_.channels, y_.sample(b), y_.channels, {.bias = bias_});
    });
  }

  int64_t scratch_size() const override {
    return capacity_ * padded(nullptr).sample_stride() + y_.channels;
  }

  void backward(int64_t batch, bool, std::span<const Cotangents<Scalar>> tasks,
                Scalar* scratch) override {
    for (const Cotangents<Scalar>& task : tasks) {
      const Map<Scalar> dy = padded(scratch);
      for_each_sample(batch, [&](int64_t b) {
        Scalar* begin = dy.sample(b) - dy.halo * dy.channels;
        std::fill_n(begin, dy.sample_stride(), Scalar{0});
        std::copy_n(task.output.sample(b), dy.size(), dy.sample(b));
        if (task.inputs[0].data)
          kernels_.matmul(first_tap(dy, b), dy.channels, x_.length, packed_backward_.data(),
                          kernel_ * dy.channels, x_.channels, task.inputs[0].sample(b), x_.channels,
                          {.accumulate = task.accumulate[0]});
      });
      // Each sum belongs to one thread.
      if (Scalar* dw = task.parameters[0])
        at::parallel_for(0, depth(), kGrain, [&](int64_t begin, int64_t end) {
          kernels_.outer(
              {first_tap(x_, 0), batch, y_.length, x_.channels, x_.sample_stride()}, begin, end,
              {dy.sample(0), batch, dy.length, dy.channels, dy.sample_stride()}, dy.channels, dw);
        });
      if (!bias_ || !task.parameters[1]) continue;
      Scalar* sum = scratch + capacity_ * dy.sample_stride();
      for (int64_t b = 0; b < batch; ++b) {
        kernels_.column_sums(dy.sample(b), dy.length, dy.channels, sum);
        kernels_.move(sum, dy.channels, /*accumulate=*/true, task.parameters[1]);
      }
    }
  }

  // From (kernel, C, C') to (C', C, kernel).
  void unpack(size_t parameter, const Scalar* from, Scalar* to) const override {
    if (parameter != 0) {
      std::copy_n(from, y_.channels, to);
      return;
    }
    for (int64_t tap = 0; tap < kernel_; ++tap)
      for (int64_t c = 0; c < x_.channels; ++c)
        for (int64_t n = 0; n < y_.channels; ++n) to[n * depth() + c * kernel_ + tap] = *from++;
  }

 private:
  static constexpr int64_t kGrain = 12;  // two tiles of the product

  int64_t depth() const { return kernel_ * x_.channels; }
  const Scalar* first_tap(const Map<Scalar>& map, int64_t b) const {
    return map.sample(b) - kernel_ / 2 * map.channels;
  }
  Map<Scalar> padded(Scalar* data) const { return {data, y_.length, y_.channels, kernel_ / 2}; }

  const Kernels<Scalar>& kernels_ = kernels<Scalar>();
  Map<Scalar> x_, y_;
  int64_t capacity_, kernel_;
  const Scalar* weight_;
  const Scalar* bias_;
  std::vector<int64_t> taps_;
  Buffer<Scalar> packed_, packed_backward_;
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
