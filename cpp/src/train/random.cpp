#include "train/random.hpp"

namespace dt4ecg::train {

StepRandom::StepRandom(uint64_t seed, int64_t step)
    : SplitMix64(mixed(mixed(seed) + static_cast<uint64_t>(step))) {}

}  // namespace dt4ecg::train
