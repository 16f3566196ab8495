#pragma once

namespace dt4ecg::signal {

// Throws InvalidArgument unless the rate is a positive, finite number of Hz.
void require_rate(const char* operation, const char* parameter, double rate);

}  // namespace dt4ecg::signal
