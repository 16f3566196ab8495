#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "dt4ecg/wavelets/morlet.hpp"

namespace dt4ecg::wavelets {

inline constexpr int64_t kBlock = int64_t{1} << 17;  // complex numbers transformed at a time

// How a row is continued to a length whose circular convolution equals the wanted one.
struct Frame {
  Frame(int64_t samples, int64_t wavelet_reach, Edges at_edges);

  int64_t length, padded = 0;
  Edges edges;
};

// The discrete Fourier transforms of the continued rows, complex (n, padded).
template <class Scalar>
struct RowSpectra {
  // `scaled` divides each row by its largest magnitude.
  RowSpectra(const at::Tensor& rows, const Frame& frame, bool scaled);

  at::Tensor spectra;
  std::vector<double> scale;  // of each row, by which its samples were divided
};

}  // namespace dt4ecg::wavelets
