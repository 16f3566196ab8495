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
#include "dt4ecg/signal/resample.hpp"
#include "dt4ecg/signal/samples.hpp"
#include "dt4ecg/signal/segment.hpp"

namespace dt4ecg::signal {

// The data from which the minimum and maximum of a lead are taken, or z-scores of each segment.
enum class Normalization { none, record, segment, training, zscore };

// The treatment of NaN and infinite samples.
enum class NonFinite { raise, interpolate, drop };

// The settings of the preprocessing.
struct Settings {
  std::optional<double> target_rate = 100;  // Hz; the recorder's rate if empty
  std::optional<double> highpass = 0.5;     // Hz; no filter if empty
  int highpass_order = 4;
  std::optional<double> notch = 60;  // Hz; no filter if empty
  double notch_quality = 30;
  Normalization normalization = Normalization::record;
  double segment_seconds = 3;
  double overlap = 0;
  bool zero_phase = true;
  NonFinite non_finite = NonFinite::raise;
  std::vector<Limits> limits = {};  // one per lead, for Normalization::training
};

// The filters, the resampling and the segments for one sampling rate. The filters run at the
// recorder's rate, before resampling. Throws InvalidArgument if the rate is too low for a filter.
struct Plan {
  Plan(const Settings& settings, double sampling_rate);

  // The length of a piece of `samples` samples after resampling; 0 if it is too short to filter.
  std::size_t output_length(std::size_t samples) const;
  // The recorder's time of output sample `output` of a piece that begins at sample `piece_begin`.
  double seconds(std::size_t piece_begin, std::size_t output) const;

  Settings settings;
  double sampling_rate, output_rate;
  std::vector<Section> highpass, notch;
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

  std::size_t count() const { return start_seconds.size(); }
};

// One recording, as the caller holds it.
struct Recording {
  Leads leads;
  double sampling_rate;
  std::span<const std::int64_t> gaps;  // each the index of the sample after it
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

// The causal filters and the resampler of one lead. transform() with zero_phase = false pushes each
// piece once through it.
class CausalChain {
 public:
  explicit CausalChain(const Plan& plan);

  Samples push(std::span<const double> samples);

 private:
  Cascade highpass_, notch_;
  std::optional<Resampler> resampler_;
};

// Preprocessing of a recording that arrives in chunks of any size. The segments are equal to the
// bit to those of transform() with zero_phase = false. Several threads may push; they wait for each
// other.
class Stream {
 public:
  Stream(const Settings& settings, double sampling_rate);

  // The segments that the chunk completes. After an error the stream is as it was before the chunk.
  Segments push(const Leads& chunk);
  // Marks a gap: the next sample starts a new piece.
  void reset();

 private:
  void start_piece(std::size_t begin);
  void feed(const Leads& chunk, const Piece& piece, Segments& segments);
  void end_piece() { chains_.clear(); }

  const Plan plan_;
  std::mutex mutex_;
  std::size_t leads_ = 0;            // number of leads of the first chunk
  std::size_t received_ = 0;         // samples before the current chunk
  std::size_t piece_begin_ = 0;      // first sample of the current piece
  std::size_t first_pending_ = 0;    // output index of the first pending sample
  std::vector<CausalChain> chains_;  // one per lead; empty between pieces
  std::vector<Samples> pending_;
};

}  // namespace dt4ecg::signal
