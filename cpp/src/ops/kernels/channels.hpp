#pragma once

// Part of kernels.cpp: operations on each channel of a map (rows, channels), and sums over rows.

#include "ops/kernels/vectors.hpp"

namespace dt4ecg::ops {

namespace {

template <class Scalar>
void moments(const Scalar* y, int64_t rows, int64_t channels, const Scalar* pivot, Scalar* sum,
             Scalar* square) {
  for (int64_t c = 0; c < channels; ++c) {
    sum[c] = square[c] = 0;
  }
  by_four_rows<Scalar>(rows, channels, [&]<int R, class V>(int64_t i, int64_t c, V) {
    const V around = read<V>(pivot + c);
    V sums = read<V>(sum + c), squares = read<V>(square + c);
    for (int r = 0; r < R; ++r, i += channels) {
      const V value = read<V>(y + i) - around;
      sums += value;
      squares += value * value;
    }
    write(sum + c, sums);
    write(square + c, squares);
  });
}

template <class Scalar, bool Skip, bool Relu>
void normalize_as(const Scalar* y, int64_t rows, int64_t channels, const Scalar* scale,
                  const Scalar* shift, const Scalar* skip, Scalar* out) {
  by_four_rows<Scalar>(rows, channels, [&]<int R, class V>(int64_t i, int64_t c, V) {
    const V factor = read<V>(scale + c), summand = read<V>(shift + c);
    for (int r = 0; r < R; ++r, i += channels) {
      V value = read<V>(y + i) * factor + summand;
      if constexpr (Skip) {
        value += read<V>(skip + i);
      }
      if constexpr (Relu) {
        value = rectified(value);
      }
      write(out + i, value);
    }
  });
}

template <class Scalar>
void normalize(const Scalar* y, int64_t rows, int64_t channels, const Scalar* scale,
               const Scalar* shift, const Scalar* skip, bool relu, Scalar* out) {
  const auto run =
      skip ? (relu ? normalize_as<Scalar, true, true> : normalize_as<Scalar, true, false>)
           : (relu ? normalize_as<Scalar, false, true> : normalize_as<Scalar, false, false>);
  run(y, rows, channels, scale, shift, skip, out);
}

template <class Scalar, bool Masked>
void mask_and_sum_as(Scalar* dout, const Scalar* out, const Scalar* y, int64_t rows,
                     int64_t channels, const Scalar* mean, Scalar* sum, Scalar* product) {
  for (int64_t c = 0; c < channels; ++c) {
    sum[c] = product[c] = 0;
  }
  by_four_rows<Scalar>(rows, channels, [&]<int R, class V>(int64_t i, int64_t c, V) {
    const V around = read<V>(mean + c);
    V sums = read<V>(sum + c), products = read<V>(product + c);
    for (int r = 0; r < R; ++r, i += channels) {
      V g = read<V>(dout + i);
      if constexpr (Masked) {
        g = read<V>(out + i) <= 0 ? V{} : g;
        write(dout + i, g);
      }
      sums += g;
      products += g * (read<V>(y + i) - around);
    }
    write(sum + c, sums);
    write(product + c, products);
  });
}

template <class Scalar>
void mask_and_sum(Scalar* dout, const Scalar* out, const Scalar* y, int64_t rows, int64_t channels,
                  const Scalar* mean, Scalar* sum, Scalar* product) {
  (out ? mask_and_sum_as<Scalar, true>
       : mask_and_sum_as<Scalar, false>)(dout, out, y, rows, channels, mean, sum, product);
}

template <class Scalar, bool Accumulate>
void combine_as(const Scalar* g, const Scalar* y, int64_t rows, int64_t channels,
                const Scalar* mean, const Scalar* p, const Scalar* q, const Scalar* r, Scalar* dy) {
  by_four_rows<Scalar>(rows, channels, [&]<int R, class V>(int64_t i, int64_t c, V) {
    const V around = read<V>(mean + c), of_g = read<V>(p + c), of_y = read<V>(q + c),
            summand = read<V>(r + c);
    for (int row = 0; row < R; ++row, i += channels) {
      const V value = read<V>(g + i) * of_g + ((read<V>(y + i) - around) * of_y + summand);
      write(dy + i, Accumulate ? read<V>(dy + i) + value : value);
    }
  });
}

template <class Scalar>
void combine(const Scalar* g, const Scalar* y, int64_t rows, int64_t channels, const Scalar* mean,
             const Scalar* p, const Scalar* q, const Scalar* r, bool accumulate, Scalar* dy) {
  (accumulate ? combine_as<Scalar, true> : combine_as<Scalar, false>)(g, y, rows, channels, mean, p,
                                                                      q, r, dy);
}

template <class Scalar>
void column_sums(const Scalar* x, int64_t rows, int64_t channels, Scalar* sum) {
  for (int64_t c = 0; c < channels; ++c) {
    sum[c] = 0;
  }
  by_four_rows<Scalar>(rows, channels, [&]<int R, class V>(int64_t i, int64_t c, V) {
    V sums = read<V>(sum + c);
    for (int r = 0; r < R; ++r, i += channels) {
      sums += read<V>(x + i);
    }
    write(sum + c, sums);
  });
}

template <class Scalar, bool Accumulate, bool Scaled>
void spread_as(const Scalar* __restrict g, int64_t rows, int64_t channels,
               const Scalar* __restrict a, const Scalar* __restrict f, Scalar* __restrict to) {
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t c = 0; c < channels; ++c) {
      const int64_t i = r * channels + c;
      Scalar value = f[c];
      if constexpr (Scaled) {
        value += g[i] * a[c];
      }
      if constexpr (Accumulate) {
        value += to[i];
      }
      to[i] = value;
    }
  }
}

template <class Scalar>
void spread(const Scalar* g, int64_t rows, int64_t channels, const Scalar* a, const Scalar* f,
            bool accumulate, Scalar* to) {
  const auto run =
      g ? (accumulate ? spread_as<Scalar, true, true> : spread_as<Scalar, false, true>)
        : (accumulate ? spread_as<Scalar, true, false> : spread_as<Scalar, false, false>);
  run(g, rows, channels, a, f, to);
}

}  // namespace

}  // namespace dt4ecg::ops
