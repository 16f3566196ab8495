#include "simulate/waveform.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace dt4ecg::simulate {
namespace {

constexpr double kRate = 1000;
constexpr double kSeconds = 120;

struct Lead {
  std::vector<double> beats, samples;

  double at(double time) const {
    return samples[static_cast<std::size_t>(std::lround(time * kRate))];
  }

  // The time in s at which the mean beat is highest, between two times after R.
  double peak(double from, double to) const {
    double best = -1e9, time_of_best = 0;
    for (double offset = from; offset < to; offset += 1 / kRate) {
      double sum = 0;
      for (const double beat : beats) {
        if (beat > 60 && beat < kSeconds - 2) {
          sum += at(beat + offset);  // QT has settled by then
        }
      }
      if (sum > best) {
        best = sum, time_of_best = offset;
      }
    }
    return time_of_best;
  }
};

// A heart with a constant RR interval, without breathing and exertion.
Lead regular(std::uint64_t subject, double rr) {
  const Person person = draw_person(0, subject);
  Random random(0, subject, 1);
  const Condition condition = draw_condition(person, Activity::kRest, random);
  Lead lead;
  for (double time = -2; time < kSeconds + 2; time += rr) {
    lead.beats.push_back(time);
  }
  lead.samples = waveform(person, condition, lead.beats, Trace(kSeconds),
                          static_cast<std::size_t>(kSeconds * kRate), kRate, random);
  return lead;
}

TEST(Waveform, PeaksAtTheRTimes) {
  for (std::uint64_t subject = 0; subject < 30; ++subject) {
    const Lead lead = regular(subject, 0.8137);
    for (const double beat : lead.beats) {
      if (beat < 0.1 || beat > kSeconds - 0.1) {
        continue;
      }
      const auto centre = lead.samples.begin() + std::lround(beat * kRate);
      const auto top = std::max_element(centre - 60, centre + 61);
      EXPECT_LE(std::abs(top - centre), 1) << "subject " << subject << " at " << beat << " s";
    }
  }
}

// Fridericia: QT at an RR of 0.6 s is QT at 1 s times the cube root of 0.6.
TEST(Waveform, QtShortensWithRate) {
  for (std::uint64_t subject = 0; subject < 10; ++subject) {
    const double slow = regular(subject, 1).peak(0.15, 0.45);
    const double fast = regular(subject, 0.6).peak(0.12, 0.4);
    EXPECT_NEAR(fast / slow, std::cbrt(0.6), 0.02);
    EXPECT_NEAR(slow, draw_person(0, subject).waves[kT].offset, 0.004);
  }
}

TEST(Waveform, AirInTheChestChangesTheHeightOfR) {
  const Person person = draw_person(0, 0);
  Random random(0, 0, 1);
  const Condition condition = draw_condition(person, Activity::kRest, random);
  Trace full(4);
  std::fill(full.values.begin(), full.values.end(), 2.0);
  const auto top = [&](const Trace& lung_volume) {
    Random same(0, 0, 2);
    const auto lead = waveform(person, condition, {-1, 0, 1, 2, 3}, lung_volume, 4000, kRate, same);
    return *std::max_element(lead.begin(), lead.end());
  };
  EXPECT_GT(std::abs(top(Trace(4)) / top(full) - 1), 0.03);
}

}  // namespace
}  // namespace dt4ecg::simulate
