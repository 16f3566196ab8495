#include "dt4ecg/signal/refuse.hpp"

#include <cmath>

namespace dt4ecg::signal {

void check_sampling_rate(const char* operation, double sampling_rate) {
  if (!(sampling_rate > 0) || !std::isfinite(sampling_rate)) {
    refuse(operation, ": the sampling rate must be a positive number of Hz, got ", sampling_rate);
  }
}

}  // namespace dt4ecg::signal
