#include "ops/standardize.hpp"

#include <ATen/TensorOperators.h>

#include <algorithm>
#include <cmath>

#include "ops/loops.hpp"
#include "ops/require.hpp"

namespace dt4ecg::ops {

namespace {

// A lower bound of the variance that avoids 0 / 0 for a flat lead. It is far below the variance of
// an ECG in volts (1e-8). It is not added, because exporters round so small a number to 0.
constexpr double kLeastVariance = 1e-16;

const double kLargestRate = 1 / std::sqrt(kLeastVariance);

Signature describe(const Attributes&, std::span<const Shape> inputs) {
  require_time("standardize", inputs[0]);
  return {.output = inputs[0], .parameters = {}, .buffers = {}};
}

at::Tensor forward(const Attributes&, Tensors inputs, Tensors, Tensors, bool) {
  const at::Tensor near = inputs[0] - inputs[0].mean(2, /*keepdim=*/true);
  // A second pass, because rounding makes the first mean inexact when the offset is large.
  const at::Tensor centred = near - near.mean(2, /*keepdim=*/true);
  return centred * centred.square().mean(2, /*keepdim=*/true).clamp_min(kLeastVariance).rsqrt();
}

// y = (x - mean) r,  r = 1 / sqrt(variance);  dx = r (dy - mean(dy) - y mean(dy y)), without the
// last term where the lower bound applies.
template <class Scalar>
class FusedStandardize : public FusedWithoutParameters<Scalar> {
 public:
  FusedStandardize(const Attributes&, const Binding<Scalar>& binding)
      : x_(binding.inputs[0]),
        y_(binding.output),
        rate_(static_cast<std::size_t>(binding.capacity * x_.channels)) {}

  void forward(int64_t batch, bool) override {
    for_each_sample(batch, [&](int64_t b) {
      for (int64_t c = 0; c < x_.channels; ++c) {
        const Scalar* x = x_.sample(b) + c;
        Scalar* y = y_.sample(b) + c;
        double mean = 0, variance = 0;
        each_step([&](int64_t i) { mean += static_cast<double>(x[i]); });
        mean /= length();
        each_step([&](int64_t i) {
          const double centred = static_cast<double>(x[i]) - mean;
          variance += centred * centred;
        });
        const double rate = 1 / std::sqrt(std::max(variance / length(), kLeastVariance));
        each_step([&](int64_t i) {
          y[i] = static_cast<Scalar>((static_cast<double>(x[i]) - mean) * rate);
        });
        rate_of(b, c) = rate;
      }
    });
  }

  void backward(int64_t batch, bool, std::span<const Cotangents<Scalar>> tasks, Scalar*) override {
    for (const Cotangents<Scalar>& task : tasks) {
      if (!task.inputs[0].data) {
        continue;
      }
      for_each_sample(batch, [&](int64_t b) {
        for (int64_t c = 0; c < x_.channels; ++c) {
          const Scalar* y = y_.sample(b) + c;
          const Scalar* dy = task.output.sample(b) + c;
          Scalar* dx = task.inputs[0].sample(b) + c;
          double mean = 0, along = 0;
          each_step([&](int64_t i) {
            mean += static_cast<double>(dy[i]);
            along += static_cast<double>(dy[i]) * static_cast<double>(y[i]);
          });
          mean /= length();
          const double rate = rate_of(b, c);
          along = rate < kLargestRate ? along / length() : 0;
          each_step([&](int64_t i) {
            const double found =
                rate * (static_cast<double>(dy[i]) - mean - static_cast<double>(y[i]) * along);
            put(static_cast<Scalar>(found), task.accumulate[0], dx[i]);
          });
        }
      });
    }
  }

 private:
  double length() const { return static_cast<double>(x_.length); }
  double& rate_of(int64_t b, int64_t c) {
    return rate_[static_cast<std::size_t>(b * x_.channels + c)];
  }

  // The offsets of one channel's values.
  template <class Function>
  void each_step(const Function& function) const {
    for (int64_t i = 0; i < x_.size(); i += x_.channels) {
      function(i);
    }
  }

  Map<Scalar> x_, y_;
  std::vector<double> rate_;
};

}  // namespace

const Operator standardize_operator{.name = "standardize",
                                    .attributes = {},
                                    .describe = describe,
                                    .forward = forward,
                                    .fuse = fuse_as<FusedStandardize<float>, float>,
                                    .fuse_double = fuse_as<FusedStandardize<double>, double>};

}  // namespace dt4ecg::ops
