#pragma once

#include <array>

#include "dt4ecg/nn/registry.hpp"

namespace dt4ecg::nn {

// A batch norm of the input, a stem convolution and three residual modules (paper, section IV-D and
// Fig. 3). A module is two convolutions of kernel 3, each with batch norm; the input is added
// before the last ReLU, through a projection where its shape changes (He et al. 2016).
// The batch norm of the input is not in the paper. Amplitudes in [0, 1] have a mean several times
// their deviation, so each step of the stem's weights would shift its output by more than the
// running statistics can follow.
struct ResNet {
  int64_t stem_channels;
  int64_t stem_kernel;
  std::array<int64_t, 3> channels;
  std::array<int64_t, 3> strides;

  std::vector<Stage> operator()(ops::Shape segment) const;
};

// The paper states no widths and strides. The default halves the length in each module.
std::vector<Stage> resnet(ops::Shape segment);
// Constant width 64, stride 1: four times the arithmetic; SCA's FC is then 300 x 300.
std::vector<Stage> resnet_wide(ops::Shape segment);

}  // namespace dt4ecg::nn
