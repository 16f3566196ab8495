#pragma once

#include "ops/operator.hpp"

namespace dt4ecg::ops {

// Each channel of each sample with mean 0 and variance 1 over time (instance normalisation, Ulyanov
// et al. 2016, without a gain): gain and offset of the electrodes are gone. A flat one becomes 0.
extern const Operator standardize_operator;

}  // namespace dt4ecg::ops
