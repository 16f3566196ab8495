#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "train/random.hpp"
#include "train/weightings/dwa.hpp"
#include "train/weightings/famo.hpp"
#include "train/weightings/rlw.hpp"
#include "train/weightings/uncertainty.hpp"

namespace dt4ecg::train {
namespace {

TEST(Uncertainty, FirstStepByHand) {
  const Uncertainty rule(0.1);
  WeightingState state({4, 4});
  const double losses[] = {2, 0.1};
  EXPECT_EQ(rule(losses, {}, state), (std::vector<float>{1, 1}));
  // Adam's first step is the rate against the gradient's sign, 1/2 - L.
  EXPECT_NEAR(state.memory["log_variance"][0], 0.1, 1e-8);
  EXPECT_NEAR(state.memory["log_variance"][1], -0.1, 1e-8);
}

TEST(DWA, FromTheThirdEpochByHand) {
  const DWA rule(2);
  WeightingState state({4, 4});
  const double first[] = {2, 1}, second[] = {1, 1};
  rule(first, {}, state);
  rule.end_epoch(state);
  EXPECT_EQ(rule(second, {}, state), (std::vector<float>{1, 1}));
  rule.end_epoch(state);
  const double a = std::exp(0.25), b = std::exp(0.5);
  EXPECT_NEAR(rule(second, {}, state)[0], 2 * a / (a + b), 1e-6);
}

TEST(RLW, IsAFunctionOfSeedAndStep) {
  const double losses[] = {1, 1};
  WeightingState state({4, 4}), same({4, 4}), later({4, 4});
  const std::vector<float> found = RLW(7)(losses, {}, state);
  EXPECT_EQ(RLW(7)(losses, {}, same), found);
  later.step = 1;
  EXPECT_NE(RLW(7)(losses, {}, later), found);
  EXPECT_NE(RLW(8)(losses, {}, same), found);
}

TEST(FAMO, FavoursTheTaskThatFellLess) {
  const FAMO rule(0.025, 0.01);
  WeightingState state({4, 4});
  const double before[] = {1, 1}, after[] = {0.5, 0.9};
  EXPECT_EQ(rule(before, {}, state), (std::vector<float>{1, 1}));
  EXPECT_TRUE(rule.looks_back(state));
  rule.look_back(after, state);
  EXPECT_FALSE(rule.looks_back(state));
  EXPECT_NEAR(state.memory["logits"][0], -0.025, 1e-6);
  EXPECT_NEAR(state.memory["logits"][1], 0.025, 1e-6);
}

TEST(StepRandom, NeverChanges) {
  StepRandom random(1, 2);
  StepRandom same(1, 2);
  EXPECT_EQ(random(), same());
  EXPECT_NE(random(), StepRandom(1, 3)());
}

TEST(Weighting, IllegalParametersOfLossWeightingsAreRefused) {
  EXPECT_THROW(Uncertainty(-1), std::invalid_argument);
  EXPECT_THROW(DWA(0), std::invalid_argument);
  EXPECT_THROW(FAMO(-1, 0), std::invalid_argument);
  EXPECT_THROW(FAMO(0, NAN), std::invalid_argument);
}

}  // namespace
}  // namespace dt4ecg::train
