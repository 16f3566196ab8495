#include "dt4ecg/signal/filter.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "signal/state_archive.hpp"
#include "signal/strip_filter.hpp"

namespace dt4ecg::signal {

Cascade::Cascade(const std::vector<Section>& sections)
    : sections_(sections), states_(sections.size()) {}

void Cascade::settle_once(double level) {
  if (std::exchange(settled_, true)) {
    return;
  }
  for (std::size_t s = 0; s < sections_.size(); ++s) {
    const Section& c = sections_[s];
    const double output = level * (c.b0 + c.b1 + c.b2) / (1 + c.a1 + c.a2);
    const double state2 = c.b2 * level - c.a2 * output;
    states_[s] = {c.b1 * level - c.a1 * output + state2, state2};
    level = output;
  }
}

void Cascade::filter(std::span<double> samples) {
  if (samples.empty()) {
    return;
  }
  settle_once(samples.front());
  for (double& sample : samples) {
    double x = sample;
    for (std::size_t s = 0; s < sections_.size(); ++s) {
      const Section& c = sections_[s];
      auto& [state1, state2] = states_[s];
      const double y = c.b0 * x + state1;
      state1 = (c.b1 * x + state2) - c.a1 * y;
      state2 = c.b2 * x - c.a2 * y;
      x = y;
    }
    sample = x;
  }
}

void Cascade::archive(StateArchive& archive) {
  archive.flag(settled_);
  for (State& state : states_) {
    archive.real(state.state1);
    archive.real(state.state2);
  }
}

namespace {

std::vector<Cascade> cascades_of(std::span<const Row> rows) {
  std::vector<Cascade> cascades;
  for (const Row& row : rows) {
    cascades.emplace_back(*row.sections);
  }
  return cascades;
}

}  // namespace

void filter_causal(std::span<const Row> rows, const ForEach& for_each) {
  std::vector<Cascade> cascades = cascades_of(rows);
  std::vector<Strip> strips;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    strips.push_back({&cascades[i], rows[i].samples.data(), rows[i].samples.size()});
  }
  filter_strips(strips, 1, for_each);
}

namespace {

// The largest number of strips of a row: enough for the vectors of two threads.
constexpr std::size_t kMostStrips = 16;

// The part of the initial state that has no effect in double precision.
constexpr double kForgotten = std::numeric_limits<double>::epsilon() / 16;

// Filters each row in place with its cascade, from its front (step 1) or from its back (step -1).
void filter_rows(std::span<const Row> rows, std::vector<Cascade>& cascades, std::ptrdiff_t step,
                 const ForEach& for_each) {
  std::vector<std::size_t> row_of;
  std::vector<Cascade> own;  // one per strip
  std::vector<Strip> strips;
  // A strip inside a row first filters the samples before it, so that its state is right. These are
  // copies, since the strip before it overwrites the samples.
  std::vector<std::vector<double>> before;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& [sections, samples] = rows[i];
    const double memory = steps_until(*sections, kForgotten);
    const auto parts = static_cast<std::size_t>(std::clamp(
        static_cast<double>(samples.size()) / (4 * memory), 1.0, static_cast<double>(kMostStrips)));
    double* first = step > 0 ? samples.data() : samples.data() + samples.size() - 1;
    for (std::size_t part = 0; part < parts; ++part) {
      const std::size_t count = (part + 1) * samples.size() / parts - part * samples.size() / parts;
      row_of.push_back(i);
      own.push_back(part == 0 ? cascades[i] : Cascade(*sections));
      strips.push_back({nullptr, first, count});
      auto& warm_up = before.emplace_back();
      if (part > 0) {
        for (auto t = -static_cast<std::ptrdiff_t>(memory) - 1; t < 0; ++t) {
          warm_up.push_back(first[t * step]);
        }
      }
      first += step * static_cast<std::ptrdiff_t>(count);
    }
  }
  std::vector<Strip> warming;
  for (std::size_t i = 0; i < strips.size(); ++i) {
    strips[i].cascade = &own[i];
    if (!before[i].empty()) {
      warming.push_back({&own[i], before[i].data(), before[i].size()});
    }
  }
  filter_strips(warming, 1, for_each);
  filter_strips(strips, step, for_each);
  for (std::size_t i = 0; i < strips.size(); ++i) {
    cascades[row_of[i]] = own[i];  // that of the last strip stays
  }
}

}  // namespace

void filter_zero_phase(std::span<const Row> rows, Padding padding, const ForEach& for_each) {
  if (rows.empty() || rows.front().sections->empty()) {
    return;
  }
  std::vector<Cascade> cascades = cascades_of(rows);
  std::vector<std::vector<double>> tails;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Extension extension = extend(rows[i].samples, *rows[i].sections, padding);
    cascades[i].filter(extension.head);
    tails.push_back(std::move(extension.tail));
  }
  filter_rows(rows, cascades, 1, for_each);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    cascades[i].filter(tails[i]);
    std::ranges::reverse(tails[i]);
    cascades[i].reset();
    cascades[i].filter(tails[i]);
  }
  filter_rows(rows, cascades, -1, for_each);
}

}  // namespace dt4ecg::signal
