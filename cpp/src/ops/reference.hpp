#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <vector>

#include "ops/operator.hpp"

namespace dt4ecg::ops {

// A map as ATen sees it: (batch, channels, length), or (batch, channels) of pooled features.
template <class Scalar>
at::Tensor view(const Map<Scalar>& map, int64_t batch, bool pooled);

// A node that runs its ATen reference among fused ones, with a backward of autograd per task.
// shapes: of the inputs, then of the output.
template <class Scalar>
std::unique_ptr<Fused<Scalar>> reference_node(const Operator& op, const Attributes& attributes,
                                              std::span<const Shape> shapes,
                                              const Binding<Scalar>& binding,
                                              std::vector<at::Tensor> parameters,
                                              std::vector<at::Tensor> buffers);

}  // namespace dt4ecg::ops
