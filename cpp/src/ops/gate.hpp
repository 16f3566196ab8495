#pragma once

#include "ops/operator.hpp"

namespace dt4ecg::ops {

// A weight per channel: x (B, C, T), z (B, C) -> x sigmoid(z). The last step of
// squeeze-and-excitation (Hu et al. 2018).
extern const Operator gate_operator;

}  // namespace dt4ecg::ops
