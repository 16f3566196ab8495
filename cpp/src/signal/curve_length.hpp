#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace dt4ecg::signal {

// Beats by a second method, as sample indexes: humps of the length of the curve over 0.13 s that
// are higher than the middle between its median and its 98 % quantile (after Zong, Moody and Jiang
// 2003). Noise misleads it at other places than a BeatFinder.
std::vector<int64_t> find_by_curve_length(std::span<const double> samples, double sampling_rate);

}  // namespace dt4ecg::signal
