#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "dt4ecg/nn/graph.hpp"

namespace dt4ecg::nn {

template <class Scalar>
class Layout;

// The inference executor: eval mode, batch norm folded into the weights as they are now, a batch
// shared out among torch's threads, each with its own small workspace. Calls wait for each other.
class Inference {
 public:
  // float32 on the CPU, see Layout::supports.
  explicit Inference(std::vector<BoundGraph> chain);
  ~Inference();
  Inference(const Inference&) = delete;
  Inference& operator=(const Inference&) = delete;

  // x (B, C, T) -> the last graph's outputs, (B, C, T) or (B, C).
  std::vector<at::Tensor> operator()(const at::Tensor& x);

 private:
  using Lane = Layout<float>;
  Lane& lane(size_t thread);

  std::vector<BoundGraph> chain_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Lane>> lanes_;  // one per thread
};

}  // namespace dt4ecg::nn
