#include "simulate/condition.hpp"

#include <cmath>
#include <numbers>

namespace dt4ecg::simulate {
namespace {

constexpr double kDegree = std::numbers::pi / 180;

Breathing draw_breathing(const Person& person, Activity activity, Random& random) {
  // Paced breathing: 5 s in and 5 s out. A person follows the pace within a few per cent.
  if (activity == Activity::kDeepBreathing) {
    return {.rate = 6,
            .exertion_rate = 0,
            .volume = person.deep_volume,
            .exertion_volume = 0,
            .irregularity = 0.04,
            .inspiration = 0.5};
  }
  return {.rate = person.breathing_rate * random.spread(0.06),
          .exertion_rate = random.normal(12, 3, 6, 18),
          .volume = person.tidal_volume * random.spread(0.08),
          .exertion_volume = random.normal(0.8, 0.2, 0.4, 1.3),
          .irregularity = 0.14,
          .inspiration = random.normal(0.41, 0.02, 0.36, 0.46)};
}

// Levels for which the power spectra lie in the range of real single leads at rest.
NoiseLevels typical_noise(Activity activity) {
  switch (activity) {
    case Activity::kExercise:
      return {.muscle = 0.03, .baseline = 0.12, .motion = 0.3, .motion_period = 6, .mains = 0.02};
    case Activity::kDeepBreathing:
      return {.muscle = 0.022, .baseline = 0.1, .motion = 0.25, .motion_period = 9, .mains = 0.02};
    default:
      return {.muscle = 0.02, .baseline = 0.09, .motion = 0.25, .motion_period = 10, .mains = 0.02};
  }
}

NoiseLevels draw_noise(Activity activity, Random& random) {
  const NoiseLevels typical = typical_noise(activity);
  return {.muscle = typical.muscle * random.spread(0.35),
          .baseline = typical.baseline * random.spread(0.35),
          .motion = typical.motion * random.spread(0.3),
          .motion_period = typical.motion_period * random.spread(0.3),
          .mains = typical.mains * random.spread(0.6)};
}

}  // namespace

double Exertion::at(double time) const {
  constexpr double kSlow = 600;
  return start * (0.65 * std::exp(-time / fast) + 0.35 * std::exp(-time / kSlow));
}

Condition draw_condition(const Person& person, Activity activity, Random& random) {
  Condition condition;
  condition.heart_rate = person.heart_rate + random.normal(0, 2.5, -6, 6);
  condition.exertion = {activity == Activity::kExercise ? 1.0 : 0.0, person.recovery_time};
  condition.breathing = draw_breathing(person, activity, random);
  condition.electrodes = {.lead = random.normal(60, 5, 48, 72) * kDegree,
                          .gain = random.spread(0.08),
                          .loosening = random.normal(0.07, 0.02, 0.02, 0.12),
                          .sway = random.normal(9, 2, 4, 14) * kDegree,
                          .baseline_per_litre = random.normal(0.05, 0.04, -0.05, 0.15)};
  condition.noise = draw_noise(activity, random);
  return condition;
}

}  // namespace dt4ecg::simulate
