#pragma once

#include <cstdint>

namespace dt4ecg::simulate {

// SplitMix64 (Steele, Lea & Flood 2014) with its own variates: the distributions of the standard
// library differ between vendors, and a cohort must not.
class Random {
 public:
  // One independent stream per (seed, subject, stream); stream 0 is the person, others recordings.
  Random(std::uint64_t seed, std::uint64_t subject, std::uint64_t stream);

  double uniform();                                                // in (0, 1), both ends excluded
  double uniform(double low, double high);                         // in (low, high)
  double normal();                                                 // mean 0, standard deviation 1
  double normal(double mean, double sd, double low, double high);  // truncated to [low, high]
  double spread(double sd);  // log-normal factor of median 1: exp(sd * normal)
  double exponential(double mean);

 private:
  std::uint64_t bits();

  std::uint64_t state_;
};

}  // namespace dt4ecg::simulate
