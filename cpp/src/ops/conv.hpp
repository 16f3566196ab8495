#pragma once

#include "ops/operator.hpp"

namespace dt4ecg::ops {

// A convolution with "same" zero padding: (B, C, T) -> (B, channels, T); weight (channels, C,
// kernel), and an optional bias (channels,), both uniform within 1 / sqrt(C kernel).
// With kernel 1 on a single time step it is a fully connected layer.
extern const Operator conv_operator;

}  // namespace dt4ecg::ops
