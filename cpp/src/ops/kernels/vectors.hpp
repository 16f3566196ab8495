#pragma once

// Part of kernels.cpp: vector types of the instruction set that it is compiled for.

#include <cstdint>

namespace dt4ecg::ops {

namespace {

template <class Scalar>
constexpr int kLanes = DT4ECG_VECTOR / sizeof(Scalar);

template <class Scalar>
struct VectorOf {
  typedef Scalar type __attribute__((vector_size(DT4ECG_VECTOR)));
};
template <class Scalar>
using Vector = typename VectorOf<Scalar>::type;

int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

// Calls body(c, V()) for all channels; V is a vector, and for the remaining channels a scalar.
template <class Scalar, class Body>
[[gnu::always_inline]] inline void along_channels(int64_t channels, const Body& body) {
  constexpr int lanes = kLanes<Scalar>;
  int64_t c = 0;
  for (; c + lanes <= channels; c += lanes) {
    body(c, Vector<Scalar>{});
  }
  for (; c < channels; ++c) {
    body(c, Scalar{});
  }
}

// Iterates over a map (rows, channels) in blocks of R = 4 rows, and single rows at the end:
// body<R>(i, c, V()) processes the elements i, i + channels, ... for the channels from c on. Values
// per channel are loaded and stored once for all R rows.
template <class Scalar, class Body>
[[gnu::always_inline]] inline void by_four_rows(int64_t rows, int64_t channels, const Body& body) {
  int64_t r = 0;
  for (; r + 4 <= rows; r += 4) {
    along_channels<Scalar>(channels, [&]<class V>(int64_t c, V v) {
      body.template operator()<4>(r * channels + c, c, v);
    });
  }
  for (; r < rows; ++r) {
    along_channels<Scalar>(channels, [&]<class V>(int64_t c, V v) {
      body.template operator()<1>(r * channels + c, c, v);
    });
  }
}

template <class V, class Scalar>
[[gnu::always_inline]] inline V read(const Scalar* p) {
  V v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}

template <class Scalar, class V>
[[gnu::always_inline]] inline void write(Scalar* p, V v) {
  __builtin_memcpy(p, &v, sizeof v);
}

// A ReLU that keeps NaN.
template <class V>
[[gnu::always_inline]] inline V rectified(V v) {
  return v < 0 ? V{} : v;
}

}  // namespace

}  // namespace dt4ecg::ops
