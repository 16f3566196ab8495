#pragma once

#include "ops/operator.hpp"

namespace dt4ecg::ops {

// Weights each channel: x (B, C, T), z (B, C) -> x sigmoid(z). This is the last step of
// squeeze-and-excitation (Hu et al. 2018).
extern const Operator gate_operator;

}  // namespace dt4ecg::ops
