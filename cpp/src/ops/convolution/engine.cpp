#include "ops/convolution/engine.hpp"

#include <algorithm>

#include "ops/convolution/direct.hpp"
#include "ops/convolution/winograd.hpp"

namespace dt4ecg::ops {

namespace {

// Time of both engines in microseconds: prepare, forward, backward with two cotangents and two
// weight gradients; AVX2, one thread, batch 16. Below 16 channels it was not measured.
//   channels   16 -> 16   16 -> 32   24 -> 24   32 -> 32   64 -> 64   128 -> 128
//   length          300        300        150        150         75           38
//   direct          481        939        703        896       1747         3562
//   Winograd        360        658        502        597       1048         2083
constexpr int64_t kWinogradChannels = 16;

}  // namespace

template <class Scalar>
std::unique_ptr<Convolution<Scalar>> make_convolution(int64_t kernel, int64_t stride,
                                                      const Map<Scalar>& x, const Map<Scalar>& y,
                                                      const Scalar* weight,
                                                      const Binding<Scalar>& binding) {
  // A tile of four rows costs six products, so for two rows or fewer it does not pay.
  if (kernel == 3 && stride == 1 && y.length > 2 &&
      std::min(x.channels, y.channels) >= kWinogradChannels) {
    return std::make_unique<WinogradConvolution<Scalar>>(x, y, weight, binding);
  }
  return std::make_unique<DirectConvolution<Scalar>>(kernel, stride, x, y, weight, binding);
}

template std::unique_ptr<Convolution<float>> make_convolution(int64_t, int64_t, const Map<float>&,
                                                              const Map<float>&, const float*,
                                                              const Binding<float>&);
template std::unique_ptr<Convolution<double>> make_convolution(int64_t, int64_t, const Map<double>&,
                                                               const Map<double>&, const double*,
                                                               const Binding<double>&);

}  // namespace dt4ecg::ops
