#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace dt4ecg::signal {

// Simultaneous samples of several leads, (leads, length), row by row.
struct Leads {
  std::span<const double> samples;
  std::size_t leads, length;

  std::span<const double> lead(std::size_t i) const { return samples.subspan(i * length, length); }
};

// Samples [begin, end) of a recording, with nothing missing in between.
struct Piece {
  std::size_t begin, end;

  std::size_t length() const { return end - begin; }
};

// The pieces between gaps; a gap is the index of the sample after it, in 1 to length - 1.
std::vector<Piece> split_at_gaps(std::size_t length, std::span<const std::int64_t> gaps);

// The parts of `piece` in which every lead is finite.
std::vector<Piece> split_at_non_finite(const Leads& recording, const Piece& piece);

// Throws with the count and the first index of the NaN or infinite samples, if there are any.
void require_finite(const char* operation, const char* way_out, const Leads& recording);

// Replaces NaN and infinite samples by the line between their neighbours; at the ends the nearest
// sample is held. False if no sample is finite.
bool interpolate_non_finite(std::span<double> samples);

}  // namespace dt4ecg::signal
