#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace dt4ecg::signal {

// Samples of several leads at the same times, (leads, length), one lead after the other.
struct Leads {
  std::span<const double> samples;
  std::size_t leads, length;

  std::span<const double> lead(std::size_t i) const { return samples.subspan(i * length, length); }
};

// A piece of a recording: samples [begin, end), with no gap inside.
struct Piece {
  std::size_t begin, end;

  std::size_t length() const { return end - begin; }
};

// One recording, as the caller holds it.
struct Recording {
  Leads leads;
  double sampling_rate;
  std::span<const std::int64_t> gaps;  // each the index of the sample after it
};

// Samples of one lead that are lost.
struct Hole {
  std::size_t lead;
  Piece samples;
};

// The pieces between gaps. A gap is given by the index of the sample after it, 1 to length - 1.
std::vector<Piece> split_at_gaps(std::size_t length, std::span<const std::int64_t> gaps);

// The parts of `piece` in which every lead is finite. Here and below, samples beyond kLargestSample
// count as infinite.
std::vector<Piece> split_at_non_finite(const Leads& recording, const Piece& piece);

// Throws InvalidArgument if samples are NaN or infinite; the text has their number, the position of
// the first and the remedy.
void require_finite(const char* operation, const char* remedy, const Leads& recording);

// Replaces NaN and infinite samples by a line between their finite neighbours in holes of at most
// `longest` samples, and returns these holes. Holes at the ends stay.
std::vector<Piece> interpolate_non_finite(std::span<double> samples, std::size_t longest);

}  // namespace dt4ecg::signal
