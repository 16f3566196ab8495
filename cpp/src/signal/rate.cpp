#include "signal/rate.hpp"

#include <cmath>

#include "base/error.hpp"

namespace dt4ecg::signal {

void require_rate(const char* operation, const char* parameter, double rate) {
  require(rate > 0 && std::isfinite(rate), operation, parameter, parameter,
          " must be a positive number of Hz, got ", rate);
}

}  // namespace dt4ecg::signal
