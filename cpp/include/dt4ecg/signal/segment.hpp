#pragma once

#include <cstddef>

namespace dt4ecg::signal {

// The position of segments in a signal. A last segment that the signal does not fill is dropped.
struct Window {
  std::size_t length;  // samples of one segment
  std::size_t hop;     // samples from one start to the next, 1 to length

  std::size_t count(std::size_t samples) const;    // segments in so many samples
  std::size_t covered(std::size_t samples) const;  // samples that lie in some segment
};

// Segments of `seconds` at `sampling_rate` Hz. Each shares the fraction `overlap` in [0, 1) with
// the segment before it.
Window make_window(double seconds, double overlap, double sampling_rate);

}  // namespace dt4ecg::signal
