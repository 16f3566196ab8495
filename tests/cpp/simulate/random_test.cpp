#include "simulate/random.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace dt4ecg::simulate {
namespace {

TEST(Random, SameKeySameBits) {
  Random first(7, 3, 1), second(7, 3, 1);
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(first.normal(), second.normal());
  }
}

TEST(Random, EveryPartOfTheKeyCounts) {
  std::set<double> firsts;
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    for (std::uint64_t subject = 0; subject < 8; ++subject) {
      for (std::uint64_t stream = 0; stream < 4; ++stream) {
        firsts.insert(Random(seed, subject, stream).uniform());
      }
    }
  }
  EXPECT_EQ(firsts.size(), 8U * 8U * 4U);
}

TEST(Random, MomentsOfAnExponentialDistribution) {
  constexpr int kDraws = 200000;
  Random random(0, 0, 0);
  double mean = 0, square = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double x = random.exponential(3);
    ASSERT_GT(x, 0);
    mean += x / kDraws;
    square += x * x / kDraws;
  }
  EXPECT_NEAR(mean, 3, 0.05);
  EXPECT_NEAR(square, 2 * 3 * 3, 0.6);
}

TEST(Random, TruncatedNormalStaysInside) {
  Random random(1, 0, 0);
  for (int i = 0; i < 1000; ++i) {
    const double value = random.normal(0, 1, 0.5, 1.5);
    EXPECT_GE(value, 0.5);
    EXPECT_LE(value, 1.5);
  }
}

}  // namespace
}  // namespace dt4ecg::simulate
