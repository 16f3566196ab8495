#pragma once

// Part of kernels.cpp: the transforms by the matrices of convolution/winograd.hpp.

#include "ops/kernels.hpp"
#include "ops/kernels/vectors.hpp"

namespace dt4ecg::ops {

namespace {

// Calls row(0) to row(count - 1) of a tile. Full tiles, which are most, are unrolled.
template <class Row>
[[gnu::always_inline]] inline void for_rows(int64_t count, const Row& row) {
  row(0);
  if (count == 4) {
    row(1), row(2), row(3);
    return;
  }
  if (count > 1) {
    row(1);
  }
  if (count > 2) {
    row(2);
  }
}

template <class Scalar>
void winograd_taps(const Scalar* __restrict g, int64_t n, Scalar* __restrict u) {
  constexpr Scalar sixth = Scalar{1} / 6;
  for (int64_t i = 0; i < n; ++i) {
    const Scalar g0 = g[i], g1 = g[n + i], g2 = g[2 * n + i];
    const Scalar near = -sixth * (g0 + g2), near_odd = -sixth * g1;
    const Scalar far = sixth * (g0 / 4 + g2), far_odd = sixth * (g1 / 2);
    u[i] = g0 / 4;
    u[n + i] = near + near_odd;
    u[2 * n + i] = near - near_odd;
    u[3 * n + i] = far + far_odd;
    u[4 * n + i] = far - far_odd;
    u[5 * n + i] = g2;
  }
}

template <class Scalar>
void winograd_tap_cotangents(const Scalar* __restrict du, int64_t part, int64_t n,
                             Scalar* __restrict dg) {
  constexpr Scalar sixth = Scalar{1} / 6;
  for (int64_t i = 0; i < n; ++i) {
    const Scalar u1 = du[part + i], u2 = du[2 * part + i];
    const Scalar u3 = du[3 * part + i], u4 = du[4 * part + i];
    const Scalar near = sixth * (u1 + u2), far = sixth * (u3 + u4);
    dg[i] += du[i] / 4 - near + far / 4;
    dg[n + i] += sixth * (u2 - u1 + (u3 - u4) / 2);
    dg[2 * n + i] += far - near + du[5 * part + i];
  }
}

template <class Scalar>
void winograd_inputs(const Scalar* x, int64_t rows, int64_t tiles, int64_t channels, int64_t part,
                     Scalar* t) {
  for (int64_t i = 0; i < tiles; ++i, t += channels) {
    const Scalar* row[6];
    for (int64_t j = 0; j < 6; ++j) {
      row[j] = 4 * i + j < rows ? x + (4 * i + j) * channels : x;
    }
    along_channels<Scalar>(channels, [&]<class V>(int64_t c, V) {
      const V x1 = read<V>(row[1] + c), x2 = read<V>(row[2] + c), x3 = read<V>(row[3] + c),
              x4 = read<V>(row[4] + c);
      const V far = x4 - 4 * x2, far_odd = x3 - 4 * x1, near = x4 - x2, near_odd = 2 * (x3 - x1);
      write(t + c, 4 * read<V>(row[0] + c) - 5 * x2 + x4);
      write(t + part + c, far + far_odd);
      write(t + 2 * part + c, far - far_odd);
      write(t + 3 * part + c, near + near_odd);
      write(t + 4 * part + c, near - near_odd);
      write(t + 5 * part + c, 4 * x1 - 5 * x3 + read<V>(row[5] + c));
    });
  }
}

template <class Scalar, bool Bias, bool Skip, bool Relu>
void winograd_outputs_as(const Scalar* m, int64_t part, int64_t rows, int64_t channels, Scalar* y,
                         const Scalar* bias, const Scalar* skip) {
  for (int64_t first = 0; first < rows; first += 4, m += channels) {
    const int64_t count = smaller(4, rows - first);
    along_channels<Scalar>(channels, [&]<class V>(int64_t c, V) {
      const V m1 = read<V>(m + part + c), m2 = read<V>(m + 2 * part + c),
              m3 = read<V>(m + 3 * part + c), m4 = read<V>(m + 4 * part + c);
      const V near = m1 + m2, near_odd = m1 - m2, far = m3 + m4, far_odd = m3 - m4;
      V out[4] = {read<V>(m + c) + near + far, near_odd + 2 * far_odd, near + 4 * far,
                  near_odd + 8 * far_odd + read<V>(m + 5 * part + c)};
      const auto finish = [&](int64_t j) [[gnu::always_inline]] {
        const int64_t at = (first + j) * channels + c;
        V value = out[j];
        if constexpr (Bias) {
          value += read<V>(bias + c);
        }
        if constexpr (Skip) {
          value += read<V>(skip + at);
        }
        if constexpr (Relu) {
          value = rectified(value);
        }
        write(y + at, value);
      };
      for_rows(count, finish);
    });
  }
}

template <class Scalar>
void winograd_outputs(const Scalar* m, int64_t part, int64_t rows, int64_t channels, Scalar* y,
                      const Epilogue<Scalar>& epilogue) {
  constexpr decltype(&winograd_outputs_as<Scalar, false, false, false>) forms[] = {
      winograd_outputs_as<Scalar, false, false, false>,
      winograd_outputs_as<Scalar, false, false, true>,
      winograd_outputs_as<Scalar, false, true, false>,
      winograd_outputs_as<Scalar, false, true, true>,
      winograd_outputs_as<Scalar, true, false, false>,
      winograd_outputs_as<Scalar, true, false, true>,
      winograd_outputs_as<Scalar, true, true, false>,
      winograd_outputs_as<Scalar, true, true, true>};
  const int form = 4 * (epilogue.bias != nullptr) + 2 * (epilogue.skip != nullptr) + epilogue.relu;
  forms[form](m, part, rows, channels, y, epilogue.bias, epilogue.skip);
}

template <class Scalar>
void winograd_cotangents(const Scalar* dy, int64_t rows, int64_t channels, int64_t part,
                         Scalar* dm) {
  for (int64_t first = 0; first < rows; first += 4, dy += 4 * channels, dm += channels) {
    const int64_t count = smaller(4, rows - first);
    along_channels<Scalar>(channels, [&]<class V>(int64_t c, V) {
      const V y0 = read<V>(dy + c), y1 = count > 1 ? read<V>(dy + channels + c) : V{},
              y2 = count > 2 ? read<V>(dy + 2 * channels + c) : V{},
              y3 = count > 3 ? read<V>(dy + 3 * channels + c) : V{};
      const V near = y0 + y2, near_odd = y1 + y3, far = y0 + 4 * y2, far_odd = 2 * y1 + 8 * y3;
      write(dm + c, y0);
      write(dm + part + c, near + near_odd);
      write(dm + 2 * part + c, near - near_odd);
      write(dm + 3 * part + c, far + far_odd);
      write(dm + 4 * part + c, far - far_odd);
      write(dm + 5 * part + c, y3);
    });
  }
}

template <class Scalar, bool Accumulate>
void winograd_input_cotangents_as(const Scalar* dt, int64_t part, int64_t rows, int64_t channels,
                                  Scalar* dx) {
  for (int64_t first = 0; first < rows; first += 4, dt += channels) {
    const int64_t count = smaller(4, rows - first);
    const bool before = first > 0, after = first + 4 < rows;
    along_channels<Scalar>(channels, [&]<class V>(int64_t c, V) {
      const V t0 = read<V>(dt + c), t1 = read<V>(dt + part + c), t2 = read<V>(dt + 2 * part + c),
              t3 = read<V>(dt + 3 * part + c), t4 = read<V>(dt + 4 * part + c),
              t5 = read<V>(dt + 5 * part + c);
      const V near = t1 + t2, near_odd = t1 - t2, far = t3 + t4, far_odd = 2 * (t3 - t4);
      V out[4] = {4 * (t5 - near_odd) - far_odd, -5 * t0 - 4 * near - far,
                  near_odd + far_odd - 5 * t5, t0 + near + far};
      if (before) {
        out[0] += read<V>(dt + 5 * part - channels + c);
      }
      if (after) {
        out[3] += 4 * read<V>(dt + channels + c);
      }
      const auto finish = [&](int64_t j) [[gnu::always_inline]] {
        Scalar* to = dx + (first + j) * channels + c;
        write(to, Accumulate ? read<V>(to) + out[j] : out[j]);
      };
      for_rows(count, finish);
    });
  }
}

template <class Scalar>
void winograd_input_cotangents(const Scalar* dt, int64_t part, int64_t rows, int64_t channels,
                               bool accumulate, Scalar* dx) {
  (accumulate ? winograd_input_cotangents_as<Scalar, true>
              : winograd_input_cotangents_as<Scalar, false>)(dt, part, rows, channels, dx);
}

}  // namespace

}  // namespace dt4ecg::ops
