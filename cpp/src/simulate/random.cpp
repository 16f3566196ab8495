#include "simulate/random.hpp"

#include <cmath>
#include <numbers>

namespace dt4ecg::simulate {
namespace {

std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

constexpr std::uint64_t kGolden = 0x9e3779b97f4a7c15U;

}  // namespace

Random::Random(std::uint64_t seed, std::uint64_t subject, std::uint64_t stream)
    : state_(mix(mix(mix(seed + kGolden) ^ (subject + kGolden)) ^ (stream + kGolden))) {}

std::uint64_t Random::bits() { return mix(state_ += kGolden); }

double Random::uniform() { return (static_cast<double>(bits() >> 11) + 0.5) * 0x1p-53; }

double Random::uniform(double low, double high) { return low + (high - low) * uniform(); }

double Random::normal() {
  const double radius = std::sqrt(-2 * std::log(uniform()));
  return radius * std::cos(2 * std::numbers::pi * uniform());
}

double Random::normal(double mean, double sd, double low, double high) {
  double value;
  do {
    value = mean + sd * normal();
  } while (value < low || value > high);
  return value;
}

double Random::spread(double sd) { return std::exp(sd * normal()); }

double Random::exponential(double mean) { return -mean * std::log(uniform()); }

}  // namespace dt4ecg::simulate
