#include "simulate/noise.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace dt4ecg::simulate {
namespace {

constexpr Band kWander{0.03, 3, 0, 0.6, 60};

void add_baseline(std::vector<double>& noise, const Condition& condition, const Trace& lung_volume,
                  double sampling_rate, Random& random) {
  Trace wander(static_cast<double>(noise.size()) / sampling_rate);
  add_process(wander, kWander, condition.noise.baseline, random);
  for (std::size_t i = 0; i < noise.size(); ++i) {
    const double time = static_cast<double>(i) / sampling_rate;
    noise[i] += wander.at(time) + condition.electrodes.baseline_per_litre * lung_volume.at(time);
  }
}

// White noise in a band with first-order edges, in bursts that last seconds.
void add_muscle(std::vector<double>& noise, double rms, double sampling_rate, Random& random) {
  constexpr double kLow = 20, kHigh = 120;  // Hz
  Trace tension(static_cast<double>(noise.size()) / sampling_rate);
  add_process(tension, {0.02, 0.5, 0.02, 0.2, 12}, 0.4, random);
  const double low = 1 - std::exp(-2 * std::numbers::pi * kLow / sampling_rate);
  const double high = 1 - std::exp(-2 * std::numbers::pi * kHigh / sampling_rate);
  std::vector<double> muscle(noise.size());
  double smooth = 0, slow = 0, power = 0;
  for (std::size_t i = 0; i < noise.size(); ++i) {
    smooth += high * (random.normal() - smooth);
    slow += low * (smooth - slow);
    const double time = static_cast<double>(i) / sampling_rate;
    muscle[i] = (smooth - slow) * std::exp(tension.at(time));
    power += muscle[i] * muscle[i];
  }
  const double scale = rms / std::sqrt(power / static_cast<double>(noise.size()));
  for (std::size_t i = 0; i < noise.size(); ++i) {
    noise[i] += scale * muscle[i];
  }
}

// An electrode slips: the potential steps quickly and decays through the skin.
void add_motion(std::vector<double>& noise, const NoiseLevels& levels, double sampling_rate,
                Random& random) {
  const double seconds = static_cast<double>(noise.size()) / sampling_rate;
  for (double start = random.exponential(levels.motion_period); start < seconds;
       start += random.exponential(levels.motion_period)) {
    const double height = levels.motion * random.normal();
    const double rise = random.uniform(0.02, 0.1);
    const double decay = random.uniform(0.2, 0.9);
    const auto from = static_cast<std::size_t>(std::ceil(start * sampling_rate));
    const auto to = std::min(noise.size(), from + static_cast<std::size_t>(8 * sampling_rate));
    for (std::size_t i = from; i < to; ++i) {
      const double time = static_cast<double>(i) / sampling_rate - start;
      noise[i] += height * (1 - std::exp(-time / rise)) * std::exp(-time / decay);
    }
  }
}

void add_mains(std::vector<double>& noise, double amplitude, double frequency, double sampling_rate,
               Random& random) {
  const double true_frequency = frequency + random.normal(0, 0.01, -0.03, 0.03);
  const double phase = random.uniform(0, 2 * std::numbers::pi);
  const double third = 3 * frequency < sampling_rate / 2 ? 0.15 * amplitude : 0;
  for (std::size_t i = 0; i < noise.size(); ++i) {
    const double angle =
        2 * std::numbers::pi * true_frequency * static_cast<double>(i) / sampling_rate + phase;
    noise[i] += amplitude * std::sin(angle) + third * std::sin(3 * angle);
  }
}

}  // namespace

std::vector<double> noise(const Condition& condition, const Trace& lung_volume, std::size_t samples,
                          double sampling_rate, std::optional<double> mains_frequency,
                          Random& random) {
  std::vector<double> noise(samples);
  add_baseline(noise, condition, lung_volume, sampling_rate, random);
  add_motion(noise, condition.noise, sampling_rate, random);
  add_muscle(noise, condition.noise.muscle, sampling_rate, random);
  if (mains_frequency) {
    add_mains(noise, condition.noise.mains, *mains_frequency, sampling_rate, random);
  }
  return noise;
}

}  // namespace dt4ecg::simulate
