#pragma once

#include <cstdint>

#include "base/random.hpp"

namespace dt4ecg::simulate {

// The random numbers of a person or a recording.
class Random : public SplitMix64 {
 public:
  // One independent stream per (seed, subject, stream); stream 0 is the person, others recordings.
  Random(std::uint64_t seed, std::uint64_t subject, std::uint64_t stream);

  using SplitMix64::uniform, SplitMix64::normal;
  double uniform(double low, double high);                         // in (low, high)
  double normal(double mean, double sd, double low, double high);  // truncated to [low, high]
  double spread(double sd);  // log-normal factor of median 1: exp(sd * normal)
  double exponential(double mean);
};

}  // namespace dt4ecg::simulate
