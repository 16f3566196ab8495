#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dt4ecg/signal/pipeline.hpp"
#include "helpers.hpp"

namespace dt4ecg::signal {

inline constexpr double kRate = 500;

inline Leads one_lead(const std::vector<double>& samples) { return {samples, 1, samples.size()}; }

// The segments of one recording.
inline Segments transform(const Settings& settings, const Leads& leads, double sampling_rate,
                          const std::vector<std::int64_t>& gaps) {
  const Recording recording{leads, sampling_rate, gaps};
  return transform(settings, std::span(&recording, 1)).front();
}

// The preprocessing of the paper.
inline Settings paper(std::optional<double> notch = 50) {
  return {.notch = notch,
          .normalization = Normalization::record,
          .settle = false,
          .non_finite = NonFinite::raise,
          .find_lost = false};
}

// The same with causal filters.
inline Settings causal(Normalization normalization) {
  Settings settings = paper();
  settings.normalization = normalization;
  settings.zero_phase = false;
  return settings;
}

}  // namespace dt4ecg::signal
