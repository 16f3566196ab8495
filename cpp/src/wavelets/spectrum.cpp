#include "wavelets/spectrum.hpp"

#include <cmath>
#include <numbers>

namespace dt4ecg::wavelets {
namespace {

constexpr double kReach = 6;          // standard deviations: the Gaussian is below 2e-8
constexpr double kLeastGain = 1e-12;  // of the largest gain; smaller ones are taken as 0

double deviation(const Morlet& wavelet) {  // in seconds
  return wavelet.cycles / (5 * wavelet.frequency);
}

}  // namespace

int64_t reach(const Morlet& wavelet, double sampling_rate) {
  return static_cast<int64_t>(std::ceil(kReach * deviation(wavelet) * sampling_rate));
}

int64_t fast_length(int64_t least) {
  for (int64_t length = least;; ++length) {
    int64_t rest = length;
    for (const int64_t prime : {2, 3, 5}) {
      while (rest % prime == 0) {
        rest /= prime;
      }
    }
    if (rest == 1) {
      return length;
    }
  }
}

// Sampling repeats the Gaussian spectrum at every multiple of the sampling rate.
template <class Scalar>
Spectrum<Scalar>::Spectrum(const Morlet& wavelet, double sampling_rate, int64_t length)
    : values(static_cast<std::size_t>(length)) {
  const double width = 1 / (2 * std::numbers::pi * deviation(wavelet));  // Hz
  const double farthest = width * std::sqrt(-2 * std::log(kLeastGain));
  const auto gaussian = [&](double distance) {
    double sum = 0;
    for (double image = std::ceil((-farthest - distance) / sampling_rate);
         distance + image * sampling_rate <= farthest; ++image) {
      const double z = (distance + image * sampling_rate) / width;
      sum += std::exp(-z * z / 2);
    }
    return sum;
  };
  const double gain = 2 / gaussian(0);
  begin = length;
  for (int64_t k = 0; k < length; ++k) {
    const double frequency = static_cast<double>(k) * sampling_rate / static_cast<double>(length);
    const double value = gain * gaussian(frequency - wavelet.frequency);
    if (value > 0) {
      values[static_cast<std::size_t>(k)] = static_cast<Scalar>(value);
      begin = std::min(begin, k);
      end = k + 1;
    }
  }
  begin = std::min(begin, end);
}

template struct Spectrum<float>;
template struct Spectrum<double>;

}  // namespace dt4ecg::wavelets
