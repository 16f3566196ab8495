#pragma once

#include <span>

namespace dt4ecg::signal {

// Whether one lead of a segment looks like an ECG. No value but the rail depends on the unit or the
// offset of the samples. docs/quality.md has the equations and the data behind the thresholds.
struct Quality {
  // These describe the samples at the recorder's rate. All but the two of clipping are in [0, 1].
  double flat = 0;     // share on straight lines of at least 0.1 s, such as interpolated samples
  double clipped = 0;  // share in runs of at least 10 ms at the lowest or highest value
  double cut_off = 0;  // estimated part of the range that clipping took from at least two waves
  double rail = 0;     // the value at which they are cut off; 0 if none
  double spike = 0;    // part of the range that a stretch of 20 ms causes
  double jump = 0;     // part of the range of the second largest change of level within 4 ms
  double mains = 0;    // share of the power at 50 or 60 Hz and the next two harmonics
  // These describe the filtered segment.
  double beats = 0;       // number of peaks that could be QRS complexes
  double kurtosis = 0;    // of the signal in the QRS band; noise has 3, one sharp beat about 50
  double skewness = 0;    // of the same; positive if the QRS complexes point upwards
  double similarity = 0;  // mean correlation between the beats; 0.4 for a single beat
  double step = 0;        // change of level across the beats, compared with their height
  double qrs_share = 0;   // power in the QRS band divided by the power of the segment
  double noise = 0;       // power above the QRS band divided by the power in it
  // The decision.
  double score = 0;  // in [0, 1]; usable from 0.5 on

  bool operator==(const Quality&) const = default;
};

// The quality of one lead of a segment. `recorded` are its finite samples at the recorder's rate,
// and `filtered` the same time after filtering and resampling. Segments shorter than 1.5 s may lie
// between two beats, so they are judged by `recorded` alone.
Quality assess(std::span<const double> recorded, double sampling_rate,
               std::span<const double> filtered, double rate);

}  // namespace dt4ecg::signal
