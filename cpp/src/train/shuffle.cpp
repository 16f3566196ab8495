#include "train/shuffle.hpp"

#include <numeric>
#include <random>
#include <utility>

#include "train/random.hpp"

namespace dt4ecg::train {

std::vector<int64_t> shuffled(int64_t samples, uint64_t seed, int64_t epoch) {
  std::mt19937_64 engine(mixed(mixed(seed) + static_cast<uint64_t>(epoch)));
  std::vector<int64_t> order(static_cast<std::size_t>(samples));
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[below(i, engine)]);
  }
  return order;
}

}  // namespace dt4ecg::train
