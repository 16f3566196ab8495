#pragma once

#include "ops/operator.hpp"

namespace dt4ecg::ops {

// Every sample a channel of a single time step: (B, C, T) -> (B, C T, 1).
extern const Operator flatten_operator;

}  // namespace dt4ecg::ops
