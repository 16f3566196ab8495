#include "dt4ecg/signal/filter.hpp"

#include <algorithm>

#include "dt4ecg/signal/refuse.hpp"

namespace dt4ecg::signal {

Cascade::Cascade(const std::vector<Section>& sections) {
  for (const Section& section : sections) stages_.push_back({section, 0, 0});
}

void Cascade::settle(double level) {
  for (auto& [c, state1, state2] : stages_) {
    const double output = level * (c.b0 + c.b1 + c.b2) / (1 + c.a1 + c.a2);
    state2 = c.b2 * level - c.a2 * output;
    state1 = c.b1 * level - c.a1 * output + state2;
    level = output;
  }
  settled_ = true;
}

void Cascade::filter(std::span<double> samples) {
  if (samples.empty()) return;
  if (!settled_) settle(samples.front());
  for (double& sample : samples) {
    double x = sample;
    for (auto& [c, state1, state2] : stages_) {
      const double y = c.b0 * x + state1;
      state1 = (c.b1 * x + state2) - c.a1 * y;
      state2 = c.b2 * x - c.a2 * y;
      x = y;
    }
    sample = x;
  }
}

std::size_t zero_phase_padding(const std::vector<Section>& sections) {
  if (sections.empty()) return 0;
  const auto first_order = std::min(std::ranges::count(sections, 0.0, &Section::b2),
                                    std::ranges::count(sections, 0.0, &Section::a2));
  return 3 * (2 * sections.size() + 1 - static_cast<std::size_t>(first_order));
}

void filter_zero_phase(const std::vector<Section>& sections, std::span<double> samples) {
  if (sections.empty()) return;
  const std::size_t padding = zero_phase_padding(sections);
  const std::size_t length = samples.size();
  if (length <= padding) {
    refuse("zero-phase filter: needs more than ", padding, " samples, got ", length,
           "; give a longer signal, a lower order, or zero_phase=False");
  }
  std::vector<double> extended(length + 2 * padding);
  const double first = samples.front(), last = samples.back();
  for (std::size_t i = 0; i < padding; ++i) {
    extended[i] = 2 * first - samples[padding - i];
    extended[padding + length + i] = 2 * last - samples[length - 2 - i];
  }
  std::ranges::copy(samples, extended.begin() + static_cast<std::ptrdiff_t>(padding));

  Cascade cascade(sections);
  cascade.filter(extended);
  std::ranges::reverse(extended);
  cascade.reset();
  cascade.filter(extended);
  std::copy_n(extended.rbegin() + static_cast<std::ptrdiff_t>(padding), length, samples.begin());
}

}  // namespace dt4ecg::signal
