#include "ops/window_pool.hpp"

#include <ATen/ops/avg_pool1d.h>
#include <ATen/ops/max_pool1d.h>

#include <algorithm>

#include "base/error.hpp"
#include "ops/kernels.hpp"
#include "ops/loops.hpp"
#include "ops/require.hpp"

namespace dt4ecg::ops {

namespace {

constexpr char kMax[] = "max_pool", kAverage[] = "average_pool";

template <const char* Name>
Signature describe(const Attributes& attributes, std::span<const Shape> inputs) {
  const auto [channels, length] = inputs[0];
  const int64_t size = attributes.at("size");
  require_time(Name, inputs[0]);
  require_between(Name, "size", size, 1, kLongestKernel);
  if (length < size) {
    throw_invalid(Name, "size", "a window of ", size, " steps does not fit into ", length,
                  "; take longer segments");
  }
  return {.output = {channels, length / size}, .parameters = {}, .buffers = {}};
}

at::Tensor max(const Attributes& attributes, Tensors inputs, Tensors, Tensors, bool) {
  return at::max_pool1d(inputs[0], attributes.at("size"));
}

at::Tensor average(const Attributes& attributes, Tensors inputs, Tensors, Tensors, bool) {
  return at::avg_pool1d(inputs[0], attributes.at("size"));
}

template <class Scalar>
void clear_left_over(const Map<Scalar>& x, const Map<Scalar>& y, int64_t size, Scalar* dx) {
  const int64_t in_windows = y.size() * size;
  std::fill_n(dx + in_windows, x.size() - in_windows, Scalar{0});
}

// y[t] is the largest value of a window. Its position is kept; dx equals dy there and 0 elsewhere,
// also in the remaining steps at the end.
template <class Scalar>
class FusedMaxPool : public FusedWithoutParameters<Scalar> {
 public:
  FusedMaxPool(const Attributes& attributes, const Binding<Scalar>& binding)
      : x_(binding.inputs[0]),
        y_(binding.output),
        size_(attributes.at("size")),
        places_(static_cast<std::size_t>(binding.capacity * y_.size())) {}

  void forward(int64_t batch, bool) override {
    for_each_sample(batch, [&](int64_t b) {
      kernels_.max_pool(x_.sample(b), y_.length, size_, y_.channels, y_.sample(b), places(b));
    });
  }

  void backward(int64_t batch, bool, std::span<const Cotangents<Scalar>> tasks, Scalar*) override {
    for (const Cotangents<Scalar>& task : tasks) {
      if (!task.inputs[0].data) {
        continue;
      }
      for_each_sample(batch, [&](int64_t b) {
        Scalar* dx = task.inputs[0].sample(b);
        kernels_.max_pool_back(task.output.sample(b), places(b), y_.length, size_, y_.channels,
                               task.accumulate[0], dx);
        if (!task.accumulate[0]) {
          clear_left_over(x_, y_, size_, dx);
        }
      });
    }
  }

 private:
  int32_t* places(int64_t b) { return places_.data() + b * y_.size(); }

  const Kernels<Scalar>& kernels_ = kernels<Scalar>();
  Map<Scalar> x_, y_;
  int64_t size_;
  std::vector<int32_t> places_;
};

// y[t] is the mean of a window; dx = dy / size in the whole window.
template <class Scalar>
class FusedAveragePool : public FusedWithoutParameters<Scalar> {
 public:
  FusedAveragePool(const Attributes& attributes, const Binding<Scalar>& binding)
      : x_(binding.inputs[0]), y_(binding.output), size_(attributes.at("size")) {}

  void forward(int64_t batch, bool) override {
    for_each_sample(batch, [&](int64_t b) {
      for (int64_t t = 0; t < y_.length; ++t) {
        kernels_.column_sums(window(x_, b, t), size_, y_.channels, y_.sample(b) + t * y_.channels);
      }
      divide(y_.sample(b));
    });
  }

  void backward(int64_t batch, bool, std::span<const Cotangents<Scalar>> tasks, Scalar*) override {
    for (const Cotangents<Scalar>& task : tasks) {
      if (!task.inputs[0].data) {
        continue;
      }
      for_each_sample(batch, [&](int64_t b) {
        Scalar* dy = task.output.sample(b);
        divide(dy);
        for (int64_t t = 0; t < y_.length; ++t) {
          kernels_.spread(nullptr, size_, y_.channels, nullptr, dy + t * y_.channels,
                          task.accumulate[0], window(task.inputs[0], b, t));
        }
        if (!task.accumulate[0]) {
          clear_left_over(x_, y_, size_, task.inputs[0].sample(b));
        }
      });
    }
  }

 private:
  Scalar* window(const Map<Scalar>& map, int64_t b, int64_t t) const {
    return map.sample(b) + t * size_ * map.channels;
  }
  void divide(Scalar* y) const {
    for (int64_t i = 0; i < y_.size(); ++i) {
      y[i] /= static_cast<Scalar>(size_);
    }
  }

  const Kernels<Scalar>& kernels_ = kernels<Scalar>();
  Map<Scalar> x_, y_;
  int64_t size_;
};

}  // namespace

const Operator max_pool_operator{.name = kMax,
                                 .attributes = {"size"},
                                 .describe = describe<kMax>,
                                 .forward = max,
                                 .fuse = fuse_as<FusedMaxPool<float>, float>,
                                 .fuse_double = fuse_as<FusedMaxPool<double>, double>};

const Operator average_pool_operator{.name = kAverage,
                                     .attributes = {"size"},
                                     .describe = describe<kAverage>,
                                     .forward = average,
                                     .fuse = fuse_as<FusedAveragePool<float>, float>,
                                     .fuse_double = fuse_as<FusedAveragePool<double>, double>};

}  // namespace dt4ecg::ops
