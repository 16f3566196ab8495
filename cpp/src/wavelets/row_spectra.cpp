#include "wavelets/row_spectra.hpp"

#include <ATen/Functions.h>

#include <algorithm>
#include <cmath>

#include "ops/torch_threads.hpp"
#include "wavelets/spectrum.hpp"

namespace dt4ecg::wavelets {
namespace {

template <class Scalar>
void continue_row(const Frame& frame, const Scalar* samples, double factor, Scalar* row) {
  const int64_t length = frame.length, padded = frame.padded;
  std::fill(row, row + padded, Scalar{0});
  for (int64_t i = 0; i < length; ++i) {
    row[i] = static_cast<Scalar>(samples[i] * factor);
  }
  if (frame.edges == Edges::reflect) {
    const int64_t half = (padded - length + 1) / 2;
    for (int64_t i = 0; i < padded - length; ++i) {
      row[length + i] = i < half ? row[length - 1 - i] : row[padded - length - 1 - i];
    }
  }
}

template <class Scalar>
double largest_magnitude(const Scalar* samples, int64_t length) {
  Scalar most{0};
  for (int64_t i = 0; i < length; ++i) {
    most = std::max(most, std::abs(samples[i]));
  }
  return static_cast<double>(most);
}

}  // namespace

Frame::Frame(int64_t samples, int64_t wavelet_reach, Edges at_edges)
    : length(samples), edges(at_edges) {
  if (edges == Edges::zero) {
    padded = fast_length(length + wavelet_reach);
  } else if (wavelet_reach >= length / 2) {
    padded = 2 * length;  // the mirror images of a signal have exactly this period
  } else {
    padded = fast_length(length + 2 * wavelet_reach);
  }
}

template <class Scalar>
RowSpectra<Scalar>::RowSpectra(const at::Tensor& rows, const Frame& frame, bool scaled)
    : scale(static_cast<std::size_t>(rows.size(0)), 1.0) {
  const at::Tensor samples = rows.contiguous();
  const int64_t count = rows.size(0);
  spectra =
      at::empty({count, frame.padded}, rows.options().dtype(at::toComplexType(rows.scalar_type())));
  const Scalar* const from = samples.template data_ptr<Scalar>();
  const int64_t height = std::max<int64_t>(kBlock / frame.padded, 1);
  ops::parallel_torch((count + height - 1) / height, [&](int64_t block) {
    const int64_t top = block * height, bottom = std::min(top + height, count);
    at::Tensor padded = at::empty({bottom - top, frame.padded}, rows.options());
    auto* const to = padded.template data_ptr<Scalar>();
    for (int64_t i = top; i < bottom; ++i) {
      const Scalar* const row = from + i * frame.length;
      const double most = scaled ? largest_magnitude(row, frame.length) : 0;
      if (most > 0) {
        scale[static_cast<std::size_t>(i)] = most;
      }
      continue_row(frame, row, 1 / scale[static_cast<std::size_t>(i)],
                   to + (i - top) * frame.padded);
    }
    spectra.narrow(0, top, bottom - top)
        .copy_(at::_fft_r2c(padded, {1}, /*normalization=*/0, /*onesided=*/false));
  });
}

template struct RowSpectra<float>;
template struct RowSpectra<double>;

}  // namespace dt4ecg::wavelets
