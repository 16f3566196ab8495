#pragma once

#include <cstdint>

#include "base/random.hpp"

namespace dt4ecg::train {

// Spreads a number over all 64 bits.
inline uint64_t mixed(uint64_t value) { return mix_bits(value + kGoldenGamma); }

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
class StepRandom : public SplitMix64 {
 public:
  StepRandom(uint64_t seed, int64_t step);
};

}  // namespace dt4ecg::train
