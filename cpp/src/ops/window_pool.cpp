#include "dt4ecg/ops/window_pool.hpp"

#include <ATen/ops/avg_pool1d.h>
#include <ATen/ops/max_pool1d.h>

#include <algorithm>

#include "loops.hpp"
#include "require.hpp"

namespace dt4ecg::ops {

namespace {

constexpr char kMax[] = "max_pool", kAverage[] = "average_pool";

template <const char* Name>
Signature describe(const Attributes& attributes, std::span<const Shape> inputs) {
  const auto [channels, length] = inputs[0];
  const int64_t size = attributes.at("size");
  require_time(Name, inputs[0]);
  require_between(Name, "size", size, 1, kLongestKernel);
  if (length < size)
    throw std::invalid_argument(std::string(Name) + ": a window of " + std::to_string(size) +
                                " steps does not fit into " + std::to_string(length) +
                                "; take longer segments");
  return {.output = {channels, length / size}, .parameters = {}, .buffers = {}};
}

at::Tensor max(const Attributes& attributes, Tensors inputs, Tensors, Tensors, bool) {
  return at::max_pool1d(inputs[0], attributes.at("size"));
}

at::Tensor average(const Attributes& attributes, Tensors inputs, Tensors, Tensors, bool) {
  return at::avg_pool1d(inputs[0], attributes.at("size"));
}

// y[t] is the window's largest value, whose place is kept, and dx there = dy; or its mean, and
// dx = dy / size in the whole window. Of the steps left over, dx = 0.
template <const char* Name, class Scalar>
class FusedWindowPool : public FusedWithoutParameters<Scalar> {
 public:
  FusedWindowPool(const Attributes& attributes, const Binding<Scalar>& binding)
      : x_(binding.inputs[0]),
        y_(binding.output),
        size_(attributes.at("size")),
        places_(kOfMax ? static_cast<size_t>(binding.capacity * y_.size()) : 0) {}

  void forward(int64_t batch, bool) override {
    for_each_sample(batch, [&](int64_t b) {
      for (int64_t t = 0; t < y_.length; ++t) {
        const Scalar* x = x_.sample(b) + t * size_ * x_.channels;
        Scalar* y = y_.sample(b) + t * y_.channels;
        if constexpr (kOfMax)
          largest(x, y, places(b, t));
        else
          mean(x, y);
      }
    });
  }

  void backward(int64_t batch, bool, std::span<const Cotangents<Scalar>> tasks, Scalar*) override {
    for (const Cotangents<Scalar>& task : tasks) {
      if (!task.inputs[0].data) continue;
      const bool accumulate = task.accumulate[0];
      for_each_sample(batch, [&](int64_t b) {
        Scalar* dx = task.inputs[0].sample(b);
        for (int64_t t = 0; t < y_.length; ++t) {
          const Scalar* dy = task.output.sample(b) + t * y_.channels;
          for (int32_t step = 0; step < size_; ++step, dx += x_.channels)
            for (int64_t c = 0; c < x_.channels; ++c) {
              if constexpr (kOfMax)
                put(places(b, t)[c] == step ? dy[c] : Scalar{0}, accumulate, dx[c]);
              else
                put(dy[c] / static_cast<Scalar>(size_), accumulate, dx[c]);
            }
        }
        const int64_t left_over = x_.length - y_.length * size_;
        if (!accumulate) std::fill_n(dx, left_over * x_.channels, Scalar{0});
      });
    }
  }

 private:
  static constexpr bool kOfMax = Name == kMax;

  void largest(const Scalar* x, Scalar* y, int32_t* place) const {
    std::copy_n(x, x_.channels, y);
    std::fill_n(place, x_.channels, 0);
    for (int32_t step = 1; step < size_; ++step) {
      x += x_.channels;
      for (int64_t c = 0; c < x_.channels; ++c) {
        // A NaN goes on, as in ATen.
        const bool larger = x[c] > y[c] || x[c] != x[c];
        y[c] = larger ? x[c] : y[c];
        place[c] = larger ? step : place[c];
      }
    }
  }

  void mean(const Scalar* x, Scalar* y) const {
    std::fill_n(y, x_.channels, Scalar{0});
    for (int64_t step = 0; step < size_; ++step, x += x_.channels)
      for (int64_t c = 0; c < x_.channels; ++c) y[c] += x[c];
    for (int64_t c = 0; c < x_.channels; ++c) y[c] /= static_cast<Scalar>(size_);
  }

  int32_t* places(int64_t b, int64_t t) {
    return places_.data() + (b * y_.length + t) * y_.channels;
  }

  Map<Scalar> x_, y_;
  int64_t size_;
  std::vector<int32_t> places_;
};

}  // namespace

const Operator max_pool_operator{.name = kMax,
                                 .attributes = {"size"},
                                 .describe = describe<kMax>,
                                 .forward = max,
                                 .fuse = fuse_as<FusedWindowPool<kMax, float>, float>,
                                 .fuse_double = fuse_as<FusedWindowPool<kMax, double>, double>};

const Operator average_pool_operator{
    .name = kAverage,
    .attributes = {"size"},
    .describe = describe<kAverage>,
    .forward = average,
    .fuse = fuse_as<FusedWindowPool<kAverage, float>, float>,
    .fuse_double = fuse_as<FusedWindowPool<kAverage, double>, double>};

}  // namespace dt4ecg::ops
