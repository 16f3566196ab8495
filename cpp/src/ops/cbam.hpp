#pragma once

#include "ops/operator.hpp"

namespace dt4ecg::ops {

// Convolutional Block Attention Module (Woo et al. 2018, equations 1 to 3) on x (B, C, T); the
// spatial axis is time:
//   a = sigmoid(mlp(mean over T of x) + mlp(max over T of x)),  mlp(v) = W' relu(W v + b) + b'
//   y = x a;  s = sigmoid(conv([mean over C of y; max over C of y]));  out = y s
// reduce.weight W (hidden, C), restore.weight W' (C, hidden), spatial.weight (1, 2, kernel) and
// their biases, uniform within 1 / sqrt(fan-in).
extern const Operator cbam_operator;

}  // namespace dt4ecg::ops
