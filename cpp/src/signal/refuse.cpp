#include "signal/refuse.hpp"

#include <cmath>

namespace dt4ecg::signal {

void check_rate(const char* operation, const char* parameter, double rate) {
  if (!(rate > 0) || !std::isfinite(rate)) {
    refuse(operation, ": ", parameter, " must be a positive number of Hz, got ", rate);
  }
}

}  // namespace dt4ecg::signal
