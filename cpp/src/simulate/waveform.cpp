#include "simulate/waveform.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace dt4ecg::simulate {
namespace {

constexpr double kReach = 5;  // standard deviations: 4e-6 of a wave's height is cut off

// Standard deviations between beats of P, Q, R, S, T and U: of the relative height, and of the time
// in s.
constexpr std::array<double, kWaves> kHeightLability{0.15, 0.12, 0.04, 0.1, 0.1, 0.2};
constexpr std::array<double, kWaves> kTimeLability{0.005, 0.001, 0, 0.001, 0.005, 0.006};

// Drifts of the posture and of the electrodes' contact over tens of seconds.
constexpr Band kDrift{0.002, 0.1, 0, 0.02, 16};

constexpr double kMemory = 60;  // s, time constant with which QT follows RR

void add_wave(std::vector<double>& lead, double sampling_rate, double peak, double height,
              double rise, double fall) {
  const double last = static_cast<double>(lead.size()) - 1;
  const double from = std::max(0.0, std::ceil((peak - kReach * rise) * sampling_rate));
  const double to = std::min(last, std::floor((peak + kReach * fall) * sampling_rate));
  for (double sample = from; sample <= to; ++sample) {
    const double time = sample / sampling_rate - peak;
    const double deviation = time / (time < 0 ? rise : fall);
    lead[static_cast<std::size_t>(sample)] += height * std::exp(-deviation * deviation / 2);
  }
}

}  // namespace

std::vector<double> waveform(const Person& person, const Condition& condition,
                             const std::vector<double>& beats, const Trace& lung_volume,
                             std::size_t samples, double sampling_rate, Random& random) {
  std::vector<double> lead(samples);
  Trace posture(static_cast<double>(samples) / sampling_rate);
  add_process(posture, kDrift, condition.electrodes.sway, random);
  Trace contact(static_cast<double>(samples) / sampling_rate);
  add_process(contact, kDrift, condition.electrodes.loosening, random);

  // Before the first beat, RR is taken as the mean of the twelve intervals that follow.
  if (beats.size() < 2) {
    return lead;
  }
  const auto dozen = std::min<std::size_t>(beats.size(), 13) - 1;
  double slow_rr = (beats[dozen] - beats[0]) / static_cast<double>(dozen);
  for (std::size_t beat = 1; beat < beats.size(); ++beat) {
    const double rr = beats[beat] - beats[beat - 1];
    slow_rr += (rr - slow_rr) * std::min(1.0, rr / kMemory);
    const double fridericia = std::cbrt(slow_rr);
    const double conduction = std::pow(slow_rr, 0.15);
    const double exertion = condition.exertion.at(beats[beat]);
    for (std::size_t name = 0; name < kWaves; ++name) {
      const Wave& wave = person.waves[name];
      const bool repolarisation = name == kT || name == kU;
      const double scale = repolarisation ? fridericia : name == kP ? conduction : 1;
      const double peak = beats[beat] + scale * wave.offset + kTimeLability[name] * random.normal();
      const double litres = lung_volume.at(peak);
      const double angle = wave.direction + person.axis_per_litre * litres + posture.at(peak);
      const double amplitude = wave.amplitude * (1 + kHeightLability[name] * random.normal()) *
                               (repolarisation ? 1 + exertion * person.exertion_t_wave : 1);
      const double height = condition.electrodes.gain * (1 + contact.at(peak)) *
                            (1 - person.attenuation_per_litre * litres) * amplitude *
                            std::cos(angle - condition.electrodes.lead);
      const double stretch = repolarisation ? scale : 1;
      add_wave(lead, sampling_rate, peak, height, stretch * wave.rise, stretch * wave.fall);
    }
  }
  return lead;
}

}  // namespace dt4ecg::simulate
