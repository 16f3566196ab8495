#include "signal/strip_filter.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "dt4ecg/signal/filter.hpp"
#include "signal/clones.hpp"

namespace dt4ecg::signal {
namespace {

constexpr std::size_t kLanes = 8;    // two vectors: one computes while the other waits for its sums
constexpr std::size_t kBlock = 128;  // steps: 8 kB of samples, which fit in the L1 cache

using Lanes = std::array<double, kLanes>;
using Block = std::array<Lanes, kBlock>;  // one sample of each lane per step

// One section of every lane's cascade, and its state.
struct LaneSections {
  Lanes b0, b1, b2, a1, a2, state1, state2;
};

DT4ECG_CLONES void run_section(LaneSections& lanes, std::size_t steps, Block& block) {
  const auto at = [](auto& of_lanes) { return reinterpret_cast<UnalignedFour*>(&of_lanes); };
  const UnalignedFour *b0 = at(lanes.b0), *b1 = at(lanes.b1), *b2 = at(lanes.b2);
  const UnalignedFour *a1 = at(lanes.a1), *a2 = at(lanes.a2);
  UnalignedFour *const state1 = at(lanes.state1), *const state2 = at(lanes.state2);
  UnalignedFour* samples = at(block);
  Four low1 = state1[0], low2 = state2[0], high1 = state1[1], high2 = state2[1];
  for (std::size_t t = 0; t < steps; ++t, samples += 2) {
    const Four low = samples[0], high = samples[1];
    const Four low_out = b0[0] * low + low1, high_out = b0[1] * high + high1;
    low1 = (b1[0] * low + low2) - a1[0] * low_out;
    high1 = (b1[1] * high + high2) - a1[1] * high_out;
    low2 = b2[0] * low - a2[0] * low_out;
    high2 = b2[1] * high - a2[1] * high_out;
    samples[0] = low_out;
    samples[1] = high_out;
  }
  state1[0] = low1;
  state1[1] = high1;
  state2[0] = low2;
  state2[1] = high2;
}

// The address at which the block of each lane begins.
using Places = std::array<double*, kLanes>;

DT4ECG_CLONES void gather(const Places& lanes, std::ptrdiff_t step, std::size_t steps,
                          Block& block) {
  const auto [a, b, c, d, e, f, g, h] = lanes;
  std::ptrdiff_t i = 0;
  for (std::size_t t = 0; t < steps; ++t, i += step) {
    auto* const to = reinterpret_cast<UnalignedFour*>(&block[t]);
    to[0] = Four{a[i], b[i], c[i], d[i]};
    to[1] = Four{e[i], f[i], g[i], h[i]};
  }
}

DT4ECG_CLONES void scatter(const Block& block, std::ptrdiff_t step, std::size_t steps,
                           const Places& lanes) {
  const auto [a, b, c, d, e, f, g, h] = lanes;
  std::ptrdiff_t i = 0;
  for (std::size_t t = 0; t < steps; ++t, i += step) {
    const Lanes& from = block[t];
    a[i] = from[0];
    b[i] = from[1];
    c[i] = from[2];
    d[i] = from[3];
    e[i] = from[4];
    f[i] = from[5];
    g[i] = from[6];
    h[i] = from[7];
  }
}

void filter_group(std::span<const Strip> strips, std::ptrdiff_t step) {
  const std::size_t together = std::ranges::min(strips, {}, &Strip::count).count;
  if (together > 0) {
    std::vector<LaneSections> sections(strips.front().cascade->sections().size());
    for (std::size_t lane = 0; lane < strips.size(); ++lane) {
      Cascade& cascade = *strips[lane].cascade;
      cascade.settle_once(*strips[lane].first);
      for (std::size_t s = 0; s < sections.size(); ++s) {
        const Section& c = cascade.sections()[s];
        sections[s].b0[lane] = c.b0;
        sections[s].b1[lane] = c.b1;
        sections[s].b2[lane] = c.b2;
        sections[s].a1[lane] = c.a1;
        sections[s].a2[lane] = c.a2;
        sections[s].state1[lane] = cascade.states()[s].state1;
        sections[s].state2[lane] = cascade.states()[s].state2;
      }
    }
    Block block;
    std::array<double, 2 * kBlock> idle{};  // for lanes without a strip, forward or backward
    for (std::size_t begin = 0; begin < together; begin += kBlock) {
      const std::size_t steps = std::min(kBlock, together - begin);
      Places places;
      places.fill(idle.data() + kBlock);
      for (std::size_t lane = 0; lane < strips.size(); ++lane) {
        places[lane] = strips[lane].first + step * static_cast<std::ptrdiff_t>(begin);
      }
      gather(places, step, steps, block);
      for (LaneSections& section : sections) {
        run_section(section, steps, block);
      }
      scatter(block, step, steps, places);
    }
    for (std::size_t lane = 0; lane < strips.size(); ++lane) {
      const auto to = strips[lane].cascade->states();
      for (std::size_t s = 0; s < sections.size(); ++s) {
        to[s] = {sections[s].state1[lane], sections[s].state2[lane]};
      }
    }
  }
  // The rest of the longer strips.
  for (const Strip& strip : strips) {
    double* sample = strip.first + step * static_cast<std::ptrdiff_t>(together);
    for (std::size_t t = together; t < strip.count; ++t, sample += step) {
      strip.cascade->filter({sample, 1});
    }
  }
}

}  // namespace

void serial_for_each(std::size_t count, const std::function<void(std::size_t)>& work) {
  for (std::size_t i = 0; i < count; ++i) {
    work(i);
  }
}

void filter_strips(std::span<const Strip> strips, std::ptrdiff_t step, const ForEach& for_each) {
  for_each((strips.size() + kLanes - 1) / kLanes, [&](std::size_t group) {
    const std::size_t begin = group * kLanes;
    filter_group(strips.subspan(begin, std::min(kLanes, strips.size() - begin)), step);
  });
}

}  // namespace dt4ecg::signal
