#include "dt4ecg/nn/inference.hpp"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>

#include "base/error.hpp"
#include "nn/layout.hpp"
#include "ops/parallel.hpp"

namespace dt4ecg::nn {

namespace {

// The number of segments that a thread processes together: few enough for its cache.
constexpr int64_t kAtOnce = 4;

}  // namespace

Inference::Inference(std::vector<BoundGraph> chain) : chain_(std::move(chain)) {
  // The tensors are copied, because the weights are folded now and later training must not change
  // them.
  for (BoundGraph& part : chain_) {
    for (auto* tensors : {&part.parameters, &part.buffers}) {
      for (at::Tensor& tensor : *tensors) {
        tensor = tensor.detach().clone(at::MemoryFormat::Contiguous);
      }
    }
  }
  workspaces_.push_back(nullptr);
  workspace(0);
}

Inference::~Inference() = default;

Inference::Workspace& Inference::workspace(std::size_t thread) {
  if (!workspaces_[thread]) {
    workspaces_[thread] =
        std::make_unique<Workspace>(chain_, kAtOnce, Workspace::Purpose::inference);
    for (std::size_t n = 0; n < workspaces_[thread]->nodes(); ++n) {
      workspaces_[thread]->node(n).prepare_inference();
    }
  }
  return *workspaces_[thread];
}

std::vector<at::Tensor> Inference::operator()(const at::Tensor& x) {
  const ops::Shape input = chain_.front().graph->input();
  const int64_t rank = input.length == 0 ? 2 : 3;
  if (x.dim() != rank || x.size(1) != input.channels || (rank == 3 && x.size(2) != input.length) ||
      !x.device().is_cpu()) {
    throw_invalid("Inference", "x", "takes (batch, ", input.channels,
                  rank == 3 ? ", " + std::to_string(input.length) : "", ") on the CPU, got ",
                  x.sizes(), " on ", x.device());
  }
  const std::lock_guard lock(mutex_);
  const at::NoGradGuard no_grad;
  const c10::InferenceMode off(
      false);  // the caller's inference mode does not apply to the other threads
  std::vector<at::Tensor> outputs;
  const Graph& last = *chain_.back().graph;
  for (const int64_t output : last.outputs()) {
    const ops::Shape shape = last.shape(output);
    std::vector<int64_t> sizes{x.size(0), shape.channels};
    if (shape.length > 0) {
      sizes.push_back(shape.length);
    }
    outputs.push_back(at::empty(sizes, at::kFloat));
  }
  const int64_t groups = (x.size(0) + kAtOnce - 1) / kAtOnce;
  const int threads = ops::thread_count();
  workspaces_.resize(std::max(workspaces_.size(), static_cast<std::size_t>(threads)));
  parallel_chunks(groups, 1, threads, [&](const Chunk& chunk) {
    Workspace& own = workspace(static_cast<std::size_t>(chunk.participant));
    for (int64_t group = chunk.begin; group < chunk.end; ++group) {
      const int64_t first = group * kAtOnce, count = std::min(kAtOnce, x.size(0) - first);
      own.run(x, first, count, outputs, [&](ops::Fused<float>& node) { node.infer(count); });
    }
  });
  return outputs;
}

}  // namespace dt4ecg::nn
