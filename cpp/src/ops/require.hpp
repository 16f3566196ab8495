#pragma once

#include <string>

#include "base/error.hpp"
#include "ops/operator.hpp"

namespace dt4ecg::ops {

// Checks that several operators share.

inline void require_time(const std::string& op, const Shape& input) {
  if (input.length < 1) {
    throw_invalid(op, "inputs", "its input has no time axis left");
  }
}

inline void require_between(const std::string& op, const std::string& what, int64_t value,
                            int64_t least, int64_t most) {
  if (value < least || value > most) {
    throw_invalid(op, "", "needs ", what, " of ", least, " to ", most, ", got ", value);
  }
}

// "Same" zero padding needs a centre tap.
inline void require_odd_kernel(const std::string& op, int64_t kernel) {
  require_between(op, "an odd kernel", kernel, 1, kLongestKernel);
  if (kernel % 2 == 0) {
    throw_invalid(op, "kernel", "needs an odd kernel, got ", kernel);
  }
}

}  // namespace dt4ecg::ops
