#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "ops/operator.hpp"

namespace dt4ecg::nn {

// Whether a call of run_graph can use fused_graph: the tensors are dense, of one precision and on
// the CPU, every operator has a fused form, and nothing needs to see the individual ATen operators
// (no tracing, dispatch mode, autocast, functorch transform or forward-mode AD).
bool runs_fused(const at::Tensor& x, ops::Tensors parameters, ops::Tensors buffers,
                const std::string& graph, bool training);

// torch.ops.dt4ecg.fused_graph: runs the graph by its fused loops and returns the outputs and the
// updated buffers. The derivative runs the forward pass again, so only the arguments are kept in
// between. The second derivative is that of the reference.
std::tuple<std::vector<at::Tensor>, std::vector<at::Tensor>> fused_graph(const at::Tensor& x,
                                                                         ops::Tensors parameters,
                                                                         ops::Tensors buffers,
                                                                         std::string_view graph,
                                                                         bool training);

}  // namespace dt4ecg::nn
