#include "dt4ecg/signal/resample.hpp"

#include <algorithm>
#include <numeric>

#include "helpers.hpp"

namespace dt4ecg::signal {
namespace {

TEST(FindRatio, IsExactForUsualRates) {
  const auto expect = [](double from, double to, std::int64_t up, std::int64_t down) {
    const Ratio ratio = find_ratio(from, to);
    EXPECT_EQ(ratio.up, up) << from << " " << to;
    EXPECT_EQ(ratio.down, down) << from << " " << to;
  };
  expect(500, 100, 1, 5);
  expect(360, 100, 5, 18);
  expect(497.45, 100, 2000, 9949);
  expect(100, 497.45, 9949, 2000);
  expect(250, 250, 1, 1);
  expect(3, 1.0 / 3, 1, 9);
  expect(100, 250, 5, 2);
  expect(kMaximumTerm, 1, 1, kMaximumTerm);
  expect(496.0644, 100, 559, 2773);  // 1.4e-9 off: the exact terms exceed the limit
}

TEST(FindRatio, IsInLowestTermsAndWithinTheTolerance) {
  for (double rate = 495.9; rate < 499.2; rate += 0.01) {
    const auto [up, down] = find_ratio(rate, 100);
    EXPECT_EQ(std::gcd(up, down), 1);
    EXPECT_NEAR(static_cast<double>(up) / static_cast<double>(down) * rate / 100, 1, 1.001e-7);
  }
}

TEST(FindRatio, NamesANearbyRateIfTheTermsAreTooLarge) {
  EXPECT_INVALID(find_ratio(499.9991, 100), "give the sampling rate as 500 Hz, which makes it 1/5");
  EXPECT_INVALID(find_ratio(1e-300, 1e300), "beyond a factor of 200000");
  EXPECT_INVALID(find_ratio(1e300, 1e-300), "beyond a factor of 200000");
  EXPECT_INVALID(find_ratio(500, -1), "must be a positive number of Hz, got -1");
}

TEST(Resample, KeepsOffsetAndBandAndRemovesAliases) {
  const FilterBank bank({1, 5});
  for (const double y : resample(bank, std::vector<double>(1001, 3.0))) {
    EXPECT_NEAR(y, 3.0, 1e-12);
  }
  const Samples band = resample(bank, sine(5000, 10, 500));
  const std::vector<double> wanted = sine(1000, 10, 100);
  const auto alias = resample(bank, sine(5000, 60, 500));
  ASSERT_EQ(band.size(), 1000u);
  for (std::size_t t = 50; t < 950; ++t) {
    EXPECT_NEAR(band[t], wanted[t], 2e-3) << t;
    EXPECT_NEAR(alias[t], 0, 2e-3) << t;
  }
}

TEST(Resample, HasThePredictedLength) {
  for (const Ratio ratio : {Ratio{1, 5}, Ratio{5, 2}, Ratio{7, 3}, Ratio{20, 99}}) {
    const auto bank = std::make_shared<FilterBank>(ratio);
    for (std::size_t length = 0; length < 130; ++length) {
      const std::vector<double> samples(length, 1.0);
      EXPECT_EQ(resample(*bank, samples).size(), resampled_length(*bank, length));
      Samples causal;
      Resampler(bank).push(samples, causal);
      EXPECT_EQ(causal.size(), causal_resampled_length(*bank, length));
    }
  }
}

TEST(Resampler, AgreesWithTheWholeSignalAwayFromItsEnds) {
  const auto bank = std::make_shared<FilterBank>(Ratio{20, 99});
  const auto samples = sine(3000, 5, 495, 2);
  const auto whole = resample(*bank, samples);
  Samples causal;
  Resampler(bank).push(samples, causal);
  ASSERT_GT(causal.size(), whole.size() - 12);
  for (std::size_t t = 20; t + 20 < causal.size(); ++t) {
    EXPECT_EQ(causal[t], whole[t]) << t;
  }
}

TEST(Resampler, ChunksGiveTheBitsOfOneCall) {
  for (const Ratio ratio : {Ratio{1, 40}, Ratio{5, 2}, Ratio{20, 99}}) {
    const auto bank = std::make_shared<FilterBank>(ratio);
    const auto samples = sine(1500, 5, 495, 2);
    Samples whole, chunked;
    Resampler(bank).push(samples, whole);
    for (const std::size_t size : {1, 3, 64}) {
      chunked.clear();
      Resampler resampler(bank);
      for (std::size_t begin = 0; begin < samples.size(); begin += size) {
        resampler.push(std::span(samples).subspan(begin, std::min(size, samples.size() - begin)),
                       chunked);
      }
      EXPECT_EQ(whole, chunked) << ratio.up << "/" << ratio.down << " by " << size;
      resampler.reset();
      Samples again;
      resampler.push(samples, again);
      EXPECT_EQ(whole, again);
    }
  }
}

}  // namespace
}  // namespace dt4ecg::signal
