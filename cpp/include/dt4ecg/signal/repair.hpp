#pragma once

#include <cstddef>
#include <vector>

#include "dt4ecg/signal/lost.hpp"
#include "dt4ecg/signal/pieces.hpp"
#include "dt4ecg/signal/samples.hpp"
#include "dt4ecg/signal/settings.hpp"

namespace dt4ecg::signal {

class StateArchive;

// The lost samples of a recording, and how they were treated.
struct Repairs {
  std::vector<LostValue> lost = {};  // values that were taken for lost samples
  std::vector<Hole> bridged = {};    // replaced by lines
  std::size_t gaps = 0;              // holes that became gaps

  std::size_t bridged_samples() const;
};

// A recording without lost samples: finite pieces of its leads.
struct Repaired {
  Samples copy = {};  // empty unless samples were replaced
  Leads leads;        // of the recording, or of the copy
  std::vector<Piece> pieces = {};
  Repairs repairs = {};
};

// Finds and treats lost samples as the settings say. Outliers are looked for only with zero-phase
// filters, because a stream cannot know the range of the signal.
Repaired repair(const Settings& settings, const Recording& recording);

// The number of samples of the longest hole that NonFinite::interpolate bridges.
std::size_t longest_hole(const Settings& settings, double sampling_rate);

// Bridges holes in a recording that arrives in chunks, as repair() does. A hole at the end is held
// back, in all leads, until it ends or is too long to be bridged.
class Bridge {
 public:
  explicit Bridge(std::size_t longest) : longest_(longest) {}

  // The samples that need no later ones, (leads, count). The first of them has the index `begin` in
  // the recording.
  Samples push(const Leads& chunk, std::size_t begin, std::vector<Hole>& bridged);
  // Marks a gap. Returns the number of samples that were held back; they are lost.
  std::size_t reset();
  // Writes or reads the state of so many leads.
  void archive(StateArchive& archive, std::size_t leads);

 private:
  std::size_t longest_;
  std::vector<Samples> rows_;  // of each lead the last settled sample and those held back
};

}  // namespace dt4ecg::signal
