#pragma once

#include <cstdint>

namespace dt4ecg::train {

// SplitMix64 (Steele et al. 2014): spreads a number over all 64 bits.
uint64_t mixed(uint64_t value);

// A draw from 0 to bound - 1. std::uniform_int_distribution differs between standard libraries;
// this does not.
template <class Engine>
uint64_t below(uint64_t bound, Engine& engine) {
  const uint64_t unfair = -bound % bound;
  uint64_t draw;
  do draw = engine();
  while (draw < unfair);
  return draw % bound;
}

// The random numbers of one step: a function of seed and step alone, so nothing has to be saved to
// continue a run.
class StepRandom {
 public:
  StepRandom(uint64_t seed, int64_t step);
  uint64_t operator()();
  double normal();  // mean 0, standard deviation 1

 private:
  double uniform();  // in (0, 1), both ends excluded

  uint64_t state_;
};

}  // namespace dt4ecg::train
