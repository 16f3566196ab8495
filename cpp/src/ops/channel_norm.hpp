#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "ops/batch_norm.hpp"
#include "ops/fused.hpp"
#include "ops/kernels.hpp"

namespace dt4ecg::ops {

// Batch normalisation for the fused operators. Each sample's statistics are summed in double in
// the order of the samples, so the result does not depend on the number of threads.
//   mean, var over (B, T);  out = (y - mean) / sqrt(var + eps) * gain + bias
// The backward pass, with g the cotangent of `out`, N = B T and z = (y - mean) / sqrt(var + eps):
//   dbias = sum g;  dgain = sum g z;  dy = gain / sqrt(var + eps) (g - dbias / N - z dgain / N)
// In evaluation the statistics are constants and the last two terms vanish.
template <class Scalar>
class ChannelNorm {
 public:
  ChannelNorm(int64_t capacity, int64_t rows, int64_t channels, const Scalar* gain,
              const Scalar* bias, Scalar* running_mean, Scalar* running_var)
      : rows_(rows),
        channels_(channels),
        gain_(gain),
        bias_(bias),
        running_mean_(running_mean),
        running_var_(running_var),
        mean_(channels),
        inverse_deviation_(channels),
        scale_(channels),
        shift_(channels),
        parts_(capacity * 2 * channels),
        means_(capacity * channels) {}

  // Collects the statistics of one sample y (rows, channels). Several threads may call this for
  // different samples.
  void collect(int64_t b, const Scalar* y) {
    Scalar* sum = part(parts_, b, 0);
    Scalar* square = part(parts_, b, 1);
    Scalar* mean = means_.data() + b * channels_;
    // The first row is usually close to the mean, so subtracting it avoids cancellation in the
    // squares. Where it is not, a second pass subtracts the mean of the first pass.
    std::copy_n(y, channels_, mean);
    if (collect_around(mean, y, sum, square)) {
      collect_around(mean, y, sum, square);
    }
    std::copy_n(mean, channels_, sum);
  }

  // In training, call this after collect() of all samples; in evaluation, collect() is not needed.
  void finish(int64_t batch, bool training) {
    const double count = static_cast<double>(batch * rows_);
    if (training) {
      require_variance(batch, channels_, rows_);
    }
    for (int64_t c = 0; c < channels_; ++c) {
      double mean = running_mean_[c], var = running_var_[c];
      if (training) {
        mean = 0;
        for (int64_t b = 0; b < batch; ++b) {
          mean += part(parts_, b, 0)[c];
        }
        mean /= static_cast<double>(batch);
        double squares = 0;
        for (int64_t b = 0; b < batch; ++b) {
          const double off = part(parts_, b, 0)[c] - mean;
          squares += part(parts_, b, 1)[c] + static_cast<double>(rows_) * off * off;
        }
        var = squares / count;
        follow(running_mean_[c], mean);
        follow(running_var_[c], squares / (count - 1));
      }
      const double inverse = 1 / std::sqrt(var + kBatchNormEpsilon);
      mean_[c] = static_cast<Scalar>(mean);
      inverse_deviation_[c] = static_cast<Scalar>(inverse);
      scale_[c] = static_cast<Scalar>(gain_[c] * inverse);
      shift_[c] = static_cast<Scalar>(bias_[c] - mean * gain_[c] * inverse);
    }
  }

  const Scalar* scale() const { return scale_.data(); }
  const Scalar* shift() const { return shift_.data(); }

  // The scratch memory of one cotangent: partial sums per sample, then the coefficients of dy.
  int64_t scratch_size(int64_t capacity) const { return (2 * capacity + 3) * channels_; }

  // Masks the cotangent of one sample by the ReLU in place (out is null without a ReLU), and sums.
  void collect_backward(int64_t b, Scalar* dout, const Scalar* out, const Scalar* y,
                        Scalar* scratch) const {
    kernels<Scalar>().mask_and_sum(dout, out, y, rows_, channels_, mean_.data(),
                                   part(scratch, b, 0), part(scratch, b, 1));
  }

  // Adds to dgain and dbias; a null pointer means that the gradient is not needed.
  void finish_backward(int64_t batch, int64_t capacity, bool training, Scalar* dgain, Scalar* dbias,
                       Scalar* scratch) const {
    const double count = static_cast<double>(batch * rows_);
    Scalar* p = scratch + 2 * capacity * channels_;
    for (int64_t c = 0; c < channels_; ++c) {
      double sum = 0, product = 0;
      for (int64_t b = 0; b < batch; ++b) {
        sum += part(scratch, b, 0)[c];
        product += part(scratch, b, 1)[c];
      }
      const double inverse = inverse_deviation_[c];
      if (dgain) {
        dgain[c] += static_cast<Scalar>(product * inverse);
      }
      if (dbias) {
        dbias[c] += static_cast<Scalar>(sum);
      }
      const double factor = gain_[c] * inverse;
      p[c] = static_cast<Scalar>(factor);
      p[channels_ + c] =
          training ? static_cast<Scalar>(-factor * inverse * inverse * product / count) : 0;
      p[2 * channels_ + c] = training ? static_cast<Scalar>(-factor * sum / count) : 0;
    }
  }

  // Computes dy of one sample from its masked cotangent g.
  void backward(const Scalar* g, const Scalar* y, int64_t capacity, const Scalar* scratch,
                bool accumulate, Scalar* dy) const {
    const Scalar* p = scratch + 2 * capacity * channels_;
    kernels<Scalar>().combine(g, y, rows_, channels_, mean_.data(), p, p + channels_,
                              p + 2 * channels_, accumulate, dy);
  }

 private:
  // Moves the sums from a pivot to the mean. Returns whether the squares lost their precision.
  bool collect_around(Scalar* mean, const Scalar* y, Scalar* sum, Scalar* square) const {
    kernels<Scalar>().moments(y, rows_, channels_, mean, sum, square);
    bool cancelled = false;
    for (int64_t c = 0; c < channels_; ++c) {
      const Scalar off = sum[c] / static_cast<Scalar>(rows_), of_mean = sum[c] * off;
      cancelled |= of_mean > Scalar(0.98) *
                                 square[c];  // the pivot is seven standard deviations from the mean
      square[c] = std::max(square[c] - of_mean, Scalar{0});
      mean[c] += off;
    }
    return cancelled;
  }

  // Index: [sample][which sum][channel].
  Scalar* part(std::vector<Scalar>& parts, int64_t b, int64_t which) const {
    return part(parts.data(), b, which);
  }
  Scalar* part(Scalar* parts, int64_t b, int64_t which) const {
    return parts + (2 * b + which) * channels_;
  }
  static void follow(Scalar& running, double value) {
    running = static_cast<Scalar>((1 - kBatchNormMomentum) * running + kBatchNormMomentum * value);
  }

  int64_t rows_, channels_;
  const Scalar* gain_;
  const Scalar* bias_;
  Scalar* running_mean_;
  Scalar* running_var_;
  std::vector<Scalar> mean_, inverse_deviation_, scale_, shift_, parts_;
  std::vector<Scalar> means_;  // per sample
};

}  // namespace dt4ecg::ops
