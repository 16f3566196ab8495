#include "dt4ecg/signal/segment.hpp"

#include "helpers.hpp"

namespace dt4ecg::signal {
namespace {

TEST(Window, ThePapersSegmentsHold300Samples) {
  const Window window = make_window(3, 0, 100);
  EXPECT_EQ(window.length, 300u);
  EXPECT_EQ(window.hop, 300u);
  EXPECT_EQ(window.count(299), 0u);
  EXPECT_EQ(window.covered(299), 0u);
  EXPECT_EQ(window.count(18000), 60u);
  EXPECT_EQ(window.count(18299), 60u);
  EXPECT_EQ(window.covered(18299), 18000u);
}

TEST(Window, OverlapShortensTheHop) {
  const Window window = make_window(3, 0.5, 100);
  EXPECT_EQ(window.hop, 150u);
  EXPECT_EQ(window.count(750), 4u);
  EXPECT_EQ(window.covered(760), 750u);
}

TEST(Window, RejectsImpossibleSegments) {
  EXPECT_INVALID(make_window(3, 1, 100), "[0, 1), got 1");
  EXPECT_INVALID(make_window(3, -0.1, 100), "[0, 1), got -0.1");
  EXPECT_INVALID(make_window(3, NAN, 100), "[0, 1), got nan");
  EXPECT_INVALID(make_window(0.05, 0.99, 100),
                 "leaves no step between segments of 5 samples; the largest is 0.8");
  EXPECT_INVALID(make_window(0.001, 0, 100), "got 0.001 s at 100 Hz");
  EXPECT_INVALID(make_window(-3, 0, 100), "got -3 s");
  EXPECT_INVALID(make_window(1e300, 0, 100), "got 1e+300 s");
  EXPECT_INVALID(make_window(3, 0, INFINITY), "positive number of Hz, got inf");
}

}  // namespace
}  // namespace dt4ecg::signal
