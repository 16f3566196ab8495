// The dispatcher's entry to a graph: torch.ops.dt4ecg.run_graph.
#include <torch/library.h>

#include "dt4ecg/nn/graph.hpp"

namespace dt4ecg::nn {

namespace {

std::vector<at::Tensor> run_graph(const at::Tensor& x, at::TensorList parameters,
                                  at::TensorList buffers, std::string_view graph, bool training) {
  return parsed(std::string(graph))
      ->forward(x, {parameters.begin(), parameters.end()}, {buffers.begin(), buffers.end()},
                training);
}

}  // namespace

// Composite: autograd, export and other devices see the ATen operators inside. The running
// statistics are updated by ATen's own batch norm, whose schema declares no mutation either.
TORCH_LIBRARY(dt4ecg, library) {
  library.def(
      "run_graph(Tensor x, Tensor[] parameters, Tensor[] buffers, str graph, bool training)"
      " -> Tensor[]");
  library.impl("run_graph",
               torch::dispatch(c10::DispatchKey::CompositeImplicitAutograd, run_graph));
}

}  // namespace dt4ecg::nn
