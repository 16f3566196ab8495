#pragma once

#include <cstdint>
#include <vector>

#include "dt4ecg/wavelets/morlet.hpp"

namespace dt4ecg::wavelets {

// The samples on each side of the centre beyond which the wavelet is 0 in single precision.
int64_t reach(const Morlet& wavelet, double sampling_rate);

// The smallest number from `least` on that has no prime factor above 5.
int64_t fast_length(int64_t least);

// The discrete Fourier transform of a wavelet of `length` samples whose centre is sample 0. It is
// real, and 0 outside [begin, end).
template <class Scalar>
struct Spectrum {
  Spectrum(const Morlet& wavelet, double sampling_rate, int64_t length);

  std::vector<Scalar> values;
  int64_t begin = 0, end = 0;
};

}  // namespace dt4ecg::wavelets
