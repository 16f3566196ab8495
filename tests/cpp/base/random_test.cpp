#include "base/random.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

namespace dt4ecg {
namespace {

// The first numbers of Vigna's reference program, splitmix64.c, from the state 1234567.
TEST(SplitMix64, GivesTheNumbersOfTheReferenceProgram) {
  SplitMix64 random(1234567);
  for (const std::uint64_t expected :
       {6457827717110365317U, 3203168211198807973U, 9817491932198370423U, 4593380528125082431U,
        16408922859458223821U}) {
    EXPECT_EQ(random(), expected);
  }
}

TEST(SplitMix64, UniformAndNormalHaveTheirMoments) {
  constexpr int kDraws = 200000;
  SplitMix64 random(0);
  double uniform = 0, normal = 0, square = 0, fourth = 0;
  for (int i = 0; i < kDraws; ++i) {
    const double u = random.uniform();
    ASSERT_GT(u, 0);
    ASSERT_LT(u, 1);
    uniform += u / kDraws;
    const double z = random.normal();
    normal += z / kDraws;
    square += z * z / kDraws;
    fourth += z * z * z * z / kDraws;
  }
  EXPECT_NEAR(uniform, 0.5, 0.005);
  EXPECT_NEAR(normal, 0, 0.01);
  EXPECT_NEAR(square, 1, 0.02);
  EXPECT_NEAR(fourth, 3, 0.15);
}

}  // namespace
}  // namespace dt4ecg
