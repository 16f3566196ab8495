#include "simulate/rhythm.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <numeric>

namespace dt4ecg::simulate {
namespace {

constexpr double kSeconds = 300;

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

// The power at a frequency, with a Hann window.
double power(const Trace& trace, double frequency) {
  const double middle = mean(trace.values);
  const double turn = 2 * std::numbers::pi;
  std::complex<double> sum = 0;
  for (std::size_t i = 0; i < trace.values.size(); ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(trace.values.size());
    sum += (trace.values[i] - middle) * (1 - std::cos(turn * share)) *
           std::polar(1.0, turn * frequency * trace.time(i));
  }
  return std::norm(sum);
}

double band_power(const Trace& trace, double low, double high) {
  double sum = 0;
  for (double frequency = low; frequency < high; frequency += 0.003) {
    sum += power(trace, frequency);
  }
  return sum;
}

struct Subject {
  Person person;
  Condition condition;
  Trace lung_volume, rate;
  std::vector<double> times;
};

Subject simulate_subject(std::uint64_t subject, Activity activity) {
  const Person person = draw_person(0, subject);
  Random random(0, subject, 1 + static_cast<std::uint64_t>(activity));
  const Condition condition = draw_condition(person, activity, random);
  Trace lung_volume = breathe(condition, kSeconds, random);
  Trace rate = heart_rate(person, condition, lung_volume, kSeconds, random);
  auto times = beats(rate, random);
  return {person, condition, std::move(lung_volume), std::move(rate), std::move(times)};
}

TEST(Trace, IsLinearBetweenValuesAndConstantBeyond) {
  Trace trace(1);
  std::iota(trace.values.begin(), trace.values.end(), 0.0);
  EXPECT_DOUBLE_EQ(trace.at(-Trace::kLeadIn), 0);
  EXPECT_NEAR(trace.at(0.013), (Trace::kLeadIn + 0.013) * Trace::kRate, 1e-9);
  EXPECT_EQ(trace.at(-1e9), 0);
  EXPECT_EQ(trace.at(1e9), trace.values.back());
}

TEST(Trace, ProcessHasItsBandAndPower) {
  Trace trace(kSeconds);
  Random random(0, 0, 0);
  add_process(trace, {0.05, 0.15, 0.1, 0.02, 24}, 3, random);
  double square = 0;
  for (const double value : trace.values) {
    square += value * value;
  }
  EXPECT_NEAR(std::sqrt(square / static_cast<double>(trace.values.size())), 3, 0.3);
  EXPECT_GT(band_power(trace, 0.06, 0.14), 50 * band_power(trace, 0.2, 0.28));
}

TEST(Breathing, DeepBreathsTakeTenSeconds) {
  for (std::uint64_t subject = 0; subject < 5; ++subject) {
    const auto deep = simulate_subject(subject, Activity::kDeepBreathing);
    EXPECT_GT(band_power(deep.lung_volume, 0.085, 0.115),
              20 * band_power(deep.lung_volume, 0.2, 0.35));
    const auto [low, high] =
        std::minmax_element(deep.lung_volume.values.begin(), deep.lung_volume.values.end());
    EXPECT_GE(*low, 0);
    EXPECT_GT(*high, 0.8);
  }
}

TEST(HeartRate, BeatsFollowIt) {
  for (const auto activity : {Activity::kRest, Activity::kExercise, Activity::kDeepBreathing}) {
    const auto subject = simulate_subject(0, activity);
    const auto& times = subject.times;
    const double rate = 60 * static_cast<double>(times.size() - 1) / (times.back() - times.front());
    EXPECT_NEAR(rate, mean(subject.rate.values), 0.5);
    EXPECT_TRUE(std::is_sorted(times.begin(), times.end()));
  }
}

// Two peaks at rest (Task Force of ESC and NASPE, Circulation 93:1043, 1996): 0.1 Hz and breathing.
TEST(HeartRate, HasALowAndAHighFrequencyPeakAtRest) {
  for (std::uint64_t subject = 0; subject < 5; ++subject) {
    const auto rest = simulate_subject(subject, Activity::kRest);
    const double breath = rest.condition.breathing.rate / 60;
    const double gap = band_power(rest.rate, 0.6, 0.66);
    EXPECT_GT(band_power(rest.rate, 0.08, 0.12), 5 * gap);
    EXPECT_GT(band_power(rest.rate, breath - 0.03, breath + 0.03), 5 * gap);
  }
}

TEST(HeartRate, RisesWithInspirationInDeepBreathing) {
  for (std::uint64_t subject = 0; subject < 5; ++subject) {
    const auto deep = simulate_subject(subject, Activity::kDeepBreathing);
    const auto lag = static_cast<std::size_t>(0.5 * Trace::kRate);
    const double rate = mean(deep.rate.values), volume = mean(deep.lung_volume.values);
    double product = 0, rates = 0, volumes = 0;
    for (std::size_t i = lag; i < deep.rate.values.size(); ++i) {
      const double r = deep.rate.values[i] - rate, v = deep.lung_volume.values[i - lag] - volume;
      product += r * v;
      rates += r * r;
      volumes += v * v;
    }
    EXPECT_GT(product / std::sqrt(rates * volumes), 0.75);
  }
}

TEST(HeartRate, DecaysAfterExercise) {
  for (std::uint64_t subject = 0; subject < 20; ++subject) {
    const auto recovery = simulate_subject(subject, Activity::kExercise);
    EXPECT_GT(recovery.rate.at(0), recovery.rate.at(180) + 8);
    EXPECT_LT(recovery.rate.at(0), 150);
    EXPECT_GT(recovery.rate.at(180), recovery.condition.heart_rate);
  }
}

}  // namespace
}  // namespace dt4ecg::simulate
