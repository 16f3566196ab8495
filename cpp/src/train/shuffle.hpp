#pragma once

#include <cstdint>
#include <vector>

namespace dt4ecg::train {

// The order of the samples in an epoch. It depends on seed and epoch alone and is the same with
// every standard library, so that a checkpoint need not save it.
std::vector<int64_t> shuffled(int64_t samples, uint64_t seed, int64_t epoch);

}  // namespace dt4ecg::train
