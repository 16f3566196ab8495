#include "signal/append_quality.hpp"

#include <algorithm>

namespace dt4ecg::signal {

void append_quality(const Plan& plan, const std::vector<std::span<const double>>& recorded,
                    const Piece& window, const std::vector<Samples>& signals, std::size_t start,
                    Segments& segments) {
  if (!plan.settings.quality) {
    return;
  }
  for (std::size_t lead = 0; lead < signals.size(); ++lead) {
    const auto samples = recorded[lead].first(std::min(window.end, recorded[lead].size()));
    segments.quality.push_back(assess(samples.subspan(window.begin), plan.sampling_rate,
                                      std::span(signals[lead]).subspan(start, plan.window.length),
                                      plan.output_rate));
  }
}

}  // namespace dt4ecg::signal
