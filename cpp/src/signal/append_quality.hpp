#pragma once

#include <span>
#include <vector>

#include "dt4ecg/signal/pipeline.hpp"

namespace dt4ecg::signal {

// With Settings::quality, appends the quality of one window of every lead, which begins at `start`
// of the filtered signals. It comes from the part `window` of the recorder's samples, which may end
// before it.
void append_quality(const Plan& plan, const std::vector<std::span<const double>>& recorded,
                    const Piece& window, const std::vector<Samples>& signals, std::size_t start,
                    Segments& segments);

}  // namespace dt4ecg::signal
