#pragma once

#include <cstdint>

#include "base/random.hpp"

namespace dt4ecg::simulate {

// The random numbers of one person or of one recording.
class Random : public SplitMix64 {
 public:
  // An independent stream of numbers per (seed, subject, stream). Stream 0 draws the person, the
  // others draw the recordings.
  Random(std::uint64_t seed, std::uint64_t subject, std::uint64_t stream);

  using SplitMix64::uniform, SplitMix64::normal;
  double uniform(double low, double high);                         // in (low, high)
  double normal(double mean, double sd, double low, double high);  // truncated to [low, high]
  double spread(double sd);  // a log-normal factor with median 1: exp(sd * normal())
  double exponential(double mean);
};

}  // namespace dt4ecg::simulate
