#include "simulate/rhythm.hpp"

#include <cmath>
#include <numbers>

namespace dt4ecg::simulate {
namespace {

// The spectra of the slow rhythms: Mayer waves around 0.1 Hz, and changes below 0.04 Hz.
constexpr Band kLowFrequency{0.04, 0.15, 0.1, 0.015, 24};
constexpr Band kVeryLowFrequency{0.005, 0.04, 0.005, 0.02, 12};

// The sinus node follows the lung volume like a low-pass filter with a corner at 7.2 breaths/min
// (Hirsch & Bishop 1981), and adapts to its mean. Both are time constants in s.
constexpr double kFollow = 1.3;
constexpr double kAdapt = 12.0;

// Exertion suppresses the vagal tone, and with it all fast changes of the rate.
constexpr double kWithdrawal = 2.5;

constexpr double kUsualRate = 70;  // beats/min to which a Person's variability refers

}  // namespace

Trace breathe(const Condition& condition, double seconds, Random& random) {
  const Breathing& breathing = condition.breathing;
  Trace volume(seconds);
  double begin = volume.time(0) - 60 / breathing.rate * random.uniform();
  double period = 0, depth = 0;
  for (std::size_t i = 0; i < volume.values.size(); ++i) {
    const double time = volume.time(i);
    while (time >= begin + period) {
      begin += period;
      const double exertion = condition.exertion.at(begin);
      const double rate = breathing.rate + exertion * breathing.exertion_rate;
      period = 60 / rate * random.spread(breathing.irregularity);
      depth = (breathing.volume + exertion * breathing.exertion_volume) *
              random.spread(breathing.irregularity);
    }
    const double phase = (time - begin) / period;
    const double half = phase < breathing.inspiration
                            ? phase / breathing.inspiration
                            : 1 + (phase - breathing.inspiration) / (1 - breathing.inspiration);
    volume.values[i] = depth * (1 - std::cos(std::numbers::pi * half)) / 2;
  }
  return volume;
}

Trace heart_rate(const Person& person, const Condition& condition, const Trace& lung_volume,
                 double seconds, Random& random) {
  Trace rate(seconds);
  add_process(rate, kLowFrequency, 0.8 * person.slow_variability, random);
  add_process(rate, kVeryLowFrequency, 0.6 * person.slow_variability, random);
  double follow = lung_volume.values[0], adapt = follow;
  for (std::size_t i = 0; i < rate.values.size(); ++i) {
    follow += (lung_volume.values[i] - follow) / (kFollow * Trace::kRate);
    adapt += (lung_volume.values[i] - adapt) / (kAdapt * Trace::kRate);
    const double exertion = condition.exertion.at(rate.time(i));
    const double vagal = std::exp(-kWithdrawal * exertion);
    const double arrhythmia = person.arrhythmia_per_litre * (follow - adapt);
    const double settled = condition.heart_rate + exertion * person.exertion_rate;
    rate.values[i] = settled * std::exp(vagal * (rate.values[i] + arrhythmia) / kUsualRate);
  }
  return rate;
}

std::vector<double> beats(const Trace& heart_rate, Random& random) {
  constexpr double kJitter = 0.01;  // of a cycle: the sinus node is not exact
  std::vector<double> times;
  double phase = random.uniform(), next = 1;
  for (std::size_t i = 0; i < heart_rate.values.size(); ++i) {
    const double step = heart_rate.values[i] / 60 / Trace::kRate;
    while (phase + step >= next) {
      times.push_back(heart_rate.time(i) + (next - phase) / (step * Trace::kRate));
      next += 1 + kJitter * random.normal(0, 1, -3, 3);
    }
    phase += step;
  }
  return times;
}

}  // namespace dt4ecg::simulate
