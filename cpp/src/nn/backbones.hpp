#pragma once

#include <vector>

#include "dt4ecg/nn/registry.hpp"

namespace dt4ecg::nn {

// The baselines of the paper (Tables I and III): one-dimensional forms of their originals. The
// paper states no widths. Ours are those of the originals, reduced to about the size of DT4ECG at
// 300 samples (130 thousand parameters, 5.8 million multiply-adds). All begin with a batch norm of
// the input; ResNet explains the reason.

// Hochreiter and Schmidhuber 1997: one layer over time, whose hidden states are the feature map.
std::vector<Stage> lstm(ops::Shape segment);
// Rumelhart et al. 1986: fully connected layers on the flattened segment. Its feature map has one
// time step, so an attention over time has no effect on it.
std::vector<Stage> mlp(ops::Shape segment);
// LeCun et al. 1998, with batch norm, ReLU and max pooling.
std::vector<Stage> cnn(ops::Shape segment);
// MobileNet, Howard et al. 2017 (version 1): depthwise separable convolutions.
std::vector<Stage> mobilenet(ops::Shape segment);
// EfficientNet, Tan and Le 2019: mobile inverted bottlenecks with squeeze-and-excitation and SiLU.
std::vector<Stage> efficientnet(ops::Shape segment);
// DenseNet-BC, Huang et al. 2017: each layer reads all maps before it.
std::vector<Stage> densenet(ops::Shape segment);

}  // namespace dt4ecg::nn
