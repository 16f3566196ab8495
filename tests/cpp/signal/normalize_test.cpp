#include "dt4ecg/signal/normalize.hpp"

#include "helpers.hpp"

namespace dt4ecg::signal {
namespace {

TEST(ScaleToUnit, TouchesBothEndsAtAnyScale) {
  for (const double scale : {1e-300, 1e-10, 1.0, 1e15}) {
    std::vector<double> samples{3 * scale, -scale, 0.7 * scale};
    scale_to_unit(samples, find_limits(samples));
    EXPECT_EQ(samples[0], 1);
    EXPECT_EQ(samples[1], 0);
    EXPECT_NEAR(samples[2], 1.7 / 4, 1e-12);
  }
}

TEST(ScaleToUnit, LeavesTheUnitIntervalOutsideTheLimits) {
  std::vector<double> samples{-1, 3};
  scale_to_unit(samples, {0, 2});
  EXPECT_EQ(samples, (std::vector<double>{-0.5, 1.5}));
}

TEST(ScaleToUnit, FlatBecomesZeroAndRoundingCountsAsFlat) {
  std::vector<double> samples{2100, 2100 * (1 + 1e-15)};
  const Limits limits = find_limits(samples);
  EXPECT_TRUE(is_flat(limits));
  EXPECT_TRUE(is_flat({0, 0}));
  EXPECT_FALSE(is_flat({2100, 2100.001}));
  scale_to_unit(samples, limits);
  EXPECT_EQ(samples, (std::vector<double>{0, 0}));
}

TEST(Deviation, GivesZScores) {
  std::vector<double> samples{2101, 2099, 2103, 2097};
  scale_to_unit(samples, find_z_score_limits(samples));
  const double deviation = std::sqrt(5);
  EXPECT_NEAR(samples[0], 1 / deviation, 1e-12);
  EXPECT_NEAR(samples[3], -3 / deviation, 1e-12);
  const std::vector<double> flat(7, 0.1);
  EXPECT_TRUE(is_flat(find_z_score_limits(flat)));
}

TEST(Limits, MergeCoversBoth) {
  const Limits merged = merge({-1, 2}, {0, 5});
  EXPECT_EQ(merged.low, -1);
  EXPECT_EQ(merged.high, 5);
}

}  // namespace
}  // namespace dt4ecg::signal
