#pragma once

// Part of kernels.cpp: the loops of sequence channel attention (SCA) over a map (rows, channels).

#include "ops/kernels/vectors.hpp"

namespace dt4ecg::ops {

namespace {

// Sums one row in vectors, followed by the remaining elements.
template <class Scalar, bool Product>
void row_sums_as(const Scalar* __restrict x, const Scalar* __restrict y, int64_t rows,
                 int64_t channels, const Scalar* __restrict v, Scalar factor,
                 Scalar* __restrict sum) {
  using V = Vector<Scalar>;
  constexpr int lanes = kLanes<Scalar>;
  for (int64_t r = 0; r < rows; ++r, x += channels) {
    V many{};
    int64_t c = 0;
    for (; c + lanes <= channels; c += lanes) {
      V value = read<V>(x + c) * read<V>(v + c);
      if constexpr (Product) {
        value *= read<V>(y + c);
      }
      many += value;
    }
    Scalar total = 0;
    for (; c < channels; ++c) {
      if constexpr (Product) {
        total += x[c] * v[c] * y[c];
      } else {
        total += x[c] * v[c];
      }
    }
    for (int i = 0; i < lanes; ++i) {
      total += many[i];
    }
    sum[r] = factor * total;
    if constexpr (Product) {
      y += channels;
    }
  }
}

template <class Scalar>
void row_sums(const Scalar* x, const Scalar* y, int64_t rows, int64_t channels, const Scalar* v,
              Scalar factor, Scalar* sum) {
  (y ? row_sums_as<Scalar, true> : row_sums_as<Scalar, false>)(x, y, rows, channels, v, factor,
                                                               sum);
}

template <class Scalar>
void sca_gate(const Scalar* __restrict x, int64_t rows, int64_t channels,
              const Scalar* __restrict a, const Scalar* __restrict b, Scalar* __restrict out) {
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < channels; ++c) {
      out[r * channels + c] = x[r * channels + c] * (a[c] * b[r]);
    }
  }
}

template <class Scalar>
void sca_gate_backward(Scalar* __restrict g, const Scalar* __restrict x, int64_t rows,
                       int64_t channels, const Scalar* __restrict b, const Scalar* __restrict e,
                       Scalar* __restrict product) {
  for (int64_t c = 0; c < channels; ++c) {
    product[c] = 0;
  }
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < channels; ++c) {
      const int64_t i = r * channels + c;
      g[i] = g[i] * b[r] + e[r];
      product[c] += g[i] * x[i];
    }
  }
}

}  // namespace

}  // namespace dt4ecg::ops
