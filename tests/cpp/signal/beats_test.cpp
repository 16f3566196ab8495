#include "dt4ecg/signal/beats.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "dt4ecg/error.hpp"

namespace dt4ecg::signal {
namespace {

// Narrow R peaks of one sign and wide T waves after them, on a wandering baseline.
struct Made {
  std::vector<double> samples;
  std::vector<int64_t> peaks;
};

Made make(double rate, double seconds, double sign, double interval = 0.8) {
  Made made;
  const auto count = static_cast<int64_t>(seconds * rate);
  for (double at = 0.5; at < seconds - 0.3; at += interval) {
    made.peaks.push_back(std::llround(at * rate));
  }
  for (int64_t i = 0; i < count; ++i) {
    const double t = static_cast<double>(i) / rate;
    double value = 100 + 0.3 * std::sin(2 * std::numbers::pi * 0.3 * t);
    for (const int64_t peak : made.peaks) {
      const double z = t - static_cast<double>(peak) / rate;
      value += sign * (std::exp(-z * z / (2 * 0.01 * 0.01)) +
                       0.3 * std::exp(-(z - 0.3) * (z - 0.3) / (2 * 0.05 * 0.05)));
    }
    made.samples.push_back(value);
  }
  return made;
}

TEST(Beats, AreFoundAtEveryRateAndPolarity) {
  for (const double rate : {100.0, 128.0, 250.0, 360.0, 500.0, 1000.0}) {
    for (const double sign : {1.0, -1.0}) {
      for (const double interval : {0.35, 0.8, 1.4}) {
        const Made made = make(rate, 20, sign, interval);
        EXPECT_EQ(find_beats(made.samples, rate), made.peaks) << rate << " Hz, " << interval;
      }
    }
  }
}

TEST(Beats, DoNotDependOnTheChunks) {
  const Made made = make(250, 15, 1);
  for (const std::size_t chunk : {1, 7, 250, 1000}) {
    BeatFinder finder(250);
    std::vector<int64_t> found;
    const std::span<const double> samples(made.samples);
    for (std::size_t at = 0; at < samples.size(); at += chunk) {
      const auto part = finder.push(samples.subspan(at, std::min(chunk, samples.size() - at)));
      found.insert(found.end(), part.begin(), part.end());
    }
    const auto rest = finder.finish();
    found.insert(found.end(), rest.begin(), rest.end());
    EXPECT_EQ(found, made.peaks) << chunk;
  }
}

TEST(Beats, CountOnAfterAGap) {
  const Made made = make(250, 10, 1);
  BeatFinder finder(250);
  finder.push(made.samples);
  finder.finish();
  finder.push(made.samples);
  const auto second = finder.finish();
  ASSERT_FALSE(second.empty());
  EXPECT_EQ(second.back(), made.peaks.back() + static_cast<int64_t>(made.samples.size()));
}

TEST(Beats, OfAConstantOrEmptySignalDoNotExist) {
  EXPECT_TRUE(find_beats(std::vector<double>(5000, 2100.1), 500).empty());
  EXPECT_TRUE(find_beats({}, 500).empty());
  EXPECT_TRUE(find_beats(std::vector<double>(1, 3.0), 500).empty());
}

TEST(Beats, RefuseIllegalRates) {
  EXPECT_THROW(BeatFinder(79), InvalidArgument);
  EXPECT_THROW(BeatFinder(20001), InvalidArgument);
  EXPECT_THROW(BeatFinder(NAN), InvalidArgument);
}

}  // namespace
}  // namespace dt4ecg::signal
