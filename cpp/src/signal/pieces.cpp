#include "dt4ecg/signal/pieces.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "dt4ecg/signal/lost.hpp"

namespace dt4ecg::signal {

std::vector<Piece> split_at_gaps(std::size_t length, std::span<const std::int64_t> gaps) {
  std::vector<std::int64_t> edges(gaps.begin(), gaps.end());
  for (const std::int64_t gap : edges) {
    if (gap < 1 || gap >= static_cast<std::int64_t>(length)) {
      throw_invalid("gaps", "gaps", "a gap is the index of the sample after it, 1 to ", length - 1,
                    " here, got ", gap);
    }
  }
  edges.push_back(0);
  edges.push_back(static_cast<std::int64_t>(length));
  std::ranges::sort(edges);
  std::vector<Piece> pieces;
  for (std::size_t i = 1; i < edges.size(); ++i) {
    if (edges[i] > edges[i - 1]) {
      pieces.push_back(
          {static_cast<std::size_t>(edges[i - 1]), static_cast<std::size_t>(edges[i])});
    }
  }
  return pieces;
}

std::vector<Piece> split_at_non_finite(const Leads& recording, const Piece& piece) {
  std::vector<char> bad(piece.length(), 0);
  for (std::size_t i = 0; i < recording.leads; ++i) {
    const auto samples = recording.lead(i).subspan(piece.begin, piece.length());
    for (std::size_t t = 0; t < samples.size(); ++t) {
      bad[t] |= is_non_finite(samples[t]);
    }
  }
  std::vector<Piece> parts;
  for (auto begin = std::ranges::find(bad, 0); begin != bad.end();) {
    const auto end = std::find(begin, bad.end(), 1);
    parts.push_back({piece.begin + static_cast<std::size_t>(begin - bad.begin()),
                     piece.begin + static_cast<std::size_t>(end - bad.begin())});
    begin = std::find(end, bad.end(), 0);
  }
  return parts;
}

void require_finite(const char* operation, const char* remedy, const Leads& recording) {
  const auto count = std::ranges::count_if(recording.samples, is_non_finite);
  if (count == 0) {
    return;
  }
  const auto first =
      std::ranges::find_if(recording.samples, is_non_finite) - recording.samples.begin();
  const auto length = static_cast<std::ptrdiff_t>(recording.length);
  throw_invalid(operation, "samples", count, " of ", recording.samples.size(),
                " samples are NaN, infinite or codes for lost samples, the first at lead ",
                first / length, ", sample ", first % length, "; ", remedy);
}

std::vector<Piece> interpolate_non_finite(std::span<double> samples, std::size_t longest) {
  std::vector<Piece> bridged;
  const auto begin = samples.begin(), end = samples.end();
  for (auto right = std::find_if_not(begin, end, is_non_finite);;) {
    const auto hole = std::find_if(right, end, is_non_finite);
    right = std::find_if_not(hole, end, is_non_finite);
    if (right == end) {
      return bridged;
    }
    const auto length = right - hole;
    if (length > static_cast<std::ptrdiff_t>(longest)) {
      continue;
    }
    const double before = hole[-1], step = (*right - before) / static_cast<double>(length + 1);
    for (std::ptrdiff_t i = 0; i < length; ++i) {
      hole[i] = before + step * static_cast<double>(i + 1);
    }
    bridged.push_back(
        {static_cast<std::size_t>(hole - begin), static_cast<std::size_t>(right - begin)});
  }
}

}  // namespace dt4ecg::signal
