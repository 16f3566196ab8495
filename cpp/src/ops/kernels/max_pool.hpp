#pragma once

// Part of kernels.cpp: the largest value of each window and its position.

#include <cstdint>

namespace dt4ecg::ops {

namespace {

template <class Scalar>
void max_pool(const Scalar* __restrict x, int64_t windows, int64_t size, int64_t channels,
              Scalar* __restrict y, int32_t* __restrict place) {
  for (int64_t t = 0; t < windows; ++t, x += channels, y += channels, place += channels) {
    for (int64_t c = 0; c < channels; ++c) {
      y[c] = x[c];
      place[c] = 0;
    }
    for (int32_t step = 1; step < size; ++step) {
      x += channels;
      for (int64_t c = 0; c < channels; ++c) {
        // NaN is propagated, as in ATen.
        const bool larger = x[c] > y[c] || x[c] != x[c];
        y[c] = larger ? x[c] : y[c];
        place[c] = larger ? step : place[c];
      }
    }
  }
}

template <class Scalar, bool Accumulate>
void max_pool_back_as(const Scalar* __restrict dy, const int32_t* __restrict place, int64_t windows,
                      int64_t size, int64_t channels, Scalar* __restrict dx) {
  for (int64_t t = 0; t < windows; ++t, dy += channels, place += channels) {
    for (int32_t step = 0; step < size; ++step, dx += channels) {
      for (int64_t c = 0; c < channels; ++c) {
        const Scalar g = place[c] == step ? dy[c] : 0;
        dx[c] = Accumulate ? dx[c] + g : g;
      }
    }
  }
}

template <class Scalar>
void max_pool_back(const Scalar* dy, const int32_t* place, int64_t windows, int64_t size,
                   int64_t channels, bool accumulate, Scalar* dx) {
  (accumulate ? max_pool_back_as<Scalar, true>
              : max_pool_back_as<Scalar, false>)(dy, place, windows, size, channels, dx);
}

}  // namespace

}  // namespace dt4ecg::ops
