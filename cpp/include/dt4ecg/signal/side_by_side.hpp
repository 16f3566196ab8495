#pragma once

#include <cstddef>
#include <functional>
#include <span>

namespace dt4ecg::signal {

class Cascade;

// Runs work(0) to work(count - 1), which are independent, in any order or at once. This room has no
// threads of its own; the caller's are lent to it this way.
using ForEach = std::function<void(std::size_t count, const std::function<void(std::size_t)>&)>;
void one_after_another(std::size_t count, const std::function<void(std::size_t)>& work);

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
