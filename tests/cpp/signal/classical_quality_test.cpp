#include "dt4ecg/signal/classical_quality.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "dt4ecg/error.hpp"
#include "signal/curve_length.hpp"

namespace dt4ecg::signal {
namespace {

std::vector<double> sinusoid(double frequency, double rate, double seconds) {
  std::vector<double> samples;
  for (int i = 0; i < static_cast<int>(rate * seconds); ++i) {
    samples.push_back(2 * std::sin(2 * std::numbers::pi * frequency * i / rate));
  }
  return samples;
}

std::vector<double> spikes(double rate, double seconds) {
  std::vector<double> samples(static_cast<std::size_t>(rate * seconds), 0.0);
  for (std::size_t at = 100; at + 4 < samples.size(); at += 200) {
    samples[at - 2] = samples[at + 2] = 0.3;
    samples[at - 1] = samples[at + 1] = 0.7;
    samples[at] = 1;
  }
  return samples;
}

TEST(ClassicalQuality, OfASinusoid) {
  const auto found = assess_classically(sinusoid(10, 250, 4), 250);
  EXPECT_NEAR(found.k_sqi, 1.5, 1e-9);
  EXPECT_NEAR(found.s_sqi, 0, 1e-9);
  EXPECT_NEAR(found.p_sqi, 1, 1e-9);
  EXPECT_NEAR(found.bas_sqi, 1, 1e-9);
  EXPECT_NEAR(found.amplitude, 4, 0.01);
}

TEST(ClassicalQuality, PowerOutsideTheBandsLowersTheShares) {
  EXPECT_NEAR(assess_classically(sinusoid(25, 250, 4), 250).p_sqi, 0, 1e-9);
  EXPECT_NEAR(assess_classically(sinusoid(0.5, 250, 4), 250).bas_sqi, 0, 1e-9);
}

TEST(ClassicalQuality, BothDetectorsFindClearBeats) {
  EXPECT_EQ(assess_classically(spikes(250, 10), 250).b_sqi, 1);
}

TEST(ClassicalQuality, OfAConstantSignal) {
  EXPECT_EQ(assess_classically(std::vector<double>(1000, 7.0), 250), ClassicalQuality{});
}

TEST(ClassicalQuality, RefusesShortSignalsAndLowRates) {
  EXPECT_THROW(assess_classically(std::vector<double>(499, 1.0), 250), InvalidArgument);
  EXPECT_THROW(assess_classically(std::vector<double>(499, 1.0), 50), InvalidArgument);
}

TEST(CurveLength, FindsBeats) {
  const auto beats = find_by_curve_length(spikes(250, 4), 250);
  ASSERT_EQ(beats.size(), 5U);
  EXPECT_NEAR(static_cast<double>(beats[1]), 300, 15);
  EXPECT_TRUE(find_by_curve_length({}, 250).empty());
}

}  // namespace
}  // namespace dt4ecg::signal
