#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "dt4ecg/error.hpp"
#include "dt4ecg/signal/filter.hpp"
#include "dt4ecg/signal/normalize.hpp"
#include "dt4ecg/signal/pieces.hpp"
#include "dt4ecg/signal/quality.hpp"
#include "dt4ecg/signal/repair.hpp"
#include "dt4ecg/signal/resample.hpp"
#include "dt4ecg/signal/samples.hpp"
#include "dt4ecg/signal/segment.hpp"
#include "dt4ecg/signal/settings.hpp"

namespace dt4ecg::signal {

// The filters, the resampling and the segments for one sampling rate. The filters run at the
// recorder's rate, before resampling. Throws InvalidArgument if the rate is too low for a filter.
struct Plan {
  Plan(const Settings& settings, double sampling_rate);

  // The length of a piece of `samples` samples after resampling; 0 if it is too short to filter.
  std::size_t output_length(std::size_t samples) const;
  // The recorder's time of output sample `output` of a piece that begins at sample `piece_begin`.
  double seconds(std::size_t piece_begin, std::size_t output) const;
  // The recorder's samples from which the segment at output sample `output` of a piece comes. The
  // last ones may lie behind the piece.
  Piece recorded(std::size_t output) const;

  Settings settings;
  double sampling_rate, output_rate;
  std::vector<Section> highpass, notch;
  std::size_t settling = 0;  // samples that a causal chain leaves out after a start or gap
  std::shared_ptr<const FilterBank> bank;  // null if both rates are equal
  Window window;
};

// The segments of a recording, or those that a chunk of a stream completes.
struct Segments {
  std::size_t leads = 0, length = 0;
  std::vector<double> samples = {};        // (count, leads, length)
  std::vector<double> start_seconds = {};  // (count,), of recorded samples: gaps take no time
  double dropped_seconds = 0;              // of the recording, outside all segments
  std::size_t dropped_pieces = 0;          // too short for one segment
  std::size_t flat = 0;                    // leads of segments without variation; all 0
  Repairs repairs = {};
  std::vector<Quality> quality = {};  // (count, leads), with Settings::quality

  std::size_t count() const { return start_seconds.size(); }
};

// The result of transform_each() for one recording: its segments, or the error that prevents them.
struct Outcome {
  Segments segments = {};
  std::optional<InvalidArgument> error = {};
};

// The outcome for each recording. Gaps are never crossed: each piece between them is filtered,
// resampled and cut by itself.
std::vector<Outcome> transform_each(const Settings& settings, std::span<const Recording> recordings,
                                    const ForEach& for_each = serial_for_each);

// The segments of each recording. Throws the first error of transform_each().
std::vector<Segments> transform(const Settings& settings, std::span<const Recording> recordings,
                                const ForEach& for_each = serial_for_each);

// The limits of each lead of each recording after filtering and resampling, as needed for
// Normalization::training; empty for a recording whose pieces are all too short.
std::vector<std::vector<Limits>> fit_limits(const Settings& settings,
                                            std::span<const Recording> recordings,
                                            const ForEach& for_each = serial_for_each);

}  // namespace dt4ecg::signal
