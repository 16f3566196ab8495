#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "dt4ecg/simulate/activity.hpp"

namespace dt4ecg::simulate {

// A cohort to simulate: each subject is recorded once in each activity.
struct Design {
  std::int64_t subjects;
  std::vector<Activity> activities;
  double seconds;
  double sampling_rate;  // Hz
  std::uint64_t seed;
  std::optional<double> mains_frequency;  // Hz; no hum if empty
};

// Throws InvalidArgument if such a cohort cannot be simulated.
void check(const Design& design);

// One simulated recording.
struct Recording {
  std::vector<double> samples;      // mV, noise included
  std::vector<double> noise;        // mV; samples - noise is the ECG without noise
  std::vector<double> respiration;  // l, lung volume above the end of expiration
  std::vector<double> r_times;      // s after the first sample
};

// The recording of one subject (from 0) in one activity. It does not depend on the other subjects
// and activities of the cohort.
Recording record(const Design& design, std::uint64_t subject, Activity activity);

}  // namespace dt4ecg::simulate
