#pragma once

#include <algorithm>

#include "ops/convolution/engine.hpp"

namespace dt4ecg::ops {

// A convolution of three taps and stride 1 by Winograd's F(4, 3) (Lavin and Gray 2016): a tile of
// four rows of y costs six matrix products instead of twelve. With x the six rows that a tile reads
// and g the taps,
//   y = A^T m,   m_k = t_k u_k,   t = B^T x,   u = G g
//         4  0 -5  0  1  0            1/4    0    0           1  0  0  0
//         0 -4 -4  1  1  0           -1/6 -1/6 -1/6           1  1  1  1
//   B^T = 0  4 -4 -1  1  0      G =  -1/6  1/6 -1/6      A =  1 -1  1 -1
//         0 -2 -1  2  1  0           1/24 1/12  1/6           1  2  4  8
//         0  2 -1 -2  1  0           1/24 -1/12 1/6           1 -2  4 -8
//         0  4  0 -5  0  1              0    0    1           0  0  0  1
// The backward pass is the transpose; dW and dx share dm:
//   dm = A dy,   du_k = sum over tiles of t_k^T dm_k,   dg = G^T du,   dt_k = dm_k u_k^T,
//   dx = B dt, where the last two rows of a tile overlap the first two of the next tile
// The six parts of all tiles form six matrices (tiles of the batch, channels).
template <class Scalar>
class WinogradConvolution : public Convolution<Scalar> {
 public:
  WinogradConvolution(const Map<Scalar>& x, const Map<Scalar>& y, const Scalar* weight,
                      const Binding<Scalar>& binding)
      : x_(x),
        y_(y),
        capacity_(binding.capacity),
        weight_(weight),
        taps_(buffer(kTaps * std::max(packed_part(), packed_part_backward()))),
        packed_(buffer(kParts * packed_part())),
        packed_backward_(buffer(binding.inference ? 0 : kParts * packed_part_backward())),
        inputs_(buffer(kParts * inputs_part())),
        products_(buffer(kParts * cotangents_part())) {}

  void prepare(bool backward_too, const Scalar* column_scale) override {
    const int64_t in = x_.channels, out = y_.channels;
    pack({weight_, nullptr, 1, in, kTaps, out, kTaps * in, column_scale}, packed_part(), packed_);
    if (backward_too) {
      pack({weight_, nullptr, 1, out, kTaps * in, in, kTaps}, packed_part_backward(),
           packed_backward_);
    }
  }

  int64_t group_size() const override { return std::max<int64_t>(1, kTilesAtOnce / tiles()); }

  void forward(const Group& group, const Finish<Scalar>& finish, const Map<Scalar>& y) override {
    for (int64_t b = group.begin; b < group.end; ++b) {
      kernels_.winograd_inputs(x_.sample(b) - x_.channels, x_.length + 2, tiles(), x_.channels,
                               inputs_part(), inputs_.data() + b * tiles() * x_.channels);
    }
    const int64_t count = group.size() * tiles(), part = count * y_.channels;
    Scalar* m = products_.data() + group.slot * kParts * tiles() * y_.channels;
    multiply(inputs_.data() + group.begin * tiles() * x_.channels, inputs_part(), count,
             x_.channels, packed_, packed_part(), y_.channels, m);
    for (int64_t b = group.begin; b < group.end; ++b, m += tiles() * y_.channels) {
      kernels_.winograd_outputs(m, part, y_.length, y_.channels, y.sample(b), finish.of(b));
    }
  }

  // dm of the batch, one slot per sample for dy and dt of a group, and du twice.
  int64_t scratch_size() const override {
    return kParts * cotangents_part() + capacity_ * slot_size() + 2 * kParts * gradient_part();
  }

  Map<Scalar> dy(const Group& group, Scalar* scratch) const override {
    return {slot(group, scratch), y_.length, y_.channels};
  }

  void backward(const Group& group, Scalar* scratch, bool accumulate,
                const Map<Scalar>& dx) override {
    const Map<Scalar> dy = this->dy(group, scratch);
    Scalar* dm = scratch + group.begin * tiles() * y_.channels;
    for (int64_t i = 0; i < group.size(); ++i) {
      kernels_.winograd_cotangents(dy.sample(i), y_.length, y_.channels, cotangents_part(),
                                   dm + i * tiles() * y_.channels);
    }
    if (!dx.data) {
      return;
    }
    const int64_t count = group.size() * tiles(), part = count * x_.channels;
    Scalar* dt = slot(group, scratch);
    multiply(dm, cotangents_part(), count, y_.channels, packed_backward_, packed_part_backward(),
             x_.channels, dt);
    for (int64_t b = group.begin; b < group.end; ++b, dt += tiles() * x_.channels) {
      kernels_.winograd_input_cotangents(dt, part, x_.length, x_.channels, accumulate,
                                         dx.sample(b));
    }
  }

  void weight_gradient(int64_t batch, Scalar* scratch, int64_t scratch_stride,
                       std::span<Scalar* const> dw) override {
    const int64_t in = x_.channels, out = y_.channels, count = std::ssize(dw);
    const auto sums = [&](int64_t cotangent, int64_t half) {
      return scratch + cotangent * scratch_stride + kParts * cotangents_part() +
             capacity_ * slot_size() + half * kParts * gradient_part();
    };
    for_each_gradient_part(count, batch, kParts * in, [&](const GradientPart& part) {
      if (!dw[static_cast<std::size_t>(part.cotangent)]) {
        return;
      }
      const int64_t first = part.first * tiles(), rows = part.samples * tiles();
      const Scalar* dm = scratch + part.cotangent * scratch_stride + first * out;
      for (int64_t row = part.begin; row < part.end;) {
        const int64_t k = row / in, c = row % in, upto = std::min(in, c + part.end - row);
        Scalar* to = sums(part.cotangent, part.half) + k * gradient_part();
        std::fill(to + c * out, to + upto * out, Scalar{0});
        kernels_.outer({inputs_.data() + k * inputs_part() + first * in, 1, rows, in, 0}, c, upto,
                       {dm + k * cotangents_part(), 1, rows, out, 0}, out, to);
        row += upto - c;
      }
    });
    for (int64_t i = 0; i < count; ++i) {
      for (int64_t half = 0; half < gradient_halves(count, batch); ++half) {
        if (Scalar* to = dw[static_cast<std::size_t>(i)]) {
          kernels_.winograd_tap_cotangents(sums(i, half), gradient_part(), in * out, to);
        }
      }
    }
  }

 private:
  static constexpr int64_t kTaps = 3;
  static constexpr int64_t kRows = 4;  // rows of a tile
  static constexpr int64_t kParts = 6;
  static constexpr int64_t kTilesAtOnce = 60;  // enough to reuse the packed weights often

  // Padding between the parts. Without it their distance would be a multiple of a page, and they
  // would compete for the same cache sets.
  static constexpr int64_t kApart = 16;

  static Buffer<Scalar> buffer(int64_t size) {
    return Buffer<Scalar>(static_cast<std::size_t>(size));
  }

  int64_t tiles() const { return (y_.length + kRows - 1) / kRows; }
  int64_t inputs_part() const { return capacity_ * tiles() * x_.channels + kApart; }
  int64_t cotangents_part() const { return capacity_ * tiles() * y_.channels + kApart; }
  int64_t gradient_part() const { return x_.channels * y_.channels + kApart; }
  int64_t packed_part() const { return kernels_.packed_size(x_.channels, y_.channels) + kApart; }
  int64_t packed_part_backward() const {
    return kernels_.packed_size(y_.channels, x_.channels) + kApart;
  }
  int64_t slot_size() const { return kParts * tiles() * std::max(x_.channels, y_.channels); }
  Scalar* slot(const Group& group, Scalar* scratch) const {
    return scratch + kParts * cotangents_part() + group.slot * slot_size();
  }

  // Packs the three taps; the six parts are sums of them.
  void pack(PackSource<Scalar> from, int64_t part, Buffer<Scalar>& packed) {
    for (int64_t tap = 0; tap < kTaps; ++tap) {
      from.taps = &tap;
      kernels_.pack(from, taps_.data() + tap * part);
    }
    kernels_.winograd_taps(taps_.data(), part, packed.data());
  }

  // Computes the six products of `count` tiles; their results follow each other in c.
  void multiply(const Scalar* a, int64_t part, int64_t count, int64_t depth,
                const Buffer<Scalar>& packed, int64_t size, int64_t columns, Scalar* c) const {
    for (int64_t k = 0; k < kParts; ++k) {
      kernels_.matmul(a + k * part, depth, count, packed.data() + k * size, depth, columns,
                      c + k * count * columns, columns, {});
    }
  }

  const Kernels<Scalar>& kernels_ = kernels<Scalar>();
  Map<Scalar> x_, y_;
  int64_t capacity_;
  const Scalar* weight_;
  Buffer<Scalar> taps_;                      // g, packed
  Buffer<Scalar> packed_, packed_backward_;  // u and its transpose
  Buffer<Scalar> inputs_;                    // t of the batch
  Buffer<Scalar> products_;                  // m of a group, in each thread's slots
};

}  // namespace dt4ecg::ops
