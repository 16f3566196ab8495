#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace dt4ecg::train {

// Minimises a convex function over weights >= 0 with sum 1. Each iteration moves weight from the
// task with the largest slope to the task with the smallest slope, by an exact line search, until
// the move is negligible. With two tasks the first move is the solution. slopes(weights) is the
// gradient of the function. step(weights, to, from) is the weight that the line search moves,
// before it is limited to weights[from].
template <class Slopes, class Step>
std::vector<double> least_on_simplex(std::size_t tasks, const Slopes& slopes, const Step& step) {
  constexpr int kMostMoves = 1000;
  constexpr double kNothing = 1e-13;
  std::vector<double> weights(tasks, 1 / static_cast<double>(tasks));
  for (int move = 0; move < kMostMoves; ++move) {
    const std::vector<double> slope = slopes(weights);
    std::size_t to = 0, from = tasks;
    for (std::size_t i = 0; i < tasks; ++i) {
      if (slope[i] < slope[to]) {
        to = i;
      }
      if (weights[i] > 0 && (from == tasks || slope[i] > slope[from])) {
        from = i;
      }
    }
    if (!(slope[from] > slope[to])) {
      break;
    }
    const double moved = std::min(step(weights, to, from), weights[from]);
    if (!(moved > kNothing)) {
      break;
    }
    weights[to] += moved;
    weights[from] -= moved;
  }
  return weights;
}

}  // namespace dt4ecg::train
