#include "nn/backbones.hpp"

namespace dt4ecg::nn {

namespace {

// A weight serves every time step, so that only one size can be DT4ECG's: the arithmetic is.
constexpr int64_t kHidden = 64;

}  // namespace

std::vector<Stage> lstm(ops::Shape segment) {
  Graph graph(segment);
  const int64_t centred = graph.add({"batch_norm", "norm", {0}, {}});
  graph.add({"lstm", "lstm", {centred}, {{"hidden", kHidden}}});
  return {{"layer1", graph}};
}

}  // namespace dt4ecg::nn
