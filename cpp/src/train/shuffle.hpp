#pragma once

#include <cstdint>
#include <vector>

namespace dt4ecg::train {

// The order of an epoch's samples: a function of seed and epoch alone, the same with every standard
// library, so nothing has to be saved to continue a run.
std::vector<int64_t> shuffled(int64_t samples, uint64_t seed, int64_t epoch);

}  // namespace dt4ecg::train
