#pragma once

#include <cstddef>
#include <functional>

namespace dt4ecg::signal {

// Runs work(0) to work(count - 1), which are independent of each other, in any order and on any
// threads. The signal code starts no threads itself: the caller passes such a function.
using ForEach = std::function<void(std::size_t count, const std::function<void(std::size_t)>&)>;
// Runs them in order on the calling thread.
void serial_for_each(std::size_t count, const std::function<void(std::size_t)>& work);

}  // namespace dt4ecg::signal
