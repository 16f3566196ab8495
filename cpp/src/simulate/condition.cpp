#include "dt4ecg/simulate/condition.hpp"

#include <cmath>
#include <numbers>

namespace dt4ecg::simulate {
namespace {

constexpr double kDegree = std::numbers::pi / 180;

Breathing draw_breathing(const Person& person, Activity activity, Random& random) {
  // Paced at 5 s in and 5 s out; a person keeps to it within a few per cent.
  if (activity == Activity::kDeepBreathing) return {6, 0, person.deep_volume, 0, 0.04, 0.5};
  return {person.breathing_rate * random.spread(0.06),
          random.normal(12, 3, 6, 18),
          person.tidal_volume * random.spread(0.08),
          random.normal(0.8, 0.2, 0.4, 1.3),
          0.14,
          random.normal(0.41, 0.02, 0.36, 0.46)};
}

NoiseLevels draw_noise(Activity activity, Random& random) {
  NoiseLevels typical{0.02, 0.09, 0.25, 10, 0.02};
  if (activity == Activity::kExercise) typical = {0.03, 0.12, 0.3, 6, 0.02};
  if (activity == Activity::kDeepBreathing) typical = {0.022, 0.1, 0.25, 9, 0.02};
  return {typical.muscle * random.spread(0.35), typical.baseline * random.spread(0.35),
          typical.motion * random.spread(0.3), typical.motion_period * random.spread(0.3),
          typical.mains * random.spread(0.6)};
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
  condition.electrodes = {random.normal(60, 5, 48, 72) * kDegree, random.spread(0.08),
                          random.normal(8, 2, 4, 13) * kDegree,
                          random.normal(0.05, 0.04, -0.05, 0.15)};
  condition.noise = draw_noise(activity, random);
  return condition;
}

}  // namespace dt4ecg::simulate
