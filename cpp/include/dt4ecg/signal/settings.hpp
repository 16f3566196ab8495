#pragma once

#include <optional>
#include <vector>

#include "dt4ecg/signal/normalize.hpp"

namespace dt4ecg::signal {

// The data from which the minimum and maximum of a lead are taken, or z-scores of each segment.
enum class Normalization { none, record, segment, training, zscore };

// The treatment of lost samples: NaN, infinite ones and those that `find_lost` finds.
enum class NonFinite { raise, interpolate, drop };

// The settings of the preprocessing.
struct Settings {
  std::optional<double> target_rate = 100;  // Hz; the recorder's rate if empty
  std::optional<double> highpass = 0.5;     // Hz; no filter if empty
  int highpass_order = 4;
  std::optional<double> notch = 60;  // Hz; no filter if empty
  double notch_quality = 30;
  Normalization normalization = Normalization::zscore;
  double segment_seconds = 3;
  double overlap = 0;
  bool zero_phase = true;
  bool settle = true;  // keep the transients of the filters out of the segments
  NonFinite non_finite = NonFinite::interpolate;
  double max_interpolate_seconds = 0.1;  // longer holes become gaps
  bool find_lost = true;                 // take codes such as -32768 and outliers as lost samples
  std::vector<Limits> limits = {};       // one per lead, for Normalization::training
  bool quality = false;                  // also assess each segment
};

}  // namespace dt4ecg::signal
