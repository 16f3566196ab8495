#include "dt4ecg/simulate/cohort.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "base/error.hpp"
#include "simulate/noise.hpp"
#include "simulate/rhythm.hpp"
#include "simulate/waveform.hpp"

namespace dt4ecg::simulate {
namespace {

constexpr double kMinSeconds = 1, kMaxSeconds = 3600;
constexpr double kMinRate = 100, kMaxRate = 10000;
constexpr double kMaxSamples = 3e8;  // of the whole cohort: three arrays of that size take 7 GB

// A negated comparison, so that NaN throws, too.
void check_range(const char* name, double value, double low, double high, const char* unit) {
  if (!(value >= low && value <= high)) {
    throw_invalid("simulate_cohort", name, name, " must lie between ", low, " and ", high, unit,
                  ", got ", value);
  }
}

}  // namespace

void check(const Design& design) {
  if (design.subjects < 1) {
    throw_invalid("simulate_cohort", "subjects", "subjects must be at least 1, got ",
                  design.subjects);
  }
  if (design.activities.empty()) {
    throw_invalid("simulate_cohort", "activities",
                  "activities must not be empty; choose from rest, exercise, deep_breathing");
  }
  for (auto activity = design.activities.begin(); activity != design.activities.end(); ++activity) {
    if (std::find(design.activities.begin(), activity, *activity) != activity) {
      throw_invalid("simulate_cohort", "activities",
                    "activities must not contain the same name twice");
    }
  }
  check_range("seconds", design.seconds, kMinSeconds, kMaxSeconds, " s");
  check_range("sampling_rate", design.sampling_rate, kMinRate, kMaxRate, " Hz");
  if (design.mains_frequency) {
    const double mains = *design.mains_frequency, nyquist = design.sampling_rate / 2;
    if (!(mains > 0 && mains < nyquist)) {
      throw_invalid("simulate_cohort", "mains_frequency",
                    "mains_frequency must lie above 0 and below ", nyquist,
                    " Hz (half the sampling rate), got ", mains,
                    "; raise sampling_rate or pass mains_frequency=None");
    }
  }
  const double samples = static_cast<double>(design.subjects) *
                         static_cast<double>(design.activities.size()) * design.seconds *
                         design.sampling_rate;
  if (samples > kMaxSamples) {
    throw_invalid("simulate_cohort", "", "the cohort would hold ", samples,
                  " samples; the limit is ", kMaxSamples,
                  "; use fewer subjects, fewer seconds or a lower sampling_rate");
  }
}

Recording record(const Design& design, std::uint64_t subject, Activity activity) {
  const double rate = design.sampling_rate;
  const auto samples = static_cast<std::size_t>(std::llround(design.seconds * rate));
  const Person person = draw_person(design.seed, subject);
  Random random(design.seed, subject, 1 + static_cast<std::uint64_t>(activity));
  const Condition condition = draw_condition(person, activity, random);
  const Trace lung_volume = breathe(condition, design.seconds, random);
  const auto beat_times =
      beats(heart_rate(person, condition, lung_volume, design.seconds, random), random);

  Recording recording;
  recording.samples = waveform(person, condition, beat_times, lung_volume, samples, rate, random);
  recording.noise = noise(condition, lung_volume, samples, rate, design.mains_frequency, random);
  recording.respiration.resize(samples);
  for (std::size_t i = 0; i < samples; ++i) {
    recording.samples[i] += recording.noise[i];
    recording.respiration[i] = lung_volume.at(static_cast<double>(i) / rate);
  }
  const double last = static_cast<double>(samples - 1) / rate;
  std::copy_if(beat_times.begin(), beat_times.end(), std::back_inserter(recording.r_times),
               [last](double time) { return time >= 0 && time <= last; });
  return recording;
}

}  // namespace dt4ecg::simulate
