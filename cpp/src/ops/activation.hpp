#pragma once

#include "ops/operator.hpp"

namespace dt4ecg::ops {

// Activations apply to each element of a feature map or of pooled features.
extern const Operator relu_operator;  // max(x, 0)
extern const Operator silu_operator;  // x sigmoid(x), also called swish (Ramachandran et al. 2017)

}  // namespace dt4ecg::ops
