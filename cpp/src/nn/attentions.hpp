#pragma once

#include "dt4ecg/nn/registry.hpp"

namespace dt4ecg::nn {

// The attentions of Table III. The paper does not state the number of heads, the reductions and the
// kernel. Input and output are feature maps (C, T).

Graph no_attention(ops::Shape features);
// Squeeze-and-excitation, Hu et al. 2018, with their reduction of 16.
Graph se(ops::Shape features);
// Multi-head self-attention over time, Vaswani et al. 2017: four heads if they divide
// the number of channels, otherwise two or one. There is no position encoding, because the backbone
// already encodes the position.
Graph mha(ops::Shape features);
// CBAM, Woo et al. 2018, with their reduction of 16 and kernel of 7.
Graph cbam(ops::Shape features);
// Sequence Channel Attention (SCA), the paper's contribution.
Graph sca(ops::Shape features);

}  // namespace dt4ecg::nn
