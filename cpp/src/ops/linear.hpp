#pragma once

#include "ops/operator.hpp"

namespace dt4ecg::ops {

// A fully connected layer on pooled features: (B, C) -> (B, outputs). Each task's head is one.
extern const Operator linear_operator;

}  // namespace dt4ecg::ops
