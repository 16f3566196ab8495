#include "ops/kernels.hpp"

namespace dt4ecg::ops {

// kernels/kernels.cpp defines each of them; it is compiled once for each instruction set.
#define DT4ECG_DECLARE(isa)                             \
  namespace isa {                                       \
  extern const Kernels<float>* const single_precision;  \
  extern const Kernels<double>* const double_precision; \
  template <class Scalar>                               \
  const Kernels<Scalar>* table() {                      \
    if constexpr (sizeof(Scalar) == 4)                  \
      return single_precision;                          \
    else                                                \
      return double_precision;                          \
  }                                                     \
  }
DT4ECG_DECLARE(baseline)
#ifdef __x86_64__
DT4ECG_DECLARE(avx2)
DT4ECG_DECLARE(avx512)
#endif
#undef DT4ECG_DECLARE

template <class Scalar>
std::vector<const Kernels<Scalar>*> runnable_kernels() {
  std::vector<const Kernels<Scalar>*> found{baseline::table<Scalar>()};
#ifdef __x86_64__
  const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (has_avx2) {
    found.push_back(avx2::table<Scalar>());
  }
  if (has_avx2 && __builtin_cpu_supports("avx512f")) {
    found.push_back(avx512::table<Scalar>());
  }
#endif
  return found;
}

template <class Scalar>
const Kernels<Scalar>& kernels() {
  static const Kernels<Scalar>& best = *runnable_kernels<Scalar>().back();
  return best;
}

template const Kernels<float>& kernels();
template const Kernels<double>& kernels();
template std::vector<const Kernels<float>*> runnable_kernels();
template std::vector<const Kernels<double>*> runnable_kernels();

}  // namespace dt4ecg::ops
