#pragma once

#include "ops/operator.hpp"

namespace dt4ecg::ops {

// Fully connected layer on pooled features: (B, C) -> (B, outputs). A task's head is one of these.
extern const Operator linear_operator;

}  // namespace dt4ecg::ops
