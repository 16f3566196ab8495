#pragma once

#include <sstream>
#include <stdexcept>

namespace dt4ecg::signal {

// Throws std::invalid_argument (ValueError in Python) with the parts joined into one sentence.
template <class... Parts>
[[noreturn]] void refuse(const Parts&... parts) {
  std::ostringstream text;
  text.precision(10);
  (text << ... << parts);
  throw std::invalid_argument(text.str());
}

// Refuses a rate that is not a positive, finite number of Hz.
void check_rate(const char* operation, const char* parameter, double rate);

}  // namespace dt4ecg::signal
