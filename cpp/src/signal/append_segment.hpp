#pragma once

#include <cstddef>
#include <vector>

#include "dt4ecg/signal/pipeline.hpp"

namespace dt4ecg::signal {

// The filtered signals of one piece, one per lead, all of the same length.
using Signals = std::vector<Samples>;

// Throws InvalidArgument if the limits of the training belong to another number of leads.
void check_leads(const Settings& settings, std::size_t leads);

// Appends one window of every lead, scaled. `limits` has one entry per lead, unless each segment
// has limits of its own.
void append_segment(const Plan& plan, const Signals& signals, std::size_t start,
                    const std::vector<Limits>& limits, Segments& segments);

}  // namespace dt4ecg::signal
