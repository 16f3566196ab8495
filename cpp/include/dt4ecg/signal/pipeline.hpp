#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dt4ecg/error.hpp"
#include "dt4ecg/signal/filter.hpp"
#include "dt4ecg/signal/normalize.hpp"
#include "dt4ecg/signal/pieces.hpp"
#include "dt4ecg/signal/resample.hpp"
#include "dt4ecg/signal/samples.hpp"
#include "dt4ecg/signal/segment.hpp"

namespace dt4ecg::signal {

// Over what the minimum and maximum of a lead are taken; or z-scores of each segment.
enum class Normalization { none, record, segment, training, zscore };
Normalization parse_normalization(const std::string& name);

// What happens to NaN and infinite samples.
enum class NonFinite { raise, interpolate, drop };
NonFinite parse_non_finite(const std::string& name);

struct Settings {
  std::optional<double> target_rate = 100;  // Hz; none keeps the recorder's
  std::optional<double> highpass = 0.5;     // Hz
  int highpass_order = 4;
  std::optional<double> notch = 60;  // Hz
  double notch_quality = 30;
  Normalization normalization = Normalization::record;
  double segment_seconds = 3;
  double overlap = 0;
  bool zero_phase = true;
  NonFinite non_finite = NonFinite::raise;
  std::vector<Limits> limits = {};  // one per lead, for Normalization::training
};

// The settings at one recorder's rate: filters at that rate, then resampling, then segments. Throws
// where the rate is too low for a filter.
struct Plan {
  Plan(const Settings& settings, double sampling_rate);

  std::size_t output_length(
      std::size_t samples) const;  // of a piece; 0 if too short to be filtered
  double seconds(std::size_t piece_begin,
                 std::size_t output) const;  // recorder's time of an output sample

  Settings settings;
  double sampling_rate, output_rate;
  std::vector<Section> highpass, notch;
  std::shared_ptr<const FilterBank> bank;  // null where the rates are equal
  Window window;
};

struct Segments {
  std::size_t leads = 0, length = 0;
  std::vector<double> samples = {};        // (count, leads, length)
  std::vector<double> start_seconds = {};  // (count,), of recorded samples; gaps take no time
  double dropped_seconds = 0;              // of the recording that lie in no segment
  std::size_t dropped_pieces = 0;          // too short for one segment
  std::size_t flat = 0;                    // rows (segment, lead) without variation, now 0

  std::size_t count() const { return start_seconds.size(); }
};

struct Recording {
  Leads leads;
  double sampling_rate;
  std::span<const std::int64_t> gaps;  // each the index of the sample after it
};

// What transform_each() makes of one recording: its segments, or why there are none.
struct Outcome {
  Segments segments = {};
  std::optional<InvalidArgument> error = {};
};

// The outcome for each recording. Gaps are never crossed: each piece between them is filtered,
// resampled and cut by itself.
std::vector<Outcome> transform_each(const Settings& settings, std::span<const Recording> recordings,
                                    const ForEach& for_each = one_after_another);

// The segments of each recording. Throws the first error of transform_each().
std::vector<Segments> transform(const Settings& settings, std::span<const Recording> recordings,
                                const ForEach& for_each = one_after_another);

// Limits of each recording's leads after filtering and resampling, for Normalization::training;
// none where every piece is too short.
std::vector<std::vector<Limits>> fit_limits(const Settings& settings,
                                            std::span<const Recording> recordings,
                                            const ForEach& for_each = one_after_another);

// One lead through the causal filters; transform() with zero_phase = false is this object fed once.
class CausalChain {
 public:
  explicit CausalChain(const Plan& plan);

  Samples push(std::span<const double> samples);

 private:
  Cascade highpass_, notch_;
  std::optional<Resampler> resampler_;
};

// The causal transform() of a recording that arrives in chunks of any size, equal to it to the bit.
// Pushes from several threads wait for each other.
class Stream {
 public:
  Stream(const Settings& settings, double sampling_rate);

  Segments push(const Leads& chunk);  // the segments it completes; a refused chunk leaves the
                                      // stream as it was
  void reset();                       // a gap: the next sample starts a new piece

 private:
  void start_piece(std::size_t begin);
  void feed(const Leads& chunk, const Piece& piece, Segments& segments);
  void end_piece() { chains_.clear(); }

  const Plan plan_;
  std::mutex mutex_;
  std::size_t leads_ = 0;            // of the first chunk
  std::size_t received_ = 0;         // samples before the chunk at hand
  std::size_t piece_begin_ = 0;      // where the piece at hand started
  std::size_t first_pending_ = 0;    // output index of the first pending sample
  std::vector<CausalChain> chains_;  // one per lead; none between pieces
  std::vector<Samples> pending_;
};

}  // namespace dt4ecg::signal
