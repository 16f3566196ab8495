#include "dt4ecg/signal/stream.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "signal/append_quality.hpp"
#include "signal/append_segment.hpp"
#include "signal/state_archive.hpp"

namespace dt4ecg::signal {
namespace {

void drop_front(Signals& signals, std::size_t count) {
  for (Samples& signal : signals) {
    const auto end = signal.begin() + static_cast<std::ptrdiff_t>(std::min(count, signal.size()));
    signal.erase(signal.begin(), end);
  }
}

}  // namespace

Stream::State::State(const Plan& plan) : bridge(longest_hole(plan.settings, plan.sampling_rate)) {}

Stream::Stream(const Settings& settings, double sampling_rate)
    : plan_(settings, sampling_rate), state_(plan_) {
  if (settings.normalization == Normalization::record) {
    throw_invalid(
        "stream", "normalize",
        "normalize=\"record\" needs the lowest and highest sample of the whole recording, "
        "which a stream has not seen yet; use \"zscore\", \"segment\", \"training\" or "
        "None");
  }
}

void Stream::start_piece(std::size_t begin) {
  state_.piece_begin = begin + plan_.settling;
  state_.first_pending = 0;
  state_.chains.assign(state_.leads, CausalChain(plan_));
  state_.pending.assign(state_.leads, {});
  state_.recorded.assign(state_.leads, {});
  state_.skipped = plan_.settling;
}

Segments Stream::push(const Leads& chunk) {
  const std::lock_guard lock(mutex_);
  if (chunk.leads == 0) {
    throw_invalid("stream", "chunk", "a chunk needs at least one lead, got none");
  }
  if (state_.leads != 0 && chunk.leads != state_.leads) {
    throw_invalid("stream", "chunk", "the number of leads was ", state_.leads,
                  " in the first chunk, got ", chunk.leads, "; open a stream for each recording");
  }
  check_leads(plan_.settings, chunk.leads);
  Segments segments{.leads = chunk.leads, .length = plan_.window.length};
  Samples samples(chunk.samples.begin(), chunk.samples.end());
  LostCodes codes = state_.codes;
  if (plan_.settings.find_lost) {
    for (std::size_t lead = 0; lead < chunk.leads; ++lead) {
      const auto row = std::span(samples).subspan(lead * chunk.length, chunk.length);
      codes.remove(lead, row, segments.repairs.lost);
    }
  }
  if (plan_.settings.non_finite == NonFinite::raise) {
    require_finite("stream", "open it with nan=\"interpolate\" or nan=\"drop\"",
                   {samples, chunk.leads, chunk.length});
  } else if (plan_.settings.non_finite == NonFinite::interpolate) {
    samples = state_.bridge.push({samples, chunk.leads, chunk.length}, state_.filtered,
                                 segments.repairs.bridged);
  }
  state_.codes = std::move(codes);
  state_.leads = chunk.leads;
  const Leads ready{samples, state_.leads, samples.size() / state_.leads};
  std::size_t end = 0;
  for (const Piece& piece : split_at_non_finite(ready, {0, ready.length})) {
    if (piece.begin != end) {
      end_piece();
    }
    feed(ready, piece, segments);
    end = piece.end;
  }
  if (end != ready.length) {
    end_piece();
  }
  state_.filtered += ready.length;
  return segments;
}

void Stream::reset() {
  const std::lock_guard lock(mutex_);
  end_piece();
  state_.filtered += state_.bridge.reset();
}

void Stream::feed(const Leads& chunk, const Piece& piece, Segments& segments) {
  if (piece.length() == 0) {
    return;
  }
  if (state_.chains.empty()) {
    start_piece(state_.filtered + piece.begin);
  }
  for (std::size_t lead = 0; lead < state_.leads; ++lead) {
    const auto samples = chunk.lead(lead).subspan(piece.begin, piece.length());
    const auto signal = state_.chains[lead].push(samples);
    state_.pending[lead].insert(state_.pending[lead].end(), signal.begin(), signal.end());
    if (plan_.settings.quality) {
      const auto kept = samples.subspan(std::min(state_.skipped, samples.size()));
      state_.recorded[lead].insert(state_.recorded[lead].end(), kept.begin(), kept.end());
    }
  }
  state_.skipped -= std::min(state_.skipped, piece.length());
  const auto& [length, hop] = plan_.window;
  const std::size_t first_recorded = plan_.recorded(state_.first_pending).begin;
  std::size_t start = 0;
  for (; start + length <= state_.pending.front().size(); start += hop) {
    const auto [begin, end] = plan_.recorded(state_.first_pending + start);
    append_quality(plan_, {state_.recorded.begin(), state_.recorded.end()},
                   {begin - first_recorded, end - first_recorded}, state_.pending, start, segments);
    append_segment(plan_, state_.pending, start, plan_.settings.limits, segments);
    segments.start_seconds.push_back(
        plan_.seconds(state_.piece_begin, state_.first_pending + start));
  }
  state_.first_pending += start;
  drop_front(state_.pending, start);
  drop_front(state_.recorded, plan_.recorded(state_.first_pending).begin - first_recorded);
}

std::vector<double> Stream::state() {
  const std::lock_guard lock(mutex_);
  StateArchive writer;
  archive(writer, state_);
  return writer.release();
}

void Stream::restore(std::span<const double> numbers) {
  StateArchive reader(numbers);
  State state(plan_);
  archive(reader, state);
  reader.require_end();
  const std::lock_guard lock(mutex_);
  state_ = std::move(state);
}

void Stream::archive(StateArchive& archive, State& state) const {
  constexpr std::size_t kMostLeads = 1 << 16, kMostSamples = std::size_t{1} << 40;
  archive.count(state.leads, kMostLeads);
  archive.count(state.filtered, kMostSamples);
  state.codes.archive(archive, state.leads);
  state.bridge.archive(archive, state.leads);
  bool in_piece = !state.chains.empty();
  archive.flag(in_piece);
  if (!in_piece) {
    return;
  }
  archive.require(state.leads > 0);
  archive.count(state.piece_begin, kMostSamples);
  archive.count(state.first_pending, kMostSamples);
  archive_piece(archive, state);
}

// The sizes follow from the number of samples since the piece began.
void Stream::archive_piece(StateArchive& archive, State& state) const {
  archive.require(state.piece_begin >= plan_.settling &&
                  state.filtered >= state.piece_begin - plan_.settling);
  const std::size_t received = state.filtered + plan_.settling - state.piece_begin;
  state.skipped = plan_.settling - std::min(plan_.settling, received);
  const std::size_t settled = received - std::min(plan_.settling, received);
  const std::size_t filtered = plan_.bank ? causal_resampled_length(*plan_.bank, settled) : settled;
  const std::size_t first_recorded = plan_.recorded(state.first_pending).begin;
  archive.require(state.first_pending <= filtered && first_recorded <= settled &&
                  filtered - state.first_pending < plan_.window.length);
  archive.expect(state.leads);
  state.chains.resize(state.leads, CausalChain(plan_));
  state.pending.resize(state.leads);
  state.recorded.resize(state.leads);
  for (std::size_t lead = 0; lead < state.leads; ++lead) {
    state.chains[lead].archive(archive);
    archive.samples(state.pending[lead], filtered - state.first_pending);
    archive.samples(state.recorded[lead], plan_.settings.quality ? settled - first_recorded : 0);
  }
}

}  // namespace dt4ecg::signal
