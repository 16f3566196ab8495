#include "dt4ecg/signal/pieces.hpp"

#include "helpers.hpp"

namespace dt4ecg::signal {

bool operator==(const Piece& a, const Piece& b) { return a.begin == b.begin && a.end == b.end; }

namespace {

using Pieces = std::vector<Piece>;

TEST(SplitAtGaps, SortsAndMergesThem) {
  const std::vector<std::int64_t> gaps{7, 3, 7};
  EXPECT_EQ(split_at_gaps(10, gaps), (Pieces{{0, 3}, {3, 7}, {7, 10}}));
  EXPECT_EQ(split_at_gaps(10, {}), (Pieces{{0, 10}}));
}

TEST(SplitAtGaps, RejectsIndexesOutsideTheRecording) {
  for (const std::int64_t gap : {-1, 0, 10}) {
    EXPECT_INVALID(split_at_gaps(10, std::vector{gap}), "1 to 9 here, got");
  }
}

TEST(SplitAtNonFinite, AMissingSampleInAnyLeadIsAGap) {
  const std::vector<double> samples{1, NAN, 1, 1, 1,        1,  //
                                    1, 1,   1, 1, INFINITY, 1};
  const Leads recording{samples, 2, 6};
  EXPECT_EQ(split_at_non_finite(recording, {0, 6}), (Pieces{{0, 1}, {2, 4}, {5, 6}}));
  EXPECT_EQ(split_at_non_finite(recording, {1, 5}), (Pieces{{2, 4}}));
  EXPECT_EQ(split_at_non_finite(recording, {1, 2}), Pieces{});
}

TEST(RequireFinite, GivesCountAndFirstIndex) {
  const std::vector<double> samples{1, 1, 1, -INFINITY, 1, NAN};
  EXPECT_INVALID(
      require_finite("here", "do this", (Leads{samples, 2, 3})),
      "here: 2 of 6 samples are NaN, infinite or codes for lost samples, the first at lead 1, "
      "sample 0; do this");
  require_finite("here", "do this", (Leads{std::span(samples).first(3), 1, 3}));
}

TEST(Interpolate, DrawsLinesOverShortHolesWithSamplesOnBothSides) {
  std::vector<double> samples{NAN, 1, NAN, NAN, 4, 5, INFINITY, 9, NAN};
  EXPECT_EQ(interpolate_non_finite(samples, 2), (Pieces{{2, 4}, {6, 7}}));
  EXPECT_TRUE(std::isnan(samples.front()) && std::isnan(samples.back()));
  EXPECT_EQ(std::vector(samples.begin() + 1, samples.end() - 1),
            (std::vector<double>{1, 2, 3, 4, 5, 7, 9}));
}

TEST(Interpolate, LeavesLongHoles) {
  std::vector<double> samples{1, NAN, NAN, 4, NAN, 6};
  EXPECT_EQ(interpolate_non_finite(samples, 1), (Pieces{{4, 5}}));
  EXPECT_TRUE(std::isnan(samples[1]) && std::isnan(samples[2]));
  EXPECT_EQ(samples[4], 5);
  std::vector<double> none{NAN, NAN};
  EXPECT_EQ(interpolate_non_finite(none, 9), Pieces{});
  EXPECT_EQ(interpolate_non_finite({}, 9), Pieces{});
}

}  // namespace
}  // namespace dt4ecg::signal
