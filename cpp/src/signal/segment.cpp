#include "dt4ecg/signal/segment.hpp"

#include <cmath>

#include "base/error.hpp"
#include "signal/rate.hpp"

namespace dt4ecg::signal {
namespace {

constexpr double kMaximumLength = 1e9;

}  // namespace

std::size_t Window::count(std::size_t samples) const {
  return samples < length ? 0 : (samples - length) / hop + 1;
}

std::size_t Window::covered(std::size_t samples) const {
  return samples < length ? 0 : (count(samples) - 1) * hop + length;
}

Window make_window(double seconds, double overlap, double sampling_rate) {
  require_rate("segment", "sampling_rate", sampling_rate);
  const double length = std::round(seconds * sampling_rate);
  if (!(length >= 1 && length <= kMaximumLength)) {
    throw_invalid("segment", "segment_seconds", "a segment must hold 1 to ", kMaximumLength,
                  " samples, got ", seconds, " s at ", sampling_rate, " Hz");
  }
  if (!(overlap >= 0 && overlap < 1)) {
    throw_invalid("segment", "overlap", "the overlap is a fraction of the segment in [0, 1), got ",
                  overlap);
  }
  const double hop = std::round(length * (1 - overlap));
  if (hop < 1) {
    throw_invalid("segment", "overlap", "an overlap of ", overlap,
                  " leaves no step between segments of ", length, " samples; the largest is ",
                  1 - 1 / length);
  }
  return {static_cast<std::size_t>(length), static_cast<std::size_t>(hop)};
}

}  // namespace dt4ecg::signal
