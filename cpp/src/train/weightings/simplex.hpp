#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace dt4ecg::train {

// Where a convex function is least among weights >= 0 of sum 1: weight is moved from the task of
// the largest slope to that of the smallest, by an exact line search, until nothing is gained.
// With two tasks the first move is the answer. slopes(weights) is the function's gradient;
// step(weights, to, from) how much weight the line search moves, if there is as much.
template <class Slopes, class Step>
std::vector<double> least_on_simplex(size_t tasks, const Slopes& slopes, const Step& step) {
  constexpr int kMostMoves = 1000;
  constexpr double kNothing = 1e-13;
  std::vector<double> weights(tasks, 1 / static_cast<double>(tasks));
  for (int move = 0; move < kMostMoves; ++move) {
    const std::vector<double> slope = slopes(weights);
    size_t to = 0, from = tasks;
    for (size_t i = 0; i < tasks; ++i) {
      if (slope[i] < slope[to]) to = i;
      if (weights[i] > 0 && (from == tasks || slope[i] > slope[from])) from = i;
    }
    if (!(slope[from] > slope[to])) break;
    const double moved = std::min(step(weights, to, from), weights[from]);
    if (!(moved > kNothing)) break;
    weights[to] += moved;
    weights[from] -= moved;
  }
  return weights;
}

}  // namespace dt4ecg::train
