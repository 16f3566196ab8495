#include "dt4ecg/signal/repair.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "base/error.hpp"
#include "signal/state_archive.hpp"

namespace dt4ecg::signal {
namespace {

// The leads of a recording, copied before the first change.
class Editable {
 public:
  explicit Editable(const Leads& leads) : leads_(leads) {}

  const Leads& leads() const { return leads_; }
  std::span<double> lead(std::size_t i) {
    if (copy_.empty()) {
      copy_.assign(leads_.samples.begin(), leads_.samples.end());
      leads_.samples = copy_;
    }
    return std::span(copy_).subspan(i * leads_.length, leads_.length);
  }
  Samples release() { return std::move(copy_); }

 private:
  Samples copy_ = {};
  Leads leads_;
};

void find_lost(bool with_outliers, Editable& samples, std::vector<LostValue>& found) {
  LostCodes codes;
  for (std::size_t lead = 0; lead < samples.leads().leads; ++lead) {
    if (std::ranges::any_of(samples.leads().lead(lead), has_value_of_code)) {
      codes.remove(lead, samples.lead(lead), found);
    }
    if (!with_outliers) {
      continue;
    }
    const auto signal = samples.leads().lead(lead);
    const auto limits = outlier_limits(signal);
    if (limits && std::ranges::any_of(signal, [&](double sample) {
          return sample < limits->low || sample > limits->high;
        })) {
      remove_outliers(lead, samples.lead(lead), *limits, found);
    }
  }
}

void bridge(std::size_t longest, const std::vector<Piece>& pieces, Editable& samples,
            std::vector<Hole>& bridged) {
  for (std::size_t lead = 0; lead < samples.leads().leads; ++lead) {
    const auto signal = samples.leads().lead(lead);
    if (std::ranges::none_of(signal, is_non_finite)) {
      continue;
    }
    if (std::ranges::all_of(signal, is_non_finite)) {
      throw_invalid("transform", "samples", "lead ", lead,
                    " has no finite sample; leave the lead out");
    }
    for (const Piece& piece : pieces) {
      const auto part = samples.lead(lead).subspan(piece.begin, piece.length());
      for (const Piece& hole : interpolate_non_finite(part, longest)) {
        bridged.push_back({lead, {piece.begin + hole.begin, piece.begin + hole.end}});
      }
    }
  }
}

// Splits the pieces where a lead is not finite. Returns the number of gaps that this made.
std::size_t drop_non_finite(const Leads& leads, std::vector<Piece>& pieces) {
  std::size_t gaps = 0;
  std::vector<Piece> finite;
  for (const Piece& piece : pieces) {
    const auto parts = split_at_non_finite(leads, piece);
    finite.insert(finite.end(), parts.begin(), parts.end());
    gaps += parts.empty() ? 1
                          : parts.size() - 1 + (parts.front().begin > piece.begin ? 1 : 0) +
                                (parts.back().end < piece.end ? 1 : 0);
  }
  pieces = std::move(finite);
  return gaps;
}

}  // namespace

std::size_t Repairs::bridged_samples() const {
  return std::accumulate(
      bridged.begin(), bridged.end(), std::size_t{0},
      [](std::size_t sum, const Hole& hole) { return sum + hole.samples.length(); });
}

std::size_t longest_hole(const Settings& settings, double sampling_rate) {
  constexpr double kLongest = 3600;
  const double seconds = settings.max_interpolate_seconds;
  if (!(seconds >= 0 && seconds <= kLongest)) {
    throw_invalid("transform", "max_interpolate_seconds", "the longest hole to bridge is 0 to ",
                  kLongest, " s, got ", seconds);
  }
  return static_cast<std::size_t>(seconds * sampling_rate * (1 + 1e-12));  // 0.3 s at 10 Hz is 3
}

Repaired repair(const Settings& settings, const Recording& recording) {
  std::vector<Piece> pieces = split_at_gaps(recording.leads.length, recording.gaps);
  Repairs repairs;
  Editable samples(recording.leads);
  if (settings.find_lost) {
    find_lost(settings.zero_phase, samples, repairs.lost);
  }
  if (settings.non_finite == NonFinite::raise) {
    require_finite("transform", "pass nan=\"interpolate\" or nan=\"drop\"", samples.leads());
  } else {
    if (settings.non_finite == NonFinite::interpolate) {
      bridge(longest_hole(settings, recording.sampling_rate), pieces, samples, repairs.bridged);
    }
    repairs.gaps = drop_non_finite(samples.leads(), pieces);
  }
  const Leads leads = samples.leads();  // of the copy, whose memory stays where it is
  return {samples.release(), leads, std::move(pieces), std::move(repairs)};
}

Samples Bridge::push(const Leads& chunk, std::size_t begin, std::vector<Hole>& bridged) {
  const std::size_t held = rows_.empty() ? 0 : rows_.front().size() - 1;
  rows_.resize(chunk.leads, Samples{std::numeric_limits<double>::quiet_NaN()});
  std::size_t ready = held + chunk.length;
  for (std::size_t lead = 0; lead < chunk.leads; ++lead) {
    Samples& row = rows_[lead];
    const auto samples = chunk.lead(lead);
    row.insert(row.end(), samples.begin(), samples.end());
    for (const Piece& hole : interpolate_non_finite(row, longest_)) {
      bridged.push_back({lead, {begin + hole.begin - 1, begin + hole.end - 1}});
    }
    // A hole at the end may be bridged later, unless it has no sample before it or is too long.
    const auto open = static_cast<std::size_t>(
        std::find_if_not(row.rbegin(), row.rend(), is_non_finite) - row.rbegin());
    if (open < row.size() && open <= longest_) {
      ready = std::min(ready, row.size() - 1 - open);
    }
  }
  Samples settled;
  for (Samples& row : rows_) {
    const auto end = row.begin() + 1 + static_cast<std::ptrdiff_t>(ready);
    settled.insert(settled.end(), row.begin() + 1, end);
    row.erase(row.begin(), end - 1);  // the last settled sample stays as the neighbour of a hole
  }
  return settled;
}

std::size_t Bridge::reset() {
  const std::size_t held = rows_.empty() ? 0 : rows_.front().size() - 1;
  rows_.clear();
  return held;
}

void Bridge::archive(StateArchive& archive, std::size_t leads) {
  bool begun = !rows_.empty();
  archive.flag(begun);
  if (!begun) {
    return;
  }
  std::size_t held = rows_.empty() ? 0 : rows_.front().size() - 1;
  archive.count(held, longest_);
  archive.expect((held + 1) * leads);
  rows_.resize(leads, Samples(held + 1));
  for (Samples& row : rows_) {
    for (double& sample : row) {
      archive.any(sample);
    }
  }
}

}  // namespace dt4ecg::signal
