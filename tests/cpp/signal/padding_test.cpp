#include "dt4ecg/signal/padding.hpp"

#include <algorithm>

#include "dt4ecg/signal/filter.hpp"
#include "helpers.hpp"

namespace dt4ecg::signal {
namespace {

TEST(Padding, HasSciPysLengths) {
  EXPECT_EQ(scipy_padding(design_highpass(500, 0.5, 4)), 15u);
  EXPECT_EQ(scipy_padding(design_highpass(500, 0.5, 5)), 18u);
  EXPECT_EQ(scipy_padding(design_notch(500, 50, 30)), 9u);
  EXPECT_EQ(scipy_padding({}), 0u);
}

TEST(Padding, ATransientOfTheNotchFallsToOnePercent) {
  // A notch of width 2 Hz has poles of radius exp(-2 pi) per second: ln(100) / (2 pi) s = 0.733 s.
  EXPECT_NEAR(static_cast<double>(settling_samples(design_notch(10000, 60, 30))), 7330, 3);
  EXPECT_EQ(settling_samples({}), 0u);
}

TEST(Padding, SciPysIsOdd) {
  const auto notch = design_notch(500, 50, 30);
  std::vector<double> samples(10);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] = static_cast<double>(i * i);
  }
  const Extension extension = extend(samples, notch, Padding::scipy);
  EXPECT_EQ(extension.head, (std::vector<double>{-81, -64, -49, -36, -25, -16, -9, -4, -1}));
  EXPECT_EQ(extension.tail, (std::vector<double>{98, 113, 126, 137, 146, 153, 158, 161, 162}));
  samples.pop_back();
  EXPECT_INVALID(extend(samples, notch, Padding::scipy), "more than 9 samples, got 9");
}

TEST(Padding, UntilSettledIsAMirrorImage) {
  const auto highpass = design_highpass(500, 0.5, 4);
  const std::vector<double> samples{1, 2, 4, 8};
  const Extension extension = extend(samples, highpass, Padding::settling);
  EXPECT_EQ(extension.head, (std::vector<double>{8, 4, 2}));
  EXPECT_EQ(extension.tail, (std::vector<double>{4, 2, 1}));
  EXPECT_TRUE(extend({}, highpass, Padding::settling).head.empty());
  EXPECT_TRUE(extend(std::vector<double>{5}, highpass, Padding::settling).tail.empty());
}

TEST(Padding, HumGoesOnWithoutAJumpOfPhase) {
  const std::size_t length = 2000;
  const auto sections = design_notch(500, 50, 30);
  const std::size_t count = settling_samples(sections);
  const auto whole = sine(length + 2 * count, 50, 500, 3);  // 3 is also right: it is even
  const Extension extension =
      extend(std::span(whole).subspan(count, length), sections, Padding::settling);
  ASSERT_EQ(extension.head.size(), count);
  for (std::size_t i = 0; i < count; ++i) {
    ASSERT_NEAR(extension.head[i], whole[i], 1e-8) << i;
    ASSERT_NEAR(extension.tail[i], whole[count + length + i], 1e-8) << i;
  }
}

TEST(Padding, HumIsRemovedAtTheEnds) {
  // Of 1 mV of hum, SciPy's padding leaves more than 0.3 mV at the ends; this leaves 1 %.
  for (const double phase : {0.0, 7.0, 13.0}) {  // samples cut off, of 10 per period
    auto hum = sine(5000, 50.0, 500);
    hum.erase(hum.begin(), hum.begin() + static_cast<std::ptrdiff_t>(phase));
    const auto sections = design_notch(500, 50, 30);
    auto scipy = hum;
    filter_zero_phase({{{&sections, scipy}}});
    filter_zero_phase({{{&sections, hum}}}, Padding::settling);
    const auto largest = [](const std::vector<double>& samples) {
      return std::abs(std::ranges::max(samples, {}, [](double s) { return std::abs(s); }));
    };
    EXPECT_LT(largest(hum), 0.01) << phase;
    if (phase > 0) {
      EXPECT_GT(largest(scipy), 0.3) << phase;
    }
  }
}

TEST(Padding, ShortSignalsAndFrequenciesNearTheLimitAreFiltered) {
  for (const double rate : {120.001, 500.0}) {
    const auto sections = design_notch(rate, 60, 30);
    for (const std::size_t length : {1, 2, 3, 5, 20}) {
      std::vector<double> samples(length, 2.0);
      filter_zero_phase({{{&sections, samples}}}, Padding::settling);
      for (const double sample : samples) {
        EXPECT_NEAR(sample, 2, 1e-6) << rate << " Hz, " << length;
      }
    }
  }
}

}  // namespace
}  // namespace dt4ecg::signal
