#pragma once

#include "ops/operator.hpp"

namespace dt4ecg::ops {

// Scales each channel of each sample to mean 0 and variance 1 over time (instance normalisation,
// Ulyanov et al. 2016, without a gain). This removes the gain and offset of the electrodes. A flat
// channel becomes 0.
extern const Operator standardize_operator;

}  // namespace dt4ecg::ops
