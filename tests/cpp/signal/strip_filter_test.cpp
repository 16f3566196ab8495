#include "signal/strip_filter.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "dt4ecg/signal/filter.hpp"
#include "helpers.hpp"

namespace dt4ecg::signal {
namespace {

std::vector<double> drifting(std::size_t length, double level) {
  std::vector<double> samples(length);
  for (std::size_t t = 0; t < length; ++t) {
    const auto time = static_cast<double>(t);
    samples[t] =
        level + 0.01 * time + 50 * std::sin(0.05 * time) + 20 * std::sin(1.7 * time * time);
  }
  return samples;
}

TEST(StripFilter, GivesTheBitsOfACascadePerStrip) {
  for (const auto& sections : {design_highpass(500, 0.5, 3), design_notch(500, 50, 30)}) {
    for (const std::ptrdiff_t step : {1, -1}) {
      for (const std::size_t count : {1, 7, 8, 19}) {
        std::vector<std::vector<double>> together, alone;
        for (std::size_t i = 0; i < count; ++i) {
          together.push_back(drifting(300 + 7 * i, static_cast<double>(i)));
        }
        alone = together;
        std::vector<Cascade> cascades(count, Cascade(sections));
        std::vector<Strip> strips;
        for (std::size_t i = 0; i < count; ++i) {
          auto& row = together[i];
          strips.push_back(
              {&cascades[i], step > 0 ? row.data() : row.data() + row.size() - 1, row.size()});
        }
        filter_strips(strips, step, serial_for_each);
        for (std::size_t i = 0; i < count; ++i) {
          Cascade cascade(sections);
          if (step < 0) {
            std::ranges::reverse(alone[i]);
          }
          cascade.filter(alone[i]);
          // The states are equal too.
          std::vector<double> next{1, 2, 3}, wanted = next;
          cascades[i].filter(next);
          cascade.filter(wanted);
          if (step < 0) {
            std::ranges::reverse(alone[i]);
          }
          EXPECT_EQ(together[i], alone[i]) << i;
          EXPECT_EQ(next, wanted) << i;
        }
      }
    }
  }
}

TEST(StripFilter, ARowCutIntoStripsEqualsTheUncutRow) {
  for (const auto& sections : {design_highpass(100, 0.5, 4), design_notch(500, 50, 30)}) {
    const auto whole = drifting(200'000, 2100);
    const std::size_t padding = scipy_padding(sections);
    std::vector<double> wanted(whole.size() + 2 * padding);
    std::ranges::copy(whole, wanted.begin() + static_cast<std::ptrdiff_t>(padding));
    for (std::size_t i = 1; i <= padding; ++i) {
      wanted[padding - i] = 2 * whole.front() - whole[i];
      wanted[padding + whole.size() - 1 + i] = 2 * whole.back() - whole[whole.size() - 1 - i];
    }
    for (int direction = 0; direction < 2; ++direction) {
      Cascade(sections).filter(wanted);
      std::ranges::reverse(wanted);
    }
    auto strips = whole, short_strips = whole;
    short_strips.resize(whole.size() / 3);
    filter_zero_phase({{{&sections, strips}, {&sections, short_strips}}});
    for (std::size_t t = 0; t < whole.size(); ++t) {
      ASSERT_NEAR(strips[t], wanted[t + padding], 1e-9) << t;
    }
  }
}

}  // namespace
}  // namespace dt4ecg::signal
