#include "signal/append_segment.hpp"

#include <span>

#include "base/error.hpp"

namespace dt4ecg::signal {

void check_leads(const Settings& settings, std::size_t leads) {
  if (settings.normalization == Normalization::training && leads != settings.limits.size()) {
    throw_invalid("transform", "limits", "the number of leads was ", settings.limits.size(),
                  " when normalize=\"training\" was fitted, got ", leads);
  }
}

void append_segment(const Plan& plan, const Signals& signals, std::size_t start,
                    const std::vector<Limits>& limits, Segments& segments) {
  const Normalization normalization = plan.settings.normalization;
  for (std::size_t lead = 0; lead < signals.size(); ++lead) {
    const auto window = std::span(signals[lead]).subspan(start, plan.window.length);
    segments.samples.insert(segments.samples.end(), window.begin(), window.end());
    if (normalization == Normalization::none) {
      continue;
    }
    const Limits scale = normalization == Normalization::segment  ? find_limits(window)
                         : normalization == Normalization::zscore ? find_z_score_limits(window)
                                                                  : limits[lead];
    scale_to_unit(std::span(segments.samples).last(plan.window.length), scale);
    segments.flat += is_flat(scale);
  }
}

}  // namespace dt4ecg::signal
