#pragma once

// Part of kernels.cpp: activations, with their slopes.

#include <type_traits>

#include "ops/kernels/vectors.hpp"

namespace dt4ecg::ops {

namespace {

// Constants of the exponential for each IEEE 754 type.
template <class Scalar>
struct Binary;
template <>
struct Binary<float> {
  using Integer = int32_t;
  static constexpr int mantissa = 23, terms = 7;
  static constexpr float least = -87, most = 89;  // e^x is infinite above 2^127.5
  static constexpr float ln2 = 0.693359375F, ln2_rest = -2.12194440e-4F;
};
template <>
struct Binary<double> {
  using Integer = int64_t;
  static constexpr int mantissa = 52, terms = 13;
  static constexpr double least = -708, most = 710;
  static constexpr double ln2 = 0.693145751953125, ln2_rest = 1.42860682030941723212e-6;
};

template <class To, class From>
[[gnu::always_inline]] inline To bits(From from) {
  To to;
  static_assert(sizeof to == sizeof from);
  __builtin_memcpy(&to, &from, sizeof to);
  return to;
}

// e^x of a vector, or of a scalar: 2^n e^r with n = round(x / ln 2), and e^r by its Taylor series,
// which for |r| <= ln 2 / 2 ends below a rounding error. The function of libm
// processes one element at a time.
template <class Scalar, class V>
[[gnu::always_inline]] inline V exponential(V x) {
  using Type = Binary<Scalar>;
  using Integer = typename Type::Integer;
  using Integers = std::conditional_t<std::is_same_v<V, Scalar>, Integer, Vector<Integer>>;
  constexpr Scalar per_ln2 = static_cast<Scalar>(1.44269504088896340736);
  // Adding this number rounds to an integer, and leaves n in the last bits of the sum.
  constexpr Scalar rounder = Scalar{3} * (Integer{1} << (Type::mantissa - 1));
  const V least = V{} + Type::least, most = V{} + Type::most;
  x = x < least ? least : x;  // keeps NaN
  x = x > most ? most : x;
  const V rounded = x * per_ln2 + rounder;
  const V n = rounded - rounder;
  const V r = (x - n * Type::ln2) - n * Type::ln2_rest;
  V series = V{} + Scalar{1};
#pragma GCC unroll 16
  for (int k = Type::terms; k > 0; --k) {
    series = 1 + series * r * (Scalar{1} / k);
  }
  const Integers power =
      (bits<Integers>(rounded) << Type::mantissa) + bits<Integers>(V{} + Scalar{1});
  return series * bits<V>(power);
}

struct Relu {
  template <class Scalar, class V>
  [[gnu::always_inline]] static void at(V x, V& value, V& slope) {
    value = rectified(x);
    slope = x <= 0 ? V{} : V{} + Scalar{1};
  }
};

struct Silu {
  template <class Scalar, class V>
  [[gnu::always_inline]] static void at(V x, V& value, V& slope) {
    const V s = 1 / (1 + exponential<Scalar>(-x));
    value = x * s;
    slope = s * (1 + x * (1 - s));
  }
};

template <class Scalar, class Function, bool Slope>
void activate_as(const Scalar* x, int64_t n, Scalar* y, Scalar* slope) {
  along_channels<Scalar>(n, [&]<class V>(int64_t i, V) {
    V value{}, its_slope{};
    Function::template at<Scalar>(read<V>(x + i), value, its_slope);
    write(y + i, value);
    if constexpr (Slope) {
      write(slope + i, its_slope);
    }
  });
}

template <class Scalar, class Function>
void activate(const Scalar* x, int64_t n, Scalar* y, Scalar* slope) {
  (slope ? activate_as<Scalar, Function, true> : activate_as<Scalar, Function, false>)(x, n, y,
                                                                                       slope);
}

template <class Scalar, bool Accumulate>
void multiply_as(const Scalar* a, const Scalar* b, int64_t n, Scalar* to) {
  along_channels<Scalar>(n, [&]<class V>(int64_t i, V) {
    const V product = read<V>(a + i) * read<V>(b + i);
    write(to + i, Accumulate ? read<V>(to + i) + product : product);
  });
}

template <class Scalar>
void multiply(const Scalar* a, const Scalar* b, int64_t n, bool accumulate, Scalar* to) {
  (accumulate ? multiply_as<Scalar, true> : multiply_as<Scalar, false>)(a, b, n, to);
}

}  // namespace

}  // namespace dt4ecg::ops
