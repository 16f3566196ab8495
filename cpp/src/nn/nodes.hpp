#pragma once

#include <string>
#include <vector>

#include "dt4ecg/nn/registry.hpp"

namespace dt4ecg::nn {

// Building blocks that several backbones share.

// conv + batch norm [+ skip, if there are two inputs] [+ ReLU]
Node conv_norm(std::string name, std::vector<int64_t> inputs, int64_t channels, int64_t kernel,
               int64_t stride, bool relu);
Node depthwise_norm(std::string name, int64_t input, int64_t kernel, int64_t stride, bool relu);

// Batch norm of the input (ResNet explains the reason), convolution, batch norm, ReLU.
Graph stem(ops::Shape segment, int64_t channels, int64_t kernel, int64_t stride);

// The shape of the last stage's output, which the next stage reads.
ops::Shape features(const std::vector<Stage>& stages);

// Squeeze-and-excitation of a value (Hu et al. 2018): average over time, two fully connected layers
// with `hidden` between them, a sigmoid weight per channel. activation is an operator's name.
int64_t add_squeeze_excitation(Graph& graph, int64_t value, int64_t hidden,
                               const std::string& activation);

}  // namespace dt4ecg::nn
