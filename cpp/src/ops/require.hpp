#pragma once

#include <stdexcept>
#include <string>

#include "ops/operator.hpp"

namespace dt4ecg::ops {

// What several operators refuse, in the same words.

inline void require_time(const std::string& op, const Shape& input) {
  if (input.length < 1) throw std::invalid_argument(op + ": its input has no time axis left");
}

inline void require_between(const std::string& op, const std::string& what, int64_t value,
                            int64_t least, int64_t most) {
  if (value < least || value > most)
    throw std::invalid_argument(op + ": needs " + what + " of " + std::to_string(least) + " to " +
                                std::to_string(most) + ", got " + std::to_string(value));
}

// "Same" zero padding needs a middle.
inline void require_odd_kernel(const std::string& op, int64_t kernel) {
  require_between(op, "an odd kernel", kernel, 1, kLongestKernel);
  if (kernel % 2 == 0)
    throw std::invalid_argument(op + ": needs an odd kernel, got " + std::to_string(kernel));
}

}  // namespace dt4ecg::ops
