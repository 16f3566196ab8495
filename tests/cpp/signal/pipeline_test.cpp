#include "dt4ecg/signal/pipeline.hpp"

#include <algorithm>

#include "pipeline_helpers.hpp"

namespace dt4ecg::signal {
namespace {

TEST(Transform, CutsTheRecordIntoUnitSegments) {
  const auto samples = sine(10 * 500, 3, kRate, 2100);
  const Segments segments = transform(paper(), one_lead(samples), kRate, {});
  EXPECT_EQ(segments.count(), 3u);
  EXPECT_EQ(segments.samples.size(), 900u);
  EXPECT_EQ(segments.start_seconds, (std::vector<double>{0, 3, 6}));
  EXPECT_NEAR(segments.dropped_seconds, 1, 1e-9);
  EXPECT_EQ(std::ranges::min(segments.samples), 0);
  EXPECT_EQ(segments.flat, 0u);
}

TEST(Transform, GivesTheSameForManyRecordingsAsForEach) {
  std::vector<std::vector<double>> signals;
  std::vector<Recording> recordings;
  for (std::size_t i = 0; i < 11; ++i) {
    signals.push_back(sine(3000 + 100 * i, 3, kRate, 2100));
  }
  for (std::size_t i = 0; i < signals.size(); ++i) {
    recordings.push_back({one_lead(signals[i]), kRate - 0.1 * static_cast<double>(i), {}});
  }
  const auto together = transform(paper(), recordings);
  for (std::size_t i = 0; i < signals.size(); ++i) {
    EXPECT_EQ(together[i].samples,
              transform(paper(), recordings[i].leads, recordings[i].sampling_rate, {}).samples);
  }
  recordings[9].sampling_rate = 90;
  EXPECT_INVALID(transform(paper(), recordings), "record 9: notch");
}

TEST(Transform, NeverCrossesAGap) {
  // Two recordings in a row give the segments that each gives by itself.
  const auto first = sine(3600, 3, kRate, 2100), second = sine(1800, 8, kRate, -400);
  auto both = first;
  both.insert(both.end(), second.begin(), second.end());
  const Settings settings{.notch = 50};
  const Segments joined =
      transform(settings, one_lead(both), kRate, std::vector<std::int64_t>{3600});
  auto separate = transform(settings, one_lead(first), kRate, {}).samples;
  const auto rest = transform(settings, one_lead(second), kRate, {}).samples;
  separate.insert(separate.end(), rest.begin(), rest.end());
  EXPECT_EQ(joined.samples, separate);
  EXPECT_EQ(joined.start_seconds, (std::vector<double>{0, 3, 7.2}));
}

TEST(Transform, CountsPiecesTooShortForASegment) {
  const auto samples = sine(3000, 3, kRate);
  const Segments segments =
      transform(paper(), one_lead(samples), kRate, std::vector<std::int64_t>{4, 1000});
  EXPECT_EQ(segments.count(), 1u);
  EXPECT_EQ(segments.dropped_pieces, 2u);
  EXPECT_NEAR(segments.dropped_seconds, 3, 1e-9);
}

TEST(Transform, RecordLimitsCoverAllPiecesThatGiveSegments) {
  auto samples = sine(1500, 3, kRate);
  for (const double sample : sine(1500, 3, kRate)) {
    samples.push_back(4 * sample);
  }
  Settings settings = paper({});
  settings.target_rate = settings.highpass = {};
  const Segments segments =
      transform(settings, one_lead(samples), kRate, std::vector<std::int64_t>{1500});
  const auto first = std::span(segments.samples).first(1500);
  EXPECT_NEAR(std::ranges::max(first) - std::ranges::min(first), 0.25, 1e-3);
  EXPECT_EQ(std::ranges::max(segments.samples), 1);
}

TEST(Transform, CountsFlatRows) {
  std::vector<double> samples = sine(1500, 3, kRate);
  samples.resize(3000, 7.0);
  const Segments segments = transform(paper(), {samples, 2, 1500}, kRate, {});
  EXPECT_EQ(segments.flat, 1u);
  EXPECT_EQ(std::ranges::count(std::span(segments.samples).last(300), 0.0), 300);
}

TEST(Transform, TrainingLimitsComeFromFit) {
  const auto samples = sine(3000, 3, kRate, 50);
  Settings settings = causal(Normalization::training);
  EXPECT_INVALID(transform(settings, one_lead(samples), kRate, {}), "leads was 0 when");
  settings.limits = fit_limits(settings, {{{one_lead(samples), kRate, {}}}}).front();
  const Segments fitted = transform(settings, one_lead(samples), kRate, {});
  EXPECT_EQ(fitted.samples,
            transform(causal(Normalization::record), one_lead(samples), kRate, {}).samples);
}

TEST(Transform, FollowsThePolicyForMissingSamples) {
  auto samples = sine(6000, 3, kRate);
  samples[2000] = NAN;
  Settings settings = causal(Normalization::segment);
  EXPECT_INVALID(transform(settings, one_lead(samples), kRate, {}),
                 "the first at lead 0, sample 2000");
  settings.non_finite = NonFinite::drop;
  EXPECT_EQ(transform(settings, one_lead(samples), kRate, {}).start_seconds,
            (std::vector<double>{0, 2001 / kRate, 2001 / kRate + 3}));
  settings.non_finite = NonFinite::interpolate;
  EXPECT_EQ(transform(settings, one_lead(samples), kRate, {}).count(), 3u);
  samples.assign(6000, NAN);
  EXPECT_INVALID(transform(settings, one_lead(samples), kRate, {}), "lead 0 has no finite sample");
}

}  // namespace
}  // namespace dt4ecg::signal
