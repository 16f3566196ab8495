#include "dt4ecg/train/shuffle.hpp"

#include <numeric>
#include <random>
#include <utility>

namespace dt4ecg::train {

namespace {

// SplitMix64 (Steele et al. 2014): spreads (seed, epoch) over all 64 bits.
uint64_t mixed(uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

// std::uniform_int_distribution differs between standard libraries; this does not.
uint64_t below(uint64_t bound, std::mt19937_64& engine) {
  const uint64_t unfair = -bound % bound;
  uint64_t draw;
  do draw = engine();
  while (draw < unfair);
  return draw % bound;
}

}  // namespace

std::vector<int64_t> shuffled(int64_t samples, uint64_t seed, int64_t epoch) {
  std::mt19937_64 engine(mixed(mixed(seed) + static_cast<uint64_t>(epoch)));
  std::vector<int64_t> order(static_cast<size_t>(samples));
  std::iota(order.begin(), order.end(), 0);
  for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[below(i, engine)]);
  return order;
}

}  // namespace dt4ecg::train
