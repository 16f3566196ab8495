#pragma once

#include "ops/operator.hpp"

namespace dt4ecg::ops {

// Multi-head self-attention over time with a residual (Vaswani et al. 2017) on x (B, C, T), with
// heads of d = C / heads channels:
//   Q, K, V = W x + b;  y = x + V' softmax(Q^T K / sqrt(d)) per head, through W', b'
// qkv.weight W (3C, C) and qkv.bias (3C,) in the order Q, K, V, out.weight W' (C, C), out.bias
// (C,), as in torch.nn.MultiheadAttention; weights uniform within 1 / sqrt(C), biases 0.
extern const Operator mha_operator;

}  // namespace dt4ecg::ops
