#pragma once

#include <cstddef>
#include <functional>

namespace dt4ecg::signal {

// Runs work(0) to work(count - 1), which are independent, in any order or at once. This room has no
// threads of its own; the caller's are lent to it this way.
using ForEach = std::function<void(std::size_t count, const std::function<void(std::size_t)>&)>;
void one_after_another(std::size_t count, const std::function<void(std::size_t)>& work);

}  // namespace dt4ecg::signal
