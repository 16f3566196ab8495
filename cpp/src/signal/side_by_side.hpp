#pragma once

#include <cstddef>
#include <span>

#include "dt4ecg/signal/for_each.hpp"

namespace dt4ecg::signal {

class Cascade;

// `count` samples from `first` on, and their cascade.
struct Strip {
  Cascade* cascade;
  double* first;
  std::size_t count;
};

// Filters each strip in place, forward (step 1) or backward (-1) from its first sample, with its
// own cascade; all have as many sections. A recurrence waits for its last output, not for its
// neighbours': the strips are the lanes of vectors. Each gets the bits of Cascade::filter.
void filter_side_by_side(std::span<const Strip> strips, std::ptrdiff_t step,
                         const ForEach& for_each);

}  // namespace dt4ecg::signal
