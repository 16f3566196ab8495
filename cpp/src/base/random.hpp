#pragma once

#include <cstdint>

namespace dt4ecg {

// Spreads a number over all 64 bits: the output function of SplitMix64 (Steele, Lea and Flood
// 2014), which the generator below applies to a counter.
std::uint64_t mix_bits(std::uint64_t value);

// The step of SplitMix64's counter: 2^64 divided by the golden ratio.
inline constexpr std::uint64_t kGoldenGamma = 0x9e3779b97f4a7c15U;

// SplitMix64. The distributions of the standard library differ between vendors, so that the same
// seed would give other numbers elsewhere; these do not.
class SplitMix64 {
 public:
  explicit SplitMix64(std::uint64_t state) : state_(state) {}

  std::uint64_t operator()() { return mix_bits(state_ += kGoldenGamma); }
  double uniform();  // in (0, 1), both ends excluded
  double normal();   // mean 0, standard deviation 1, by Box and Muller (1958)

 private:
  std::uint64_t state_;
};

}  // namespace dt4ecg
