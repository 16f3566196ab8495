#pragma once

#include "dt4ecg/nn/registry.hpp"

namespace dt4ecg::nn {

// Not given in the paper: the heads, the reductions and the kernel of the baselines of Table III.
// All take and give a feature map (C, T).

Graph no_attention(ops::Shape features);
// Squeeze-and-excitation, Hu et al. 2018, with their reduction of 16.
Graph se(ops::Shape features);
// Multi-head self-attention over time, Vaswani et al. 2017: four heads where the channels can be
// shared out so, else two or one. No encoding of the position, which the backbone has seen.
Graph mha(ops::Shape features);
// CBAM, Woo et al. 2018, with their reduction of 16 and kernel of 7.
Graph cbam(ops::Shape features);
// Sequence Channel Attention, the paper's own.
Graph sca(ops::Shape features);

}  // namespace dt4ecg::nn
