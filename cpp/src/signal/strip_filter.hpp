#pragma once

#include <cstddef>
#include <span>

#include "dt4ecg/signal/for_each.hpp"

namespace dt4ecg::signal {

class Cascade;

// `count` samples from `first` on, and the cascade that filters them.
struct Strip {
  Cascade* cascade;
  double* first;
  std::size_t count;
};

// Filters each strip in place with its own cascade, forward (step 1) or backward (step -1) from its
// first sample. All cascades have the same number of sections. An output of a recurrence depends on
// the output before it, but not on other strips: so each lane of a vector holds another strip. The
// results are those of Cascade::filter to the bit.
void filter_strips(std::span<const Strip> strips, std::ptrdiff_t step, const ForEach& for_each);

}  // namespace dt4ecg::signal
