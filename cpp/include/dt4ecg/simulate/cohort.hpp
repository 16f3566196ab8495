#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "dt4ecg/simulate/activity.hpp"

namespace dt4ecg::simulate {

struct Design {
  std::int64_t subjects;
  std::vector<Activity> activities;
  double seconds;
  double sampling_rate;  // Hz
  std::uint64_t seed;
  std::optional<double> mains_frequency;  // Hz
};

// std::invalid_argument where no such cohort can be simulated.
void check(const Design& design);

struct Recording {
  std::vector<double> samples;      // mV, noise included
  std::vector<double> noise;        // mV; samples - noise is the heart alone
  std::vector<double> respiration;  // l above the end of expiration
  std::vector<double> r_times;      // s from the first sample
};

// Depends on the seed, the subject and the activity, not on the rest of the cohort.
Recording record(const Design& design, std::uint64_t subject, Activity activity);

}  // namespace dt4ecg::simulate
