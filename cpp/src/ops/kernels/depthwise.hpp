#pragma once

// Part of kernels.cpp: depthwise convolutions.

#include "ops/kernels.hpp"
#include "ops/kernels/vectors.hpp"

namespace dt4ecg::ops {

namespace {

template <class Scalar>
void depthwise(const Depthwise& shape, const Scalar* x, const Scalar* w, const Scalar* bias,
               bool relu, Scalar* y) {
  const int64_t channels = shape.channels;
  for (int64_t t = 0; t < shape.rows; ++t, x += shape.stride * channels, y += channels) {
    along_channels<Scalar>(channels, [&]<class V>(int64_t c, V) {
      V sum = bias ? read<V>(bias + c) : V{};
      for (int64_t i = c; i < shape.taps * channels; i += channels) {
        sum += read<V>(w + i) * read<V>(x + i);
      }
      write(y + c, relu ? rectified(sum) : sum);
    });
  }
}

template <class Scalar>
void depthwise_taps(const Depthwise& shape, const Scalar* x, const Scalar* dy, Scalar* dw) {
  const int64_t channels = shape.channels;
  for (int64_t t = 0; t < shape.rows; ++t, x += shape.stride * channels, dy += channels) {
    along_channels<Scalar>(channels, [&]<class V>(int64_t c, V) {
      const V g = read<V>(dy + c);
      for (int64_t i = c; i < shape.taps * channels; i += channels) {
        write(dw + i, read<V>(dw + i) + g * read<V>(x + i));
      }
    });
  }
}

template <class Scalar>
void depthwise_inputs(const Depthwise& shape, const Scalar* dy, const Scalar* w, int64_t length,
                      Scalar* dx) {
  const int64_t channels = shape.channels;
  for (int64_t t = 0; t < shape.rows; ++t, dy += channels) {
    const int64_t first = t * shape.stride - shape.taps / 2;
    const int64_t begin = first < 0 ? -first : 0, end = smaller(shape.taps, length - first);
    along_channels<Scalar>(channels, [&]<class V>(int64_t c, V) {
      const V g = read<V>(dy + c);
      for (int64_t k = begin; k < end; ++k) {
        Scalar* to = dx + (first + k) * channels + c;
        write(to, read<V>(to) + g * read<V>(w + k * channels + c));
      }
    });
  }
}

}  // namespace

}  // namespace dt4ecg::ops
