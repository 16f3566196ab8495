#pragma once

#include "ops/operator.hpp"

namespace dt4ecg::ops {

// Long short-term memory over time (Hochreiter and Schmidhuber 1997, with the forget gate of Gers
// et al. 2000), from zero states: (B, C, T) -> its hidden states (B, H, T). With the rows of both
// weights in the order i, f, g, o, as in torch.nn.LSTM:
//   i, f, o = sigmoid(W x[t] + U h[t-1] + b + b'),  g = tanh(the same)
//   c[t] = f c[t-1] + i g,  h[t] = o tanh(c[t])
// weight_ih W (4H, C), weight_hh U (4H, H), bias_ih and bias_hh (4H,), uniform within 1 / sqrt(H).
extern const Operator lstm_operator;

}  // namespace dt4ecg::ops
