#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace dt4ecg::signal {

// Finds R peaks in one lead that arrives in chunks of any size. The peaks do not depend on the
// chunks. docs/beats.md describes the method. Samples must be finite.
class BeatFinder {
 public:
  // Throws InvalidArgument unless the rate is kLowestRate to kHighestRate.
  explicit BeatFinder(double sampling_rate);
  ~BeatFinder();
  BeatFinder(BeatFinder&&) noexcept;
  BeatFinder& operator=(BeatFinder&&) noexcept;

  static constexpr double kLowestRate = 80, kHighestRate = 20000;

  // The peaks that have become certain, as numbers of samples since the first chunk, in ascending
  // order. The first ones are known after about 4.3 s, later ones about 0.5 s after the next beat.
  std::vector<int64_t> push(std::span<const double> samples);
  // The remaining peaks before a gap or the end. The next sample starts a new piece; its number
  // counts on.
  std::vector<int64_t> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The R peaks of one piece without gaps: those of a BeatFinder.
std::vector<int64_t> find_beats(std::span<const double> samples, double sampling_rate);

}  // namespace dt4ecg::signal
