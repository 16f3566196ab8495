#include "nn/backbones.hpp"

namespace dt4ecg::nn {

namespace {

// An LSTM uses each weight at every time step, so its size can match DT4ECG either in parameters or
// in multiply-adds. It matches in multiply-adds.
constexpr int64_t kHidden = 64;

}  // namespace

std::vector<Stage> lstm(ops::Shape segment) {
  Graph graph(segment);
  const int64_t centred = graph.add({"batch_norm", "norm", {0}, {}});
  graph.add({"lstm", "lstm", {centred}, {{"hidden", kHidden}}});
  return {{"layer1", graph}};
}

}  // namespace dt4ecg::nn
