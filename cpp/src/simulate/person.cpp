#include "dt4ecg/simulate/person.hpp"

#include <numbers>

#include "dt4ecg/simulate/random.hpp"

namespace dt4ecg::simulate {
namespace {

constexpr double kDegree = std::numbers::pi / 180;

std::array<Wave, kWaves> draw_waves(Random& random) {
  std::array<Wave, kWaves> waves;
  const double axis = random.normal(58, 16, 20, 95) * kDegree;
  const double opposite = axis + std::numbers::pi;

  const double p_width = random.normal(0.021, 0.003, 0.015, 0.029);
  waves[kP] = {random.normal(0.13, 0.035, 0.06, 0.22), random.normal(55, 12, 20, 80) * kDegree,
               -random.normal(0.15, 0.018, 0.115, 0.19), p_width * random.spread(0.1), p_width};
  const double q_width = random.normal(0.008, 0.0012, 0.006, 0.011);
  waves[kQ] = {random.normal(0.11, 0.07, 0.01, 0.3), opposite + random.normal() * 20 * kDegree,
               -random.normal(0.029, 0.003, 0.024, 0.036), q_width, q_width};
  const double r_width = random.normal(0.0105, 0.0013, 0.008, 0.0135);
  waves[kR] = {random.normal(1.2, 0.3, 0.6, 2.0), axis, 0, r_width, r_width};
  const double s_width = random.normal(0.0095, 0.0015, 0.007, 0.013);
  waves[kS] = {random.normal(0.27, 0.15, 0.03, 0.65), opposite + random.normal() * 25 * kDegree,
               random.normal(0.032, 0.003, 0.027, 0.04), s_width, s_width};

  // The T wave ends, two deviations after its peak, where the corrected QT says.
  const double corrected_qt = random.normal(0.405, 0.013, 0.38, 0.44);
  const double onset = waves[kQ].offset - 2 * q_width;
  const double fall = random.normal(0.034, 0.004, 0.026, 0.044);
  const double peak = onset + corrected_qt - 2 * fall;
  const double t_direction = axis + random.normal(-8, 14, -40, 30) * kDegree;
  waves[kT] = {random.normal(0.32, 0.09, 0.14, 0.55), t_direction, peak,
               fall * random.normal(1.5, 0.15, 1.15, 1.9), fall};
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
  person.slow_variability = random.normal(2.4, 0.6, 1.2, 4);
  person.arrhythmia_per_litre = random.normal(17, 4, 9, 26);
  person.breathing_rate = random.normal(15.5, 2.5, 10.5, 21);
  person.tidal_volume = random.normal(0.5, 0.08, 0.35, 0.7);
  person.deep_volume = random.normal(1.5, 0.25, 1, 2.1);
  person.axis_per_litre = random.normal(7, 2.5, 2, 13) * kDegree;
  person.attenuation_per_litre = random.normal(0.05, 0.02, 0.01, 0.1);
  person.exertion_rate = random.normal(42, 9, 24, 62);
  person.recovery_time = random.normal(80, 20, 45, 130);
  person.exertion_t_wave = random.normal(0.15, 0.2, -0.25, 0.5);
  return person;
}

}  // namespace dt4ecg::simulate
