#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

#include "train/weightings/aligned_mtl.hpp"
#include "train/weightings/cagrad.hpp"
#include "train/weightings/imtl_g.hpp"
#include "train/weightings/mgda.hpp"
#include "train/weightings/nash_mtl.hpp"
#include "train/weightings/pcgrad.hpp"

namespace dt4ecg::train {
namespace {

void expect_weights(const Weighting& rule, std::vector<double> gram,
                    const std::vector<double>& expected) {
  WeightingState state(std::vector<int64_t>(expected.size(), 4));
  const std::vector<double> losses(expected.size(), 1.0);
  const std::vector<float> found = rule(losses, gram, state);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(found[i], expected[i], 1e-6) << i;
  }
  EXPECT_EQ(found, state.weights);
  EXPECT_EQ(state.step, 1);
}

TEST(PCGrad, TwoConflictingGradientsByHand) {
  // (2, 0) and (-1, 1): the first loses its part along the second, and the other way round.
  expect_weights(PCGrad(0), {4, -2, -2, 2}, {1.5, 2});
  expect_weights(PCGrad(0), {4, 2, 2, 2}, {1, 1});
}

TEST(MGDA, TwoGradientsByHand) {
  expect_weights(MGDA(), {4, 0, 0, 1}, {0.4, 1.6});  // the foot of the perpendicular
  expect_weights(MGDA(), {4, 2, 2, 1}, {0, 2});      // the shorter of two in line
}

TEST(MGDA, LeavesOutATaskBehindTheOthers) {
  // (1, 0), (0, 1), (2, 2): the third lies beyond the line through the others.
  expect_weights(MGDA(), {1, 0, 2, 0, 1, 2, 2, 2, 8}, {1.5, 1.5, 0});
}

TEST(CAGrad, SymmetricGradientsByHand) {
  // g_w = g_0 by symmetry, so d = (1 + c) g_0.
  expect_weights(CAGrad(0.4), {1, 0, 0, 1}, {1.4, 1.4});
}

TEST(CAGrad, IllegalRadiusIsRefused) {
  EXPECT_THROW(CAGrad(1), std::invalid_argument);
  EXPECT_THROW(CAGrad(-0.1), std::invalid_argument);
}

TEST(IMTLG, MakesTwoGradientsEquallyLong) { expect_weights(IMTLG(), {9, -1, -1, 1}, {0.5, 1.5}); }

TEST(IMTLG, ThreeOrthogonalGradients) {
  expect_weights(IMTLG(), {4, 0, 0, 0, 1, 0, 0, 0, 1}, {0.6, 1.2, 1.2});
}

TEST(NashMTL, ThreeOrthogonalGradients) {
  expect_weights(NashMTL(), {4, 0, 0, 0, 1, 0, 0, 0, 1}, {0.6, 1.2, 1.2});
}

TEST(AlignedMTL, OrthogonalGradientsGetTheLengthOfTheShortest) {
  expect_weights(AlignedMTL(), {9, 0, 0, 1}, {1.0 / 3, 1});
}

TEST(EigenDecomposition, OfAMatrixByHand) {
  SquareMatrix matrix(2);
  matrix.values = {2, 1, 1, 2};
  const EigenDecomposition eigen(matrix);
  EXPECT_NEAR(eigen.values[0] * eigen.values[1], 3, 1e-12);
  EXPECT_NEAR(eigen.values[0] + eigen.values[1], 4, 1e-12);
  const auto root = [](double value) { return std::sqrt(value); };
  const std::vector<double> twice = eigen.apply(root, eigen.apply(root, {1, -3}));
  EXPECT_NEAR(twice[0], -1, 1e-12);
  EXPECT_NEAR(twice[1], -5, 1e-12);
}

}  // namespace
}  // namespace dt4ecg::train
