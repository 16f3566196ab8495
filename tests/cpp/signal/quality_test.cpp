#include "dt4ecg/signal/quality.hpp"

#include <random>

#include "dt4ecg/signal/pipeline.hpp"
#include "helpers.hpp"

namespace dt4ecg::signal {
namespace {

constexpr double kRate = 100;
constexpr std::size_t kLength = 300;

Quality assess_one(const std::vector<double>& x, double rate = kRate) {
  return assess(x, rate, x, rate);
}

std::vector<double> noise(std::size_t length, double deviation, unsigned seed = 0) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal(0, deviation);
  std::vector<double> samples(length);
  for (double& sample : samples) {
    sample = normal(random);
  }
  return samples;
}

// QRS complexes and T waves, every `interval` seconds from `first` on, with a little noise.
std::vector<double> ecg(double first, double interval, std::size_t length = kLength,
                        double rate = kRate) {
  std::vector<double> samples = noise(length, 0.01);
  const auto wave = [](double t, double width) { return std::exp(-t * t / (2 * width * width)); };
  for (std::size_t i = 0; i < length; ++i) {
    const double t = static_cast<double>(i) / rate;
    for (double at = first; at < static_cast<double>(length) / rate; at += interval) {
      samples[i] += wave(t - at, 0.015) + 0.2 * wave(t - at - 0.28, 0.05);
    }
  }
  return samples;
}

TEST(Quality, AcceptsBeatsAtAnyRate) {
  for (const double beats_per_minute : {35, 60, 90, 140, 180}) {
    const Quality quality = assess_one(ecg(0.4, 60 / beats_per_minute));
    EXPECT_GE(quality.score, 0.5) << beats_per_minute;
    EXPECT_GT(quality.skewness, 0.8) << beats_per_minute;
  }
  EXPECT_EQ(assess_one(ecg(0.4, 1)).beats, 3);
}

TEST(Quality, AcceptsASingleBeat) {
  const Quality quality = assess_one(ecg(1.3, 9));
  EXPECT_GE(quality.score, 0.5);
  EXPECT_EQ(quality.beats, 1);
  EXPECT_EQ(quality.similarity, 0.4);
}

TEST(Quality, AcceptsBeatsAtOtherSamplingRates) {
  for (const double rate : {62.5, 130.0, 250.0, 360.0, 1000.0}) {
    const auto length = static_cast<std::size_t>(3 * rate);
    EXPECT_GE(assess_one(ecg(0.4, 0.8, length, rate), rate).score, 0.5) << rate;
  }
}

TEST(Quality, RefusesOtherSignals) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    EXPECT_LT(assess_one(noise(kLength, 1, seed)).score, 0.5) << seed;
  }
  for (const double frequency : {0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 45.0}) {
    EXPECT_LT(assess_one(sine(kLength, frequency, kRate)).score, 0.5) << frequency;
  }
}

TEST(Quality, DependsOnNeitherUnitNorOffset) {
  const auto samples = ecg(0.4, 0.9);
  const Quality quality = assess_one(samples);
  for (const auto& [factor, offset] : {std::pair{1e-12, 0.0}, {1000.0, 812345.0}, {3.0, -5.0}}) {
    auto changed = samples;
    for (double& sample : changed) {
      sample = factor * sample + offset;
    }
    const Quality other = assess_one(changed);
    EXPECT_NEAR(other.score, quality.score, 1e-6);
    EXPECT_NEAR(other.kurtosis, quality.kurtosis, 1e-5);
    EXPECT_NEAR(other.noise, quality.noise, 1e-6);
    EXPECT_NEAR(other.mains, quality.mains, 1e-6);
    EXPECT_NEAR(other.spike, quality.spike, 1e-6);
  }
}

TEST(Quality, ChangesOnlyItsSkewnessUpsideDown) {
  const auto samples = ecg(0.4, 0.9);
  auto inverted = samples;
  for (double& sample : inverted) {
    sample = -sample;
  }
  const Quality up = assess_one(samples), down = assess_one(inverted);
  EXPECT_DOUBLE_EQ(down.skewness, -up.skewness);
  EXPECT_NEAR(down.score, up.score, 1e-12);
}

TEST(Quality, CountsStraightLines) {
  EXPECT_EQ(assess_one(std::vector<double>(kLength, 7)).flat, 1);
  EXPECT_EQ(assess_one(std::vector<double>(kLength, 7)).score, 0);
  auto samples = ecg(0.4, 0.8);
  for (std::size_t i = 100; i < 280; ++i) {
    samples[i] = 5 + 0.1 * static_cast<double>(i);  // as interpolation leaves it
  }
  const Quality quality = assess_one(samples);
  EXPECT_NEAR(quality.flat, 0.6, 1e-12);
  EXPECT_EQ(quality.score, 0);
}

TEST(Quality, CountsClippedSamples) {
  auto samples = ecg(0.4, 0.8);
  for (double& sample : samples) {
    sample = std::min(sample, 0.05);
  }
  const Quality quality = assess_one(samples);
  EXPECT_GT(quality.clipped, 0.2);
  EXPECT_EQ(quality.score, 0);
  EXPECT_EQ(assess_one(ecg(0.4, 0.8)).clipped, 0);
}

TEST(Quality, CutsOffWavesAtARail) {
  for (const double rate : {125.0, 250.0, 500.0}) {
    auto samples = ecg(0.4, 0.8, static_cast<std::size_t>(3 * rate), rate);
    EXPECT_EQ(assess_one(samples, rate).cut_off, 0) << rate;
    EXPECT_EQ(assess_one(samples, rate).rail, 0) << rate;
    for (double& sample : samples) {
      sample = std::min(sample, 0.5);
    }
    const Quality quality = assess_one(samples, rate);
    EXPECT_NEAR(quality.cut_off, 0.5, 0.2) << rate;
    EXPECT_EQ(quality.rail, 0.5) << rate;
    EXPECT_EQ(quality.score, 0) << rate;
    for (double& sample : samples) {
      sample = 3 - 2 * sample;
    }
    const Quality inverted = assess_one(samples, rate);
    EXPECT_NEAR(inverted.cut_off, quality.cut_off, 1e-9) << rate;
    EXPECT_EQ(inverted.rail, 2) << rate;
  }
}

TEST(Quality, OneFlatTopOrCoarseSamplesAreNotCutOff) {
  auto samples = ecg(0.4, 9, 1500, 500);
  for (double& sample : samples) {
    sample = std::min(sample, 0.5);
  }
  EXPECT_EQ(assess_one(samples, 500).cut_off, 0);
  samples = ecg(0.4, 0.8, 1500, 500);
  for (double& sample : samples) {
    sample = std::round(sample * 64);
  }
  EXPECT_EQ(assess_one(samples, 500).cut_off, 0);
}

TEST(Quality, JumpIsTheSecondLargestChangeOfLevel) {
  const double rate = 500;
  auto samples = ecg(0.4, 0.8, 1500, rate);
  EXPECT_LT(assess_one(samples, rate).jump, 0.5);
  for (std::size_t i = 700; i < 1500; ++i) {
    samples[i] += 20;  // one change of level
  }
  EXPECT_LT(assess_one(samples, rate).jump, 0.5);
  samples = noise(1500, 0.02);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] += i % 400 < 60 ? 1 : 0;
  }
  const Quality quality = assess_one(samples, rate);
  EXPECT_GT(quality.jump, 0.8);
  EXPECT_EQ(quality.score, 0);
}

TEST(Quality, SpikeIsTheRangeOfAFewSamples) {
  auto samples = ecg(0.4, 0.8);
  EXPECT_LT(assess_one(samples).spike, 0.1);
  samples[150] = 10;
  const Quality quality = assess_one(samples);
  EXPECT_NEAR(quality.spike, 0.89, 0.02);
  EXPECT_EQ(quality.score, 0);
}

TEST(Quality, MainsIsTheShareOfThePower) {
  const double rate = 500;
  for (const double frequency : {50.0, 60.0, 120.0, 60.05}) {
    EXPECT_GT(assess_one(sine(1500, frequency, rate), rate).mains, 0.9) << frequency;
  }
  EXPECT_LT(assess_one(sine(1500, 55, rate), rate).mains, 1e-3);
  auto half = sine(1500, 50, rate);
  const auto other = sine(1500, 7, rate);
  for (std::size_t i = 0; i < half.size(); ++i) {
    half[i] += other[i];
  }
  EXPECT_NEAR(assess_one(half, rate).mains, 0.5, 1e-3);
  EXPECT_EQ(assess_one(ecg(0.4, 0.8), kRate).mains, 0);  // 50 Hz is not below half the rate
}

TEST(Quality, AShortSegmentIsJudgedByItsSamplesAlone) {
  EXPECT_EQ(assess_one(noise(120, 1)).score, 1);
  EXPECT_EQ(assess_one(std::vector<double>(120, 1)).score, 0);
  for (std::size_t length = 1; length < 60; ++length) {
    EXPECT_LE(assess_one(noise(length, 1)).score, 1) << length;
  }
}

TEST(Quality, OfTheRecordersSamples) {
  // Half of the second segment is clipped at the recorder. High-pass filtering hides that.
  auto samples = ecg(0.4, 0.8, 3000, 500);
  std::fill(samples.begin() + 1600, samples.begin() + 2300, 2.0);
  Settings settings;
  settings.notch.reset();
  settings.quality = true;
  const Recording recording{{samples, 1, samples.size()}, 500, {}};
  const auto segments = transform(settings, std::span(&recording, 1)).front();
  ASSERT_EQ(segments.quality.size(), 2u);
  EXPECT_EQ(segments.quality[0].flat, 0);
  EXPECT_NEAR(segments.quality[1].flat, 700.0 / 1500, 1e-3);
  EXPECT_NEAR(segments.quality[1].clipped, 700.0 / 1500, 1e-3);
  EXPECT_EQ(segments.quality[1].score, 0);
}

TEST(Quality, IsComputedOnlyOnRequest) {
  const auto samples = ecg(0.4, 0.8, 3000, 500);
  const Recording recording{{samples, 1, samples.size()}, 500, {}};
  EXPECT_TRUE(transform(Settings{}, std::span(&recording, 1)).front().quality.empty());
}

}  // namespace
}  // namespace dt4ecg::signal
