#include "dt4ecg/signal/repair.hpp"

#include <algorithm>

#include "helpers.hpp"

namespace dt4ecg::signal {
namespace {

constexpr double kRate = 100;

// Two leads of 20 samples: 0, 1, 2, ... and 100, 101, ...
std::vector<double> two_ramps() {
  std::vector<double> samples(40);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] = static_cast<double>(i < 20 ? i : 80 + i);
  }
  return samples;
}

Repaired repaired(const Settings& settings, const std::vector<double>& samples,
                  const std::vector<std::int64_t>& gaps = {}) {
  return repair(settings, {{samples, 2, samples.size() / 2}, kRate, gaps});
}

std::vector<std::pair<std::size_t, std::size_t>> bounds(const std::vector<Piece>& pieces) {
  std::vector<std::pair<std::size_t, std::size_t>> result;
  for (const auto& [begin, end] : pieces) {
    result.emplace_back(begin, end);
  }
  return result;
}

using Bounds = std::vector<std::pair<std::size_t, std::size_t>>;

TEST(Repair, ShortHolesAreBridgedAndLongOnesBecomeGaps) {
  auto samples = two_ramps();
  std::fill_n(samples.begin() + 2, 3, NAN);   // lead 0, 0.03 s
  std::fill_n(samples.begin() + 30, 4, NAN);  // lead 1, 0.04 s
  const Repaired found = repaired({.max_interpolate_seconds = 0.03}, samples);
  EXPECT_EQ(bounds(found.pieces), (Bounds{{0, 10}, {14, 20}}));
  EXPECT_EQ(found.repairs.bridged_samples(), 3u);
  EXPECT_EQ(found.repairs.gaps, 1u);
  for (std::size_t i = 0; i < 20; ++i) {
    EXPECT_NEAR(found.leads.lead(0)[i], two_ramps()[i], 1e-12);
  }
}

TEST(Repair, HolesAtTheEndsOfAPieceAreCutOff) {
  auto samples = two_ramps();
  samples[0] = samples[9] = samples[10] = samples[39] = NAN;
  const Repaired found = repaired({}, samples, {10});
  EXPECT_EQ(bounds(found.pieces), (Bounds{{1, 9}, {11, 19}}));
  EXPECT_EQ(found.repairs.gaps, 4u);
  EXPECT_EQ(found.repairs.bridged_samples(), 0u);
}

TEST(Repair, CodesAreLostSamples) {
  auto samples = two_ramps();
  samples[25] = -32768;
  const Repaired found = repaired({}, samples);
  EXPECT_EQ(bounds(found.pieces), (Bounds{{0, 20}}));
  EXPECT_NEAR(found.leads.lead(1)[5], 105, 1e-12);
  ASSERT_EQ(found.repairs.lost.size(), 1u);
  EXPECT_EQ(found.repairs.lost[0].lead, 1u);
  EXPECT_INVALID(repaired({.non_finite = NonFinite::raise}, samples), "codes for lost samples");
  EXPECT_TRUE(repaired({.non_finite = NonFinite::raise, .find_lost = false}, samples).copy.empty());
}

TEST(Repair, GoodSamplesAreNotCopied) {
  const auto samples = two_ramps();
  const Repaired found = repaired({}, samples);
  EXPECT_EQ(found.leads.samples.data(), samples.data());
  EXPECT_TRUE(found.copy.empty());
}

TEST(Repair, ALeadWithoutASampleIsAnError) {
  auto samples = two_ramps();
  std::fill_n(samples.begin() + 20, 20, 1e300);
  EXPECT_INVALID(repaired({}, samples), "lead 1 has no finite sample; leave the lead out");
  EXPECT_INVALID(repaired({.max_interpolate_seconds = NAN}, samples), "0 to 3600 s, got nan");
}

TEST(Bridge, GivesWhatRepairGivesForAnyChunks) {
  auto samples = two_ramps();
  for (const std::size_t lost : {0, 3, 4, 9, 10, 11, 12, 24, 25, 26, 32, 39}) {
    samples[lost] = NAN;
  }
  const Settings settings{.max_interpolate_seconds = 0.03};
  const Repaired whole = repaired(settings, samples);
  for (std::size_t size = 1; size <= 20; ++size) {
    Bridge bridge(longest_hole(settings, kRate));
    std::vector<std::vector<double>> settled(2);
    std::vector<Hole> bridged;
    for (std::size_t begin = 0; begin < 20; begin += size) {
      const std::size_t count = std::min(size, 20 - begin);
      std::vector<double> chunk(samples.begin() + static_cast<std::ptrdiff_t>(begin),
                                samples.begin() + static_cast<std::ptrdiff_t>(begin + count));
      chunk.insert(chunk.end(), samples.begin() + static_cast<std::ptrdiff_t>(20 + begin),
                   samples.begin() + static_cast<std::ptrdiff_t>(20 + begin + count));
      const Samples ready = bridge.push({chunk, 2, count}, settled[0].size(), bridged);
      for (std::size_t lead = 0; lead < 2; ++lead) {
        const auto half = ready.begin() + static_cast<std::ptrdiff_t>(ready.size() / 2);
        settled[lead].insert(settled[lead].end(), lead == 0 ? ready.begin() : half,
                             lead == 0 ? half : ready.end());
      }
    }
    EXPECT_EQ(settled[0].size(), 19u);  // the last sample of lead 1 is lost
    EXPECT_EQ(bridge.reset(), 1u);
    for (std::size_t lead = 0; lead < 2; ++lead) {
      for (std::size_t i = 0; i < settled[lead].size(); ++i) {
        const double wanted = whole.leads.lead(lead)[i];
        EXPECT_TRUE(settled[lead][i] == wanted ||
                    (std::isnan(wanted) && std::isnan(settled[lead][i])))
            << size << i;
      }
    }
    EXPECT_EQ(bridged.size(), whole.repairs.bridged.size()) << size;
  }
}

TEST(Bridge, HoldsAnOpenHoleBackUntilItIsTooLong) {
  Bridge bridge(2);
  std::vector<Hole> bridged;
  const std::vector<double> start{1, 2, NAN}, more{NAN}, again{NAN, 7};
  EXPECT_EQ(bridge.push({start, 1, 3}, 0, bridged), (Samples{1, 2}));
  EXPECT_TRUE(bridge.push({more, 1, 1}, 2, bridged).empty());
  const Samples rest = bridge.push({again, 1, 2}, 2, bridged);
  ASSERT_EQ(rest.size(), 4u);
  EXPECT_TRUE(std::isnan(rest[0]) && std::isnan(rest[1]) && std::isnan(rest[2]));
  EXPECT_EQ(rest[3], 7);
  EXPECT_TRUE(bridged.empty());
}

}  // namespace
}  // namespace dt4ecg::signal
