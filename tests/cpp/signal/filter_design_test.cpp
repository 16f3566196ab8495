#include "dt4ecg/signal/filter_design.hpp"

#include <complex>

#include "helpers.hpp"

namespace dt4ecg::signal {
namespace {

double gain(const std::vector<Section>& sections, double frequency, double sampling_rate) {
  const auto w = std::polar(1.0, -2 * std::numbers::pi * frequency / sampling_rate);
  double product = 1;
  for (const Section& s : sections) {
    product *= std::abs((s.b0 + w * (s.b1 + w * s.b2)) / (1.0 + w * (s.a1 + w * s.a2)));
  }
  return product;
}

TEST(DesignHighpass, FollowsTheButterworthMagnitudeAtEveryOrder) {
  for (const double rate : {100.0, 497.45}) {
    for (int order = 1; order <= 8; ++order) {
      const auto sections = design_highpass(rate, 5, order);
      EXPECT_EQ(sections.size(), static_cast<std::size_t>(order + 1) / 2);
      for (const double f : {0.5, 2.0, 5.0, 20.0, 45.0}) {
        // The bilinear transform maps each frequency through the tangent.
        const double ratio =
            std::tan(std::numbers::pi * 5 / rate) / std::tan(std::numbers::pi * f / rate);
        EXPECT_NEAR(gain(sections, f, rate), 1 / std::sqrt(1 + std::pow(ratio, 2 * order)), 1e-9)
            << order << " " << f;
      }
    }
  }
}

TEST(DesignHighpass, PolesAreStableFarBelowTheRate) {
  for (const Section& s : design_highpass(1000, 0.05, kMaximumOrder)) {
    EXPECT_LT(s.a2, 1);
    EXPECT_LT(std::abs(s.a1), 1 + s.a2);
  }
}

TEST(DesignHighpass, RejectsImpossibleSettings) {
  EXPECT_INVALID(design_highpass(100, 50, 4), "needs a sampling rate above 100 Hz, got 100 Hz");
  EXPECT_INVALID(design_highpass(100, 0, 4), "positive number of Hz, got 0");
  EXPECT_INVALID(design_highpass(0, 1, 4), "sampling_rate must be a positive");
  EXPECT_INVALID(design_highpass(NAN, 1, 4), "sampling_rate must be a positive");
  EXPECT_INVALID(design_highpass(100, 1, 0), "1 to 20, got 0");
  EXPECT_INVALID(design_highpass(100, 1, 21), "1 to 20, got 21");
}

TEST(DesignNotch, RemovesTheLineAndLeavesTheEcg) {
  const auto sections = design_notch(500, 50, 30);
  EXPECT_LT(gain(sections, 50, 500), 1e-12);
  EXPECT_NEAR(gain(sections, 50 + 50 / 60.0, 500), std::sqrt(0.5), 0.01);
  for (const double f : {0.0, 1.0, 10.0, 40.0}) {
    EXPECT_NEAR(gain(sections, f, 500), 1, 0.005) << f;
  }
}

TEST(DesignNotch, NamesTheRemediesIfTheRateIsTooLow) {
  EXPECT_INVALID(design_notch(100, 60, 30),
                 "notch: 60 Hz needs a sampling rate above 120 Hz, got 100 Hz; filter at the "
                 "recorder's rate, pass notch=None, or notch=40 for the alias");
  EXPECT_INVALID(design_notch(120, 60, 30),
                 "got 120 Hz; filter at the recorder's rate, or pass notch=None");
  EXPECT_INVALID(design_notch(500, 50, 0.1), "quality must be above 0.2");
  EXPECT_INVALID(design_notch(500, -50, 30), "positive number of Hz, got -50");
}

}  // namespace
}  // namespace dt4ecg::signal
