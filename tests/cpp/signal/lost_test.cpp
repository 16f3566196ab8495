#include "dt4ecg/signal/lost.hpp"

#include <algorithm>

#include "helpers.hpp"

namespace dt4ecg::signal {

bool operator==(const LostValue& a, const LostValue& b) {
  return a.lead == b.lead && a.value == b.value && a.count == b.count;
}

namespace {

using Found = std::vector<LostValue>;

std::vector<std::size_t> lost_indexes(const std::vector<double>& samples) {
  std::vector<std::size_t> indexes;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (is_non_finite(samples[i])) {
      indexes.push_back(i);
    }
  }
  return indexes;
}

TEST(NonFinite, CountsHugeSamples) {
  for (const double sample : std::vector<double>{NAN, INFINITY, -INFINITY, 1.01e30, -1.7e308}) {
    EXPECT_TRUE(is_non_finite(sample)) << sample;
  }
  for (const double sample : {0.0, 1e30, -1e30, 5e-324}) {
    EXPECT_FALSE(is_non_finite(sample)) << sample;
  }
}

TEST(LostCodes, AreFoundWhereTheSignalJumpsToThem) {
  std::vector<double> samples{-32768, 71, 117, -32768, -32768, 51, 8388607, 60, 2147483647};
  Found found;
  LostCodes().remove(3, samples, found);
  EXPECT_EQ(lost_indexes(samples), (std::vector<std::size_t>{0, 3, 4, 6, 8}));
  EXPECT_EQ(found, (Found{{3, -32768, 3}, {3, 8388607, 1}, {3, 2147483647, 1}}));
}

TEST(LostCodes, ASignalThatPassesThroughTheValueOrSaturatesIsKept) {
  for (const std::vector<double>& signal : {std::vector<double>{16500, 32766, 32767, 32768, 33000},
                                            {30000, 32767, 32767, 32767},
                                            {-20000, -32768, -20000},
                                            {-32767, 32766.5}}) {
    auto samples = signal;
    Found found;
    LostCodes().remove(0, samples, found);
    EXPECT_EQ(samples, signal);
    EXPECT_TRUE(found.empty());
  }
}

TEST(LostCodes, DecimalCodesLieBeyondTheSignal) {
  std::vector<double> samples{-9999, 0.1, -0.3, 1.2, 999, 999, 0.2, -99999, 9999, 0.4, 998, 999};
  Found found;
  LostCodes().remove(0, samples, found);
  EXPECT_EQ(lost_indexes(samples), (std::vector<std::size_t>{0, 4, 5, 7, 8}));
  EXPECT_EQ(found, (Found{{0, -9999, 1}, {0, 999, 2}, {0, -99999, 1}, {0, 9999, 1}}));
}

TEST(LostCodes, CountsMayPassThroughADecimalCode) {
  for (const std::vector<double>& signal : {std::vector<double>{-400, 700, 100, -999, 100},
                                            {100, 1200, 300, 999, 300},
                                            {10, 8, 13, 999, 12},  // an R peak
                                            {2000, 2100, 1050, 999, 998},
                                            {12000, 11000, 9999, 9999, 9900}}) {
    auto samples = signal;
    Found found;
    LostCodes().remove(0, samples, found);
    EXPECT_EQ(samples, signal);
  }
  std::vector<double> samples{-400, 1500, 100, -9999, 100};
  Found found;
  LostCodes().remove(0, samples, found);
  EXPECT_EQ(found, (Found{{0, -9999, 1}}));
}

TEST(LostCodes, ChunksGiveTheSameAsOneCall) {
  const std::vector<double> signal{20000, NAN,   32767, 100,    32767,
                                   32767, 32766, 32767, -99999, 9999};
  auto whole = signal;
  Found at_once, in_chunks;
  LostCodes().remove(0, whole, at_once);
  EXPECT_EQ(lost_indexes(whole), (std::vector<std::size_t>{1, 4, 5, 8}));
  LostCodes codes;
  auto chunked = signal;
  for (double& sample : chunked) {
    codes.remove(0, {&sample, 1}, in_chunks);
  }
  EXPECT_EQ(lost_indexes(chunked), lost_indexes(whole));
  EXPECT_EQ(at_once, in_chunks);
}

TEST(Outliers, AreBeyondTwentyRangesOfTheQuantiles) {
  // Of 0, 1, ..., 100 the quantiles are 1, 50 and 99: 50 -+ 20 * 98.
  std::vector<double> samples(101);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] = static_cast<double>(i);
  }
  const Limits limits = outlier_limits(samples).value();
  EXPECT_EQ(limits.low, -1910);
  EXPECT_EQ(limits.high, 2010);
  samples[3] = 2010;
  samples[4] = 2011;
  samples[5] = -9999;
  samples[6] = NAN;
  Found found;
  remove_outliers(1, samples, limits, found);
  EXPECT_EQ(lost_indexes(samples), (std::vector<std::size_t>{4, 5, 6}));
  EXPECT_EQ(found, (Found{{1, -9999, 2}}));
}

TEST(Outliers, AConstantOrEmptyLeadHasNone) {
  std::vector<double> samples(1000, 7.0);
  samples[500] = 1e6;
  EXPECT_FALSE(outlier_limits(samples));
  EXPECT_FALSE(outlier_limits({}));
  EXPECT_FALSE(outlier_limits(std::vector<double>{NAN, INFINITY}));
}

TEST(Outliers, AFrequentCodeIsNoQuantile) {
  for (const std::size_t part : {2, 10, 100, 900}) {  // of 1000 samples
    auto samples = sine(1000, 1.37, 500);
    const Limits expected = outlier_limits(samples).value();
    for (std::size_t i = 0; i < part; ++i) {
      samples[7 * i % 1000] = i % 2 == 0 ? -777 : 555;
    }
    const Limits limits = outlier_limits(samples).value();
    EXPECT_NEAR(limits.low, expected.low, 3) << part;
    EXPECT_NEAR(limits.high, expected.high, 3) << part;
  }
}

TEST(Outliers, FrequentValuesNearTheOthersAreMeasured) {
  auto samples = sine(1000, 1.37, 500);
  std::fill(samples.begin(), samples.begin() + 500, 30.0);  // a lead that fell off
  EXPECT_GT(outlier_limits(samples).value().high, 100);
  std::vector<double> levels(1000);
  for (std::size_t i = 0; i < levels.size(); ++i) {
    levels[i] = static_cast<double>(i % 3) * 100;
  }
  EXPECT_GT(outlier_limits(levels).value().high, 1000);
}

TEST(Outliers, ALongSignalIsJudgedByAPartOfItsSamples) {
  auto samples = sine(1'000'000, 1.37, 500);
  samples[123'457] = 1000;
  const Limits limits = outlier_limits(samples).value();
  EXPECT_NEAR(limits.high, 40, 0.1);  // 20 times from -1 to 1
  Found found;
  remove_outliers(0, samples, limits, found);
  EXPECT_EQ(found, (Found{{0, 1000, 1}}));
}

}  // namespace
}  // namespace dt4ecg::signal
