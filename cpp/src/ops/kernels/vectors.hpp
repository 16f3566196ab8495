#pragma once

// Part of kernels.cpp: vectors of the instruction set that it is compiled for.

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

template <class Scalar>
Vector<Scalar> load(const Scalar* p) {
  Vector<Scalar> v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}

template <class Scalar>
void store(Scalar* p, Vector<Scalar> v) {
  __builtin_memcpy(p, &v, sizeof v);
}

int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

}  // namespace

}  // namespace dt4ecg::ops
