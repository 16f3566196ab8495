#include "base/random.hpp"

#include <cmath>
#include <numbers>

namespace dt4ecg {

std::uint64_t mix_bits(std::uint64_t value) {
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31);
}

double SplitMix64::uniform() { return (static_cast<double>((*this)() >> 11) + 0.5) * 0x1p-53; }

double SplitMix64::normal() {
  const double radius = std::sqrt(-2 * std::log(uniform()));
  return radius * std::cos(2 * std::numbers::pi * uniform());
}

}  // namespace dt4ecg
