#pragma once

#include <cstdint>

#include "base/random.hpp"

namespace dt4ecg::train {

// The first number of SplitMix64 from the state `value`.
inline uint64_t mixed(uint64_t value) { return mix_bits(value + kGoldenGamma); }

// A uniform draw from 0 to bound - 1 that is the same with every standard library, unlike
// std::uniform_int_distribution.
template <class Engine>
uint64_t below(uint64_t bound, Engine& engine) {
  // Without the lowest 2^64 % bound draws, each result has equally many draws.
  const uint64_t unfair = -bound % bound;
  uint64_t draw;
  do {
    draw = engine();
  } while (draw < unfair);
  return draw % bound;
}

// The random numbers of one step. They depend on seed and step alone, so that a checkpoint need not
// save them.
class StepRandom : public SplitMix64 {
 public:
  StepRandom(uint64_t seed, int64_t step);
};

}  // namespace dt4ecg::train
