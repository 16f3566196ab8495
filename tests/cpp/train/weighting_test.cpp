#include "dt4ecg/train/weighting.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

#include "train/weightings/chen2018.hpp"
#include "train/weightings/paper_weighting.hpp"

namespace dt4ecg::train {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

TEST(Chen2018, OneStepByHand) {
  // Norms 3 and 1 at equal loss ratios: the target is their mean, 2; the weights move by 0.01
  // ||g||.
  const Chen2018 rule(1.5, 0.01, Chen2018::Reference::log_classes);
  WeightingState state({4, 4});
  const double losses[] = {1, 1}, gram[] = {9, 0, 0, 1};
  EXPECT_EQ(rule(losses, gram, state), (std::vector<float>{1, 1}));
  const double first = 1 - 0.03, second = 1 + 0.01;
  EXPECT_NEAR(state.weights[0], 2 * first / (first + second), 1e-6);
  EXPECT_NEAR(state.weights[1], 2 * second / (first + second), 1e-6);
}

TEST(Chen2018, FloorKeepsWeightsPositive) {
  const Chen2018 rule(1.5, 100, Chen2018::Reference::log_classes);
  WeightingState state({4, 4});
  const double losses[] = {1, 1}, gram[] = {9, 0, 0, 1};
  rule(losses, gram, state);
  EXPECT_GT(state.weights[0], 0);
  EXPECT_NEAR(state.weights[0] + state.weights[1], 2, 1e-6);
}

TEST(PaperWeighting, OneStepByHand) {
  const double losses[] = {1, 1}, gram[] = {9, 0, 0, 1};
  const double up = std::exp(2 * (0.75 - 1)), down = std::exp(2 * (0.25 - 1));
  using Variant = PaperWeighting::Variant;
  for (const Variant variant : {Variant::printed, Variant::reset, Variant::renorm}) {
    WeightingState state({4, 4});
    state.weights = {0.5f, 1.5f};
    const auto found = PaperWeighting(variant, 2)(losses, gram, state);
    const double scale = variant == Variant::renorm ? 2 / (0.5 * up + 1.5 * down) : 1;
    const bool reset = variant == Variant::reset;
    EXPECT_NEAR(found[0], reset ? up : 0.5 * up * scale, 1e-6);
    EXPECT_NEAR(found[1], reset ? down : 1.5 * down * scale, 1e-6);
    EXPECT_EQ(found, state.weights);
  }
}

TEST(PaperWeighting, WarnsOnceWhenAllVanish) {
  const PaperWeighting rule(PaperWeighting::Variant::printed, 50);
  WeightingState state({4, 4});
  const double losses[] = {1, 1}, gram[] = {1, 0, 0, 1};
  for (int step = 0; step < 20; ++step) {
    rule(losses, gram, state);
  }
  EXPECT_EQ(state.weights, (std::vector<float>{0, 0}));
  EXPECT_EQ(state.warnings.size(), 1u);
}

TEST(Weighting, TaskWithoutLabelsKeepsItsWeight) {
  const double losses[] = {1, kNone, 2}, gram[] = {9, 0, 0, 0, 0, 0, 0, 0, 1};
  WeightingState state({4, 4, 4});
  state.weights = {0.5f, 1.5f, 1.0f};
  state.labelled = {true, false, true};
  Chen2018(1.5, 0.025, Chen2018::Reference::first)(losses, gram, state);
  EXPECT_EQ(state.weights[1], 1.5f);
  EXPECT_NEAR(state.weights[0] + state.weights[2], 1.5, 1e-6);
}

TEST(Weighting, IllegalParametersAreRefused) {
  EXPECT_THROW(PaperWeighting(PaperWeighting::Variant::reset, -1), std::invalid_argument);
  EXPECT_THROW(Chen2018(kNone, 0.025, Chen2018::Reference::first), std::invalid_argument);
  EXPECT_THROW(Chen2018(1.5, -1, Chen2018::Reference::first), std::invalid_argument);
}

}  // namespace
}  // namespace dt4ecg::train
