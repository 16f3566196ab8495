#include "dt4ecg/signal/pipeline.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>
#include <variant>

#include "base/error.hpp"
#include "dt4ecg/signal/causal_chain.hpp"
#include "signal/append_quality.hpp"
#include "signal/append_segment.hpp"
#include "signal/rate.hpp"

namespace dt4ecg::signal {
namespace {

struct FilteredPiece {
  Piece recorded;
  Signals signals;
};

// The filtered pieces of a recording, and the number of pieces that are too short for a segment.
struct Filtered {
  Plan plan;
  Repaired repaired;
  std::vector<FilteredPiece> pieces = {};
  std::size_t dropped = 0;
};

// Copies the pieces. With causal filters it also filters and resamples them.
Filtered begin_filtering(const Settings& settings, const Recording& recording) {
  Filtered filtered{Plan(settings, recording.sampling_rate), repair(settings, recording)};
  const Plan& plan = filtered.plan;
  const Repaired& repaired = filtered.repaired;
  for (const Piece& piece : repaired.pieces) {
    if (plan.window.count(plan.output_length(piece.length())) == 0) {
      ++filtered.dropped;
      continue;
    }
    const std::size_t begin = piece.begin + (settings.zero_phase ? 0 : plan.settling);
    filtered.pieces.push_back({{begin, piece.end}, {}});
    Signals& signals = filtered.pieces.back().signals;
    for (std::size_t lead = 0; lead < repaired.leads.leads; ++lead) {
      const auto samples = repaired.leads.lead(lead).subspan(piece.begin, piece.length());
      if (settings.zero_phase) {
        signals.emplace_back(samples.begin(), samples.end());
      } else {
        signals.push_back(CausalChain(plan).push(samples));
      }
    }
  }
  return filtered;
}

// A filtered recording, or the error that prevents filtering.
using Attempt = std::variant<Filtered, InvalidArgument>;

Attempt try_filtering(const Settings& settings, const Recording& recording) {
  try {
    return begin_filtering(settings, recording);
  } catch (const InvalidArgument& error) {
    return error;
  }
}

void filter_zero_phase(std::span<Attempt> attempts, std::vector<Section> Plan::*sections,
                       Padding padding, const ForEach& for_each) {
  std::vector<Row> rows;
  for (Attempt& attempt : attempts) {
    if (auto* recording = std::get_if<Filtered>(&attempt)) {
      for (FilteredPiece& piece : recording->pieces) {
        for (auto& signal : piece.signals) {
          rows.push_back({&(recording->plan.*sections), signal});
        }
      }
    }
  }
  filter_zero_phase(rows, padding, for_each);
}

std::vector<Attempt> filter_together(const Settings& settings,
                                     std::span<const Recording> recordings,
                                     const ForEach& for_each) {
  std::vector<Attempt> attempts;
  for (const Recording& recording : recordings) {
    attempts.push_back(try_filtering(settings, recording));
  }
  if (!settings.zero_phase) {
    return attempts;
  }
  if (settings.settle) {
    // Hum is removed first: at the ends of a piece it would disturb the high-pass for seconds.
    filter_zero_phase(attempts, &Plan::notch, Padding::settling, for_each);
    filter_zero_phase(attempts, &Plan::highpass, Padding::settling, for_each);
  } else {
    filter_zero_phase(attempts, &Plan::highpass, Padding::scipy, for_each);
    filter_zero_phase(attempts, &Plan::notch, Padding::scipy, for_each);
  }
  for (Attempt& attempt : attempts) {
    auto* recording = std::get_if<Filtered>(&attempt);
    if (!recording || !recording->plan.bank) {
      continue;
    }
    for (FilteredPiece& piece : recording->pieces) {
      for (auto& signal : piece.signals) {
        signal = resample(*recording->plan.bank, signal, for_each);
      }
    }
  }
  return attempts;
}

// Calls use(i, attempt) for each recording. A few recordings are filtered at a time: that bounds
// the memory, and it fills the vectors of the filters.
void filter_each(const Settings& settings, std::span<const Recording> recordings,
                 const ForEach& for_each,
                 const std::function<void(std::size_t, const Attempt&)>& use) {
  constexpr std::size_t kTogether = 8;
  for_each((recordings.size() + kTogether - 1) / kTogether, [&](std::size_t group) {
    const std::size_t first = group * kTogether;
    const std::size_t count = std::min(kTogether, recordings.size() - first);
    const auto attempts = filter_together(settings, recordings.subspan(first, count), for_each);
    for (std::size_t i = 0; i < count; ++i) {
      use(first + i, attempts[i]);
    }
  });
}

// Throws the error of recording i, which the text names if there are several.
[[noreturn]] void throw_about(const InvalidArgument& error, std::size_t i, std::size_t count) {
  throw count == 1 ? error : error.about_record(i);
}

std::vector<Limits> limits_of(const std::vector<FilteredPiece>& pieces) {
  std::vector<Limits> limits;
  for (const FilteredPiece& piece : pieces) {
    for (std::size_t lead = 0; lead < piece.signals.size(); ++lead) {
      const Limits found = find_limits(piece.signals[lead]);
      if (lead == limits.size()) {
        limits.push_back(found);
      } else {
        limits[lead] = merge(limits[lead], found);
      }
    }
  }
  return limits;
}

Segments cut(const Filtered& filtered, const Leads& recording) {
  const Plan& plan = filtered.plan;
  Segments segments{.leads = recording.leads,
                    .length = plan.window.length,
                    .dropped_pieces = filtered.dropped,
                    .repairs = filtered.repaired.repairs};
  const auto limits = plan.settings.normalization == Normalization::record
                          ? limits_of(filtered.pieces)
                          : plan.settings.limits;
  double covered = 0;
  for (const FilteredPiece& piece : filtered.pieces) {
    const std::size_t length = piece.signals.front().size();
    std::vector<std::span<const double>> recorded;
    for (std::size_t lead = 0; lead < recording.leads; ++lead) {
      const auto samples = filtered.repaired.leads.lead(lead);
      recorded.push_back(samples.subspan(piece.recorded.begin, piece.recorded.length()));
    }
    for (std::size_t start = 0; start + plan.window.length <= length; start += plan.window.hop) {
      append_quality(plan, recorded, plan.recorded(start), piece.signals, start, segments);
      append_segment(plan, piece.signals, start, limits, segments);
      segments.start_seconds.push_back(plan.seconds(piece.recorded.begin, start));
    }
    covered += plan.seconds(0, plan.window.covered(length));
  }
  segments.dropped_seconds =
      std::max(0.0, static_cast<double>(recording.length) / plan.sampling_rate - covered);
  return segments;
}

Outcome outcome_of(const Attempt& attempt, const Leads& recording) {
  if (const auto* error = std::get_if<InvalidArgument>(&attempt)) {
    return {.error = *error};
  }
  const auto& filtered = std::get<Filtered>(attempt);
  try {
    check_leads(filtered.plan.settings, recording.leads);
  } catch (const InvalidArgument& error) {
    return {.error = error};
  }
  return {.segments = cut(filtered, recording)};
}

}  // namespace

Plan::Plan(const Settings& s, double rate)
    : settings(s), sampling_rate(rate), output_rate(s.target_rate.value_or(rate)) {
  require_rate("transform", "sampling_rate", rate);
  require_rate("transform", "target_rate", output_rate);
  window = make_window(s.segment_seconds, s.overlap, output_rate);
  if (s.highpass) {
    highpass = design_highpass(rate, *s.highpass, s.highpass_order);
  }
  if (s.notch) {
    notch = design_notch(rate, *s.notch, s.notch_quality);
  }
  if (s.settle) {
    settling = settling_samples(notch);
  }
  const Ratio ratio = find_ratio(rate, output_rate);
  if (ratio.up != ratio.down) {
    bank = std::make_shared<FilterBank>(ratio);
  }
}

std::size_t Plan::output_length(std::size_t samples) const {
  if (!settings.zero_phase) {
    const std::size_t settled = samples - std::min(samples, settling);
    return bank ? causal_resampled_length(*bank, settled) : settled;
  }
  if (!settings.settle && samples <= std::max(scipy_padding(highpass), scipy_padding(notch))) {
    return 0;
  }
  return bank ? resampled_length(*bank, samples) : samples;
}

double Plan::seconds(std::size_t piece_begin, std::size_t output) const {
  const double down =
      bank ? static_cast<double>(bank->ratio().down) / static_cast<double>(bank->ratio().up) : 1;
  return (static_cast<double>(piece_begin) + static_cast<double>(output) * down) / sampling_rate;
}

Piece Plan::recorded(std::size_t output) const {
  const std::size_t up = bank ? static_cast<std::size_t>(bank->ratio().up) : 1;
  const std::size_t down = bank ? static_cast<std::size_t>(bank->ratio().down) : 1;
  return {output * down / up, (output + window.length) * down / up};
}

std::vector<Outcome> transform_each(const Settings& settings, std::span<const Recording> recordings,
                                    const ForEach& for_each) {
  std::vector<Outcome> outcomes(recordings.size());
  filter_each(settings, recordings, for_each, [&](std::size_t i, const Attempt& attempt) {
    outcomes[i] = outcome_of(attempt, recordings[i].leads);
  });
  return outcomes;
}

std::vector<Segments> transform(const Settings& settings, std::span<const Recording> recordings,
                                const ForEach& for_each) {
  std::vector<Segments> segments;
  for (Outcome& outcome : transform_each(settings, recordings, for_each)) {
    if (outcome.error) {
      throw_about(*outcome.error, segments.size(), recordings.size());
    }
    segments.push_back(std::move(outcome.segments));
  }
  return segments;
}

std::vector<std::vector<Limits>> fit_limits(const Settings& settings,
                                            std::span<const Recording> recordings,
                                            const ForEach& for_each) {
  std::vector<std::vector<Limits>> limits(recordings.size());
  filter_each(settings, recordings, for_each, [&](std::size_t i, const Attempt& attempt) {
    if (const auto* error = std::get_if<InvalidArgument>(&attempt)) {
      throw_about(*error, i, recordings.size());
    }
    limits[i] = limits_of(std::get<Filtered>(attempt).pieces);
  });
  return limits;
}

}  // namespace dt4ecg::signal
