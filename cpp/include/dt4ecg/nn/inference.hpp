#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "dt4ecg/nn/graph.hpp"

namespace dt4ecg::nn {

template <class Scalar>
class Layout;

// The inference executor, in eval mode. Batch norm is folded into a copy of the present weights. A
// batch is distributed over PyTorch's threads, each with a small workspace. Concurrent calls run
// one after the other.
class Inference {
 public:
  // Takes float32 tensors on the CPU, see Layout::supports.
  explicit Inference(std::vector<BoundGraph> chain);
  ~Inference();
  Inference(const Inference&) = delete;
  Inference& operator=(const Inference&) = delete;

  // x (B, C, T) -> the last graph's outputs, (B, C, T) or (B, C).
  std::vector<at::Tensor> operator()(const at::Tensor& x);

 private:
  using Workspace = Layout<float>;
  Workspace& workspace(std::size_t thread);

  std::vector<BoundGraph> chain_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Workspace>> workspaces_;  // one per thread
};

}  // namespace dt4ecg::nn
