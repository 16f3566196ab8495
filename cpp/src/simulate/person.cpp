#include "simulate/person.hpp"

#include <numbers>

#include "simulate/random.hpp"

namespace dt4ecg::simulate {
namespace {

constexpr double kDegree = std::numbers::pi / 180;

std::array<Wave, kWaves> draw_waves(Random& random) {
  std::array<Wave, kWaves> waves;
  const double axis = random.normal(58, 12, 20, 90) * kDegree;
  const double opposite = axis + std::numbers::pi;

  const double p_width = random.normal(0.021, 0.0018, 0.016, 0.027);
  waves[kP] = {random.normal(0.13, 0.024, 0.07, 0.2), random.normal(55, 12, 20, 80) * kDegree,
               -random.normal(0.15, 0.009, 0.12, 0.18), p_width * random.spread(0.1), p_width};
  const double q_width = random.normal(0.0075, 0.0007, 0.0055, 0.01);
  waves[kQ] = {random.normal(0.1, 0.04, 0.01, 0.22), opposite + random.normal() * 20 * kDegree,
               -random.normal(0.026, 0.0017, 0.022, 0.032), q_width, q_width};
  const double r_width = random.normal(0.009, 0.0006, 0.007, 0.0115);
  waves[kR] = {random.normal(1.2, 0.25, 0.7, 1.9), axis, 0, r_width, r_width};
  const double s_width = random.normal(0.0085, 0.0007, 0.006, 0.0115);
  waves[kS] = {random.normal(0.25, 0.09, 0.03, 0.5), opposite + random.normal() * 25 * kDegree,
               random.normal(0.028, 0.0017, 0.024, 0.035), s_width, s_width};

  // The T wave ends two standard deviations after its peak, as the corrected QT requires.
  const double corrected_qt = random.normal(0.405, 0.008, 0.38, 0.44);
  const double onset = waves[kQ].offset - 2 * q_width;
  const double fall = random.normal(0.034, 0.0022, 0.027, 0.042);
  const double peak = onset + corrected_qt - 2 * fall;
  const double t_direction = axis + random.normal(-8, 12, -40, 25) * kDegree;
  waves[kT] = {random.normal(0.32, 0.06, 0.16, 0.5), t_direction, peak,
               fall * random.normal(1.5, 0.13, 1.15, 1.9), fall};
  waves[kU] = {random.normal(0.02, 0.012, 0, 0.05), t_direction, peak + 2 * fall + 0.09, 0.03,
               0.035};
  return waves;
}

}  // namespace

Person draw_person(std::uint64_t seed, std::uint64_t subject) {
  Random random(seed, subject, 0);
  Person person;
  person.waves = draw_waves(random);
  person.heart_rate = random.normal(70, 7.5, 56, 88);
  person.slow_variability = random.normal(2.9, 0.6, 1.6, 4.5);
  person.arrhythmia_per_litre = random.normal(20, 4, 12, 28);
  person.breathing_rate = random.normal(15.5, 2.5, 10.5, 21);
  person.tidal_volume = random.normal(0.6, 0.1, 0.4, 0.85);
  person.deep_volume = random.normal(1.25, 0.2, 0.8, 1.7);
  person.axis_per_litre = random.normal(7, 2.5, 2, 13) * kDegree;
  person.attenuation_per_litre = random.normal(0.05, 0.02, 0.01, 0.1);
  person.exertion_rate = random.normal(42, 9, 24, 62);
  person.recovery_time = random.normal(80, 20, 45, 130);
  person.exertion_t_wave = random.normal(0.15, 0.2, -0.25, 0.5);
  return person;
}

}  // namespace dt4ecg::simulate
