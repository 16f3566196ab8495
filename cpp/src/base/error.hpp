#pragma once

#include <sstream>
#include <string>

#include "dt4ecg/error.hpp"

namespace dt4ecg {

// The parts as one text. Numbers are printed with up to ten significant digits and an exponent
// where it is shorter, so that 1e-7 never becomes 0.000000.
template <class... Parts>
std::string join(const Parts&... parts) {
  std::ostringstream text;
  text.precision(10);
  (text << ... << parts);
  return text.str();
}

// Throws InvalidArgument; `parts` are joined into the explanation, which states the value, the
// legal range and a way to correct it.
template <class... Parts>
[[noreturn]] void throw_invalid(const std::string& operation, const std::string& parameter,
                                const Parts&... parts) {
  throw InvalidArgument(operation, parameter, join(parts...));
}

// throw_invalid() unless `legal`.
template <class... Parts>
void require(bool legal, const char* operation, const char* parameter, const Parts&... parts) {
  if (!legal) {
    throw_invalid(operation, parameter, parts...);
  }
}

}  // namespace dt4ecg
