#include "simulate/random.hpp"

#include <cmath>

namespace dt4ecg::simulate {
Random::Random(std::uint64_t seed, std::uint64_t subject, std::uint64_t stream)
    : SplitMix64(mix_bits(mix_bits(mix_bits(seed + kGoldenGamma) ^ (subject + kGoldenGamma)) ^
                          (stream + kGoldenGamma))) {}

double Random::uniform(double low, double high) { return low + (high - low) * uniform(); }

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
