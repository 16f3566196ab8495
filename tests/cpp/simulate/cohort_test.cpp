#include "dt4ecg/simulate/cohort.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "dt4ecg/error.hpp"

namespace dt4ecg::simulate {
namespace {

Design design() { return {2, {Activity::kRest, Activity::kExercise}, 20, 500, 0, 60.0}; }

TEST(Cohort, SameKeySameBits) {
  const Recording first = record(design(), 1, Activity::kExercise);
  const Recording second = record(design(), 1, Activity::kExercise);
  EXPECT_EQ(first.samples, second.samples);
  EXPECT_EQ(first.r_times, second.r_times);
  Design other = design();
  other.seed = 1;
  EXPECT_NE(first.samples, record(other, 1, Activity::kExercise).samples);
  EXPECT_NE(first.samples, record(design(), 0, Activity::kExercise).samples);
  EXPECT_NE(first.samples, record(design(), 1, Activity::kRest).samples);
}

TEST(Cohort, BeatsDoNotDependOnTheSamplingRate) {
  Design fast = design();
  fast.sampling_rate = 1000;
  fast.mains_frequency.reset();
  const Recording first = record(design(), 0, Activity::kRest);
  const Recording second = record(fast, 0, Activity::kRest);
  EXPECT_EQ(first.r_times, second.r_times);
  for (std::size_t i = 0; i < first.samples.size(); ++i) {
    EXPECT_NEAR(first.samples[i] - first.noise[i], second.samples[2 * i] - second.noise[2 * i],
                1e-4);
  }
}

// The hum is a sine of a few hundredths of a millivolt plus its third harmonic.
TEST(Cohort, MainsHumIsAddedToTheOtherNoise) {
  Design quiet = design();
  quiet.mains_frequency.reset();
  const Recording with = record(design(), 0, Activity::kRest);
  const Recording without = record(quiet, 0, Activity::kRest);
  double square = 0;
  for (std::size_t i = 0; i < with.noise.size(); ++i) {
    const double hum = with.noise[i] - without.noise[i];
    EXPECT_LT(std::abs(hum), 0.2);
    square += hum * hum;
  }
  EXPECT_GT(std::sqrt(square / static_cast<double>(with.noise.size())), 0.001);
}

TEST(Cohort, RejectsImpossibleDesigns) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto expect_invalid = [](auto change) {
    Design wrong = design();
    change(wrong);
    EXPECT_THROW(check(wrong), InvalidArgument);
  };
  EXPECT_NO_THROW(check(design()));
  expect_invalid([](Design& d) { d.subjects = 0; });
  expect_invalid([](Design& d) { d.subjects = std::numeric_limits<std::int64_t>::max(); });
  expect_invalid([](Design& d) { d.activities.clear(); });
  expect_invalid([](Design& d) { d.activities.push_back(Activity::kRest); });
  expect_invalid([](Design& d) { d.seconds = 0; });
  expect_invalid([nan](Design& d) { d.seconds = nan; });
  expect_invalid([](Design& d) { d.sampling_rate = 99; });
  expect_invalid([nan](Design& d) { d.sampling_rate = nan; });
  expect_invalid([](Design& d) { d.mains_frequency = 250; });
  expect_invalid([](Design& d) { d.mains_frequency = 0; });
  expect_invalid([nan](Design& d) { d.mains_frequency = nan; });
  EXPECT_THROW(activity_of("running"), InvalidArgument);
}

}  // namespace
}  // namespace dt4ecg::simulate
