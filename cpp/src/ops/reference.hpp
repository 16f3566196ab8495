#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <vector>

#include "ops/operator.hpp"

namespace dt4ecg::ops {

// A map as an ATen tensor: (batch, channels, length), or (batch, channels) for pooled features.
template <class Scalar>
at::Tensor view(const Map<Scalar>& map, int64_t batch, bool pooled);

// A node without a fused form: it runs its ATen reference between fused nodes, and one backward
// pass of autograd per task. shapes holds those of the inputs, followed by that of the output.
template <class Scalar>
std::unique_ptr<Fused<Scalar>> reference_node(const Operator& op, const Attributes& attributes,
                                              std::span<const Shape> shapes,
                                              const Binding<Scalar>& binding,
                                              std::vector<at::Tensor> parameters,
                                              std::vector<at::Tensor> buffers);

}  // namespace dt4ecg::ops
