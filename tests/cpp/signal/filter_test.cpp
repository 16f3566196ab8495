#include "dt4ecg/signal/filter.hpp"

#include <algorithm>

#include "helpers.hpp"

namespace dt4ecg::signal {
namespace {

TEST(Cascade, AnOffsetCausesNoTransient) {
  std::vector<double> samples(500, 2100.0);
  Cascade(design_highpass(500, 0.5, 4)).filter(samples);
  EXPECT_EQ(samples, std::vector<double>(500, 0.0));
}

TEST(Cascade, ChunksGiveTheBitsOfOneCall) {
  const auto sections = design_highpass(500, 0.5, 5);
  std::vector<double> whole = sine(1000, 7.3, 500, 2100), chunked = whole;
  Cascade(sections).filter(whole);
  Cascade cascade(sections);
  for (std::size_t begin = 0, size = 0; begin < chunked.size();
       begin += size, size = size % 7 + 1) {
    cascade.filter(std::span(chunked).subspan(begin, std::min(size, chunked.size() - begin)));
  }
  EXPECT_EQ(whole, chunked);
}

TEST(Cascade, ResetStartsANewSignal) {
  Cascade cascade(design_notch(500, 50, 30));
  std::vector<double> first = sine(100, 3, 500, 5), second = first;
  cascade.filter(first);
  cascade.reset();
  cascade.filter(second);
  EXPECT_EQ(first, second);
}

void zero_phase(const std::vector<Section>& sections, std::vector<double>& samples) {
  filter_zero_phase({{{&sections, samples}}});
}

TEST(ZeroPhase, PassesTheBandWithoutDelayAndStopsTheLine) {
  const auto pure = sine(5000, 10, 500);
  auto samples = pure;
  const auto line = sine(5000, 50, 500);
  for (std::size_t t = 0; t < samples.size(); ++t) {
    samples[t] += line[t];
  }
  zero_phase(design_highpass(500, 0.5, 4), samples);
  zero_phase(design_notch(500, 50, 30), samples);
  for (std::size_t t = 2000; t < 3000; ++t) {
    EXPECT_NEAR(samples[t], pure[t], 5e-3) << t;
  }
}

TEST(ZeroPhase, RejectsASignalNoLongerThanItsPadding) {
  std::vector<double> samples(15, 1.0);
  EXPECT_INVALID(zero_phase(design_highpass(500, 0.5, 4), samples), "more than 15 samples, got 15");
  samples.push_back(1.0);
  zero_phase(design_highpass(500, 0.5, 4), samples);
  EXPECT_EQ(samples, std::vector<double>(16, 0.0));
}

}  // namespace
}  // namespace dt4ecg::signal
