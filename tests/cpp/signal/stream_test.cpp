#include "dt4ecg/signal/stream.hpp"

#include <algorithm>
#include <limits>

#include "pipeline_helpers.hpp"

namespace dt4ecg::signal {
namespace {

TEST(Stream, EqualsTheCausalTransformToTheBit) {
  auto samples = sine(2 * 4000, 3.7, 497.45, 2100);
  samples[2345] = NAN;
  Settings settings = causal(Normalization::segment);
  settings.non_finite = NonFinite::drop;
  settings.overlap = 0.9;
  settings.quality = true;
  const Leads recording{samples, 2, 4000};
  const Segments whole = transform(settings, recording, 497.45, {});
  for (const std::size_t size : {1, 333, 4000}) {
    Stream stream(settings, 497.45);
    std::vector<double> streamed, starts;
    std::vector<Quality> quality;
    for (std::size_t begin = 0; begin < recording.length; begin += size) {
      std::vector<double> chunk;
      const std::size_t count = std::min(size, recording.length - begin);
      for (std::size_t lead = 0; lead < 2; ++lead) {
        const auto part = recording.lead(lead).subspan(begin, count);
        chunk.insert(chunk.end(), part.begin(), part.end());
      }
      const Segments segments = stream.push({chunk, 2, count});
      streamed.insert(streamed.end(), segments.samples.begin(), segments.samples.end());
      starts.insert(starts.end(), segments.start_seconds.begin(), segments.start_seconds.end());
      quality.insert(quality.end(), segments.quality.begin(), segments.quality.end());
    }
    EXPECT_EQ(streamed, whole.samples) << size;
    EXPECT_EQ(starts, whole.start_seconds) << size;
    EXPECT_TRUE(quality == whole.quality) << size;
  }
  EXPECT_EQ(whole.quality.size(), 2 * whole.count());
  EXPECT_EQ(whole.count(), 7u);
}

TEST(Stream, ResetIsAGap) {
  const auto samples = sine(4000, 3.7, kRate, 2100);
  const Settings settings = causal(Normalization::segment);
  Stream stream(settings, kRate);
  auto streamed = stream.push({std::span(samples).first(1700), 1, 1700}).samples;
  stream.reset();
  const auto rest = stream.push({std::span(samples).last(2300), 1, 2300}).samples;
  streamed.insert(streamed.end(), rest.begin(), rest.end());
  EXPECT_EQ(streamed,
            transform(settings, one_lead(samples), kRate, std::vector<std::int64_t>{1700}).samples);
}

TEST(Stream, AnErrorLeavesTheStreamUnchanged) {
  const auto samples = sine(3200, 3, kRate);
  const Settings settings = causal(Normalization::segment);
  Stream stream(settings, kRate);
  stream.push({std::span(samples).first(1000), 1, 1000});
  const std::vector<double> bad{1, NAN};
  EXPECT_INVALID(stream.push(one_lead(bad)), "1 of 2 samples");
  EXPECT_INVALID(stream.push({samples, 2, 1600}), "leads was 1 in the first chunk, got 2");
  EXPECT_EQ(stream.push({std::span(samples).last(2200), 1, 2200}).samples,
            transform(settings, one_lead(samples), kRate, {}).samples);
}

TEST(Stream, RejectsSettingsThatNeedLaterSamples) {
  EXPECT_INVALID(Stream(causal(Normalization::record), kRate), "whole recording");
}

TEST(Stream, ContinuesFromAStateWithTheSameBits) {
  const auto samples = sine(4000, 3.7, 497.45, 2100);
  Settings settings = causal(Normalization::segment);
  settings.settle = true;
  settings.quality = true;
  settings.non_finite = NonFinite::interpolate;
  Stream whole(settings, 497.45), first(settings, 497.45), second(settings, 497.45);
  const auto head = std::span(samples).first(1900), tail = std::span(samples).last(2100);
  whole.push({head, 1, 1900});
  first.push({head, 1, 1900});
  second.restore(first.state());
  const Segments expected = whole.push({tail, 1, 2100}), found = second.push({tail, 1, 2100});
  EXPECT_EQ(found.samples, expected.samples);
  EXPECT_EQ(found.start_seconds, expected.start_seconds);
  EXPECT_TRUE(found.quality == expected.quality);
  EXPECT_GE(found.count(), 1u);
}

TEST(Stream, RefusesNumbersThatAreNoState) {
  const auto samples = sine(1900, 3.7, kRate, 2100);
  Stream stream(causal(Normalization::segment), kRate);
  stream.push(one_lead(samples));
  const std::vector<double> state = stream.state();
  for (const double wrong : {-1.0, 0.5, 1e300, std::numeric_limits<double>::quiet_NaN()}) {
    std::vector<double> numbers = state;
    numbers[1] = wrong;  // the number of samples so far
    EXPECT_INVALID(stream.restore(numbers), "the state is damaged");
  }
  EXPECT_INVALID(stream.restore(std::span(state).first(state.size() - 1)), "the state is damaged");
  EXPECT_INVALID(stream.restore({}), "the state is damaged");
  EXPECT_EQ(stream.state(), state);
}

}  // namespace
}  // namespace dt4ecg::signal
