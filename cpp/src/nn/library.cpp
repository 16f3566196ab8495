// Registers torch.ops.dt4ecg.run_graph with PyTorch's dispatcher.
#include <ATen/core/grad_mode.h>
#include <torch/library.h>

#include "dt4ecg/nn/graph.hpp"
#include "nn/fused_graph.hpp"

namespace dt4ecg::nn {

namespace {

std::vector<at::Tensor> run_graph(const at::Tensor& x, at::TensorList parameters,
                                  at::TensorList buffers, std::string_view graph, bool training) {
  const std::string text(graph);
  if (!runs_fused(x, {parameters.data(), parameters.size()}, {buffers.data(), buffers.size()}, text,
                  training)) {
    return parsed(text)->forward(x, {parameters.begin(), parameters.end()},
                                 {buffers.begin(), buffers.end()}, training);
  }
  auto [outputs, after] = fused_graph(x, {parameters.data(), parameters.size()},
                                      {buffers.data(), buffers.size()}, text, training);
  if (training) {
    const at::NoGradGuard no_grad;
    for (std::size_t i = 0; i < after.size(); ++i) {
      buffers[i].copy_(after[i]);
    }
  }
  return outputs;
}

}  // namespace

// The operator is composite: tracers, other devices and other precisions see the ATen operators
// inside. The running statistics are updated in place. Like ATen's batch norm, the schema does not
// declare this mutation.
TORCH_LIBRARY(dt4ecg, library) {
  library.def(
      "run_graph(Tensor x, Tensor[] parameters, Tensor[] buffers, str graph, bool training)"
      " -> Tensor[]");
  library.impl("run_graph",
               torch::dispatch(c10::DispatchKey::CompositeImplicitAutograd, run_graph));
}

}  // namespace dt4ecg::nn
