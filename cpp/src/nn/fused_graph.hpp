#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "ops/operator.hpp"

namespace dt4ecg::nn {

// Whether a call of run_graph goes to fused_graph: dense tensors of one precision on the CPU, every
// operator with a fused form, and nobody (a tracer, a mode, autocast, a transform of torch.func, a
// tangent) who has to see the ATen operators inside.
bool runs_fused(const at::Tensor& x, ops::Tensors parameters, ops::Tensors buffers,
                const std::string& graph, bool training);

// torch.ops.dt4ecg.fused_graph: the graph by its fused loops; outputs, then the buffers after it.
// Its derivative is one walk back that runs the forward again, so that nothing but the arguments
// lives in between; a derivative of that is the reference's.
std::tuple<std::vector<at::Tensor>, std::vector<at::Tensor>> fused_graph(const at::Tensor& x,
                                                                         ops::Tensors parameters,
                                                                         ops::Tensors buffers,
                                                                         std::string_view graph,
                                                                         bool training);

}  // namespace dt4ecg::nn
