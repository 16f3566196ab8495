#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>

#include "ops/fused.hpp"
#include "ops/kernels.hpp"
#include "ops/loops.hpp"
#include "ops/parallel.hpp"

namespace dt4ecg::ops {

// The operations on a row of y before it is stored: relu?(y + bias + skip), each if it is given.
template <class Scalar>
struct Finish {
  const Scalar* bias = nullptr;
  Map<Scalar> skip = {};
  bool relu = false;

  Epilogue<Scalar> of(int64_t b) const {
    return {.bias = bias, .skip = skip.data ? skip.sample(b) : nullptr, .relu = relu};
  }
};

// y[t] = sum over taps j of x[t stride - pad + j] W[j] with "same" zero padding, over maps (T, C):
// the products of conv and conv_norm.
template <class Scalar>
class Convolution {
 public:
  virtual ~Convolution() = default;

  // Packs the weight (C', C, kernel) into the layout of the products. column_scale (C',), if given,
  // scales its columns.
  virtual void prepare(bool backward_too, const Scalar* column_scale = nullptr) = 0;

  // The number of samples that one call should process.
  virtual int64_t group_size() const { return 1; }
  virtual void forward(const Group&, const Finish<Scalar>&, const Map<Scalar>& y) = 0;

  // The backward pass follows forward() of the batch. Each cotangent needs `scratch_size` elements.
  virtual int64_t scratch_size() const = 0;
  // The memory for dy of a group, to be filled before backward(); sample(0) is the group's first.
  virtual Map<Scalar> dy(const Group&, Scalar* scratch) const = 0;
  // A dx without data is not computed.
  virtual void backward(const Group&, Scalar* scratch, bool accumulate, const Map<Scalar>& dx) = 0;
  // Call it after backward() of all samples. Adds dW of cotangent i, whose scratch memory begins at
  // i scratch_stride, to dw[i] (kernel, C, C'); null if frozen. One thread computes each sum, so
  // the bits do not depend on the number of threads.
  virtual void weight_gradient(int64_t batch, Scalar* scratch, int64_t scratch_stride,
                               std::span<Scalar* const> dw) = 0;
};

// Rows [begin, end) of the weight gradient of one cotangent, summed over the samples
// [first, first + samples) of the batch.
struct GradientPart {
  int64_t cotangent, half, first, samples, begin, end;
};

// With a single cotangent the batch is summed in two halves, because each of two threads has its
// half of dy in its cache.
constexpr int64_t gradient_halves(int64_t cotangents, int64_t batch) {
  return cotangents == 1 && batch > 1 ? 2 : 1;
}

// Distributes the weight gradients, of `rows` rows each, over the threads.
template <class Function>
void for_each_gradient_part(int64_t cotangents, int64_t batch, int64_t rows,
                            const Function& function) {
  constexpr int64_t kGrain = 12;  // two tiles of the product
  const int64_t halves = gradient_halves(cotangents, batch);
  parallel_for(cotangents * halves * rows, kGrain, [&](int64_t begin, int64_t end) {
    while (begin < end) {
      const int64_t which = begin / rows, row = begin % rows;
      const int64_t upto = std::min(rows, row + end - begin);
      const int64_t half = which % halves, first = half * (batch / 2);
      const int64_t samples = half + 1 == halves ? batch - first : batch / 2;
      function(GradientPart{which / halves, half, first, samples, row, upto});
      begin += upto - row;
    }
  });
}

// Copies a weight from the layout (kernel, C, C') to (C', C, kernel).
template <class Scalar>
void unpack_weight(const Scalar* from, int64_t kernel, int64_t in_channels, int64_t channels,
                   Scalar* to) {
  for (int64_t tap = 0; tap < kernel; ++tap) {
    for (int64_t c = 0; c < in_channels; ++c) {
      for (int64_t n = 0; n < channels; ++n) {
        to[(n * in_channels + c) * kernel + tap] = *from++;
      }
    }
  }
}

// Chooses the faster engine. The weight is read at each prepare(), so it must stay in place. x has
// a halo of at least kernel / 2 rows; y gives the length and channels of the result.
template <class Scalar>
std::unique_ptr<Convolution<Scalar>> make_convolution(int64_t kernel, int64_t stride,
                                                      const Map<Scalar>& x, const Map<Scalar>& y,
                                                      const Scalar* weight,
                                                      const Binding<Scalar>& binding);

}  // namespace dt4ecg::ops
