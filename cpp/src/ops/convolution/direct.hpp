#pragma once

#include <algorithm>
#include <numeric>
#include <vector>

#include "ops/convolution/engine.hpp"

namespace dt4ecg::ops {

// A convolution of any kernel and stride. A row of y is the product of `kernel` contiguous rows of
// x with the weight as a matrix (kernel C, C'):
//   y[t] = x[t stride - pad ... + kernel] W
// The backward pass: dW = sum_t x[t stride - pad ...]^T dy[t]. dx is computed by phases of the
// stride: each phase is a product of contiguous rows of dy with the taps of W that reach it.
template <class Scalar>
class DirectConvolution : public Convolution<Scalar> {
 public:
  DirectConvolution(int64_t kernel, int64_t stride, const Map<Scalar>& x, const Map<Scalar>& y,
                    const Scalar* weight, const Binding<Scalar>& binding)
      : x_(x),
        y_(y),
        capacity_(binding.capacity),
        kernel_(kernel),
        stride_(stride),
        weight_(weight),
        taps_(static_cast<std::size_t>(kernel)),
        packed_(static_cast<std::size_t>(kernels_.packed_size(depth(), y.channels))) {
    std::iota(taps_.begin(), taps_.end(), int64_t{0});
    if (!binding.inference) {
      plan_phases();
    }
  }

  void prepare(bool backward_too, const Scalar* column_scale) override {
    kernels_.pack(
        {weight_, taps_.data(), kernel_, x_.channels, kernel_, y_.channels, depth(), column_scale},
        packed_.data());
    if (!backward_too) {
      return;
    }
    for (Phase& phase : phases_) {
      kernels_.pack({weight_, phase.taps.data(), std::ssize(phase.taps), y_.channels, depth(),
                     x_.channels, kernel_},
                    phase.packed.data());
    }
  }

  void forward(const Group& group, const Finish<Scalar>& finish, const Map<Scalar>& y) override {
    for (int64_t b = group.begin; b < group.end; ++b) {
      kernels_.matmul(first_tap(b), stride_ * x_.channels, y_.length, packed_.data(), depth(),
                      y_.channels, y.sample(b), y_.channels, finish.of(b));
    }
  }

  int64_t scratch_size() const override {
    return capacity_ * dy_map(nullptr).sample_stride() + depth() * y_.channels;
  }

  Map<Scalar> dy(const Group& group, Scalar* scratch) const override {
    return dy_map(scratch + group.begin * dy_map(nullptr).sample_stride());
  }

  void backward(const Group& group, Scalar* scratch, bool accumulate,
                const Map<Scalar>& dx) override {
    const Map<Scalar> map = dy_map(scratch);
    for (int64_t b = group.begin; b < group.end; ++b) {
      Scalar* dy = map.sample(b);
      std::fill_n(dy - map.halo * map.channels, map.halo * map.channels, Scalar{0});
      std::fill_n(dy + map.size(), map.halo * map.channels, Scalar{0});
      if (!dx.data) {
        continue;
      }
      for (const Phase& phase : phases_) {
        kernels_.matmul(dy + phase.first * y_.channels, y_.channels, phase.rows,
                        phase.packed.data(), std::ssize(phase.taps) * y_.channels, x_.channels,
                        dx.sample(b) + phase.offset * x_.channels, stride_ * x_.channels,
                        {.accumulate = accumulate});
      }
    }
  }

  void weight_gradient(int64_t batch, Scalar* scratch, int64_t scratch_stride,
                       std::span<Scalar* const> dw) override {
    const int64_t count = std::ssize(dw), halves = gradient_halves(count, batch);
    Scalar* second = scratch + capacity_ * dy_map(nullptr).sample_stride();
    if (halves == 2) {
      std::fill_n(second, depth() * y_.channels, Scalar{0});
    }
    for_each_gradient_part(count, batch, depth(), [&](const GradientPart& part) {
      const Map<Scalar> dy = dy_map(scratch + part.cotangent * scratch_stride);
      if (Scalar* to = dw[static_cast<std::size_t>(part.cotangent)]) {
        kernels_.outer(
            {first_tap(part.first), part.samples, y_.length, stride_ * x_.channels,
             x_.sample_stride()},
            part.begin, part.end,
            {dy.sample(part.first), part.samples, dy.length, dy.channels, dy.sample_stride()},
            y_.channels, part.half == 0 ? to : second);
      }
    });
    if (dw.front() && halves == 2) {
      kernels_.move(second, depth() * y_.channels, /*accumulate=*/true, dw.front());
    }
  }

 private:
  // The rows u = stride q + offset of dx, and the taps that reach them. dx[u] is the product of
  // the rows of dy from q + first on with those taps.
  struct Phase {
    int64_t offset, first, rows;
    std::vector<int64_t> taps;
    Buffer<Scalar> packed;
  };

  void plan_phases() {
    const int64_t pad = kernel_ / 2;
    for (int64_t offset = 0; offset < std::min(stride_, x_.length); ++offset) {
      Phase phase{offset, 0, (x_.length - offset - 1) / stride_ + 1, {}, {}};
      // Tap j reads row u = stride t + j - pad, so t = q + (offset + pad - j) / stride.
      const int64_t least = (offset + pad) % stride_;
      for (int64_t tap = least; tap < kernel_; tap += stride_) {
        phase.taps.insert(phase.taps.begin(), tap);
      }
      if (!phase.taps.empty()) {
        phase.first = (offset + pad - phase.taps.front()) / stride_;
        const int64_t last = phase.first + std::ssize(phase.taps) - 1 + phase.rows - 1;
        dy_halo_ = std::max({dy_halo_, -phase.first, last - (y_.length - 1)});
      }
      phase.packed.resize(static_cast<std::size_t>(
          kernels_.packed_size(std::ssize(phase.taps) * y_.channels, x_.channels)));
      phases_.push_back(std::move(phase));
    }
  }

  int64_t depth() const { return kernel_ * x_.channels; }
  const Scalar* first_tap(int64_t b) const { return x_.sample(b) - kernel_ / 2 * x_.channels; }
  Map<Scalar> dy_map(Scalar* data) const { return {data, y_.length, y_.channels, dy_halo_}; }

  const Kernels<Scalar>& kernels_ = kernels<Scalar>();
  Map<Scalar> x_, y_;
  int64_t capacity_, kernel_, stride_;
  const Scalar* weight_;
  std::vector<int64_t> taps_;
  Buffer<Scalar> packed_;
  std::vector<Phase> phases_;
  int64_t dy_halo_ = 0;
};

}  // namespace dt4ecg::ops
