#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "dt4ecg/signal/for_each.hpp"
#include "dt4ecg/signal/samples.hpp"

namespace dt4ecg::signal {

// target rate / source rate in lowest terms.
struct Ratio {
  std::int64_t up, down;
};

// A filter bank holds about 20 taps per unit of the larger term: 32 MB at this limit.
inline constexpr std::int64_t kMaximumTerm = 200'000;

// The simplest ratio within 1e-9 of target_rate / sampling_rate, so that 497.45 -> 100 Hz is
// exactly 2000/9949; within 1e-7 where 1e-9 needs terms above the limit.
Ratio find_ratio(double sampling_rate, double target_rate);

// The anti-aliasing low-pass of scipy.signal.resample_poly(window=("kaiser", 5.0)), split into `up`
// phases.
class FilterBank {
 public:
  explicit FilterBank(Ratio ratio);

  const Ratio& ratio() const { return ratio_; }
  std::size_t taps() const { return taps_; }  // of one phase
  std::int64_t half_length() const {
    return half_;
  }  // of the filter, in steps of 1 / (up * sampling rate)

  // One output: `newest` points at the youngest of taps() consecutive inputs.
  double apply(std::int64_t phase, const double* newest) const;

 private:
  Ratio ratio_;
  std::int64_t half_;
  std::size_t taps_;
  std::vector<double> phases_;  // (up, taps), oldest input first
};

// Causal resampling of a signal that arrives in chunks; before its first sample the signal is held.
// An output leaves once all its inputs are there: 10 / min(source rate, target rate) seconds of
// look-ahead.
class Resampler {
 public:
  explicit Resampler(std::shared_ptr<const FilterBank> bank);

  void push(std::span<const double> samples,
            Samples& resampled);  // appends to `resampled`
  void reset();                   // the next sample starts a new signal

 private:
  std::shared_ptr<const FilterBank> bank_;
  std::vector<double> inputs_;  // those that outputs to come still need
  std::int64_t newest_;         // index in inputs_ of the newest input of the next output
  std::int64_t phase_;
};

// The whole signal at once, both ends continued along the line from the first to the last sample:
// scipy.signal.resample_poly(samples, up, down, window=("kaiser", 5.0), padtype="line").
Samples resample(const FilterBank& bank, std::span<const double> samples,
                 const ForEach& for_each = one_after_another);

// How many outputs resample(), or a fresh Resampler, makes of so many inputs.
std::size_t resampled_length(const FilterBank& bank, std::size_t length);
std::size_t causal_resampled_length(const FilterBank& bank, std::size_t length);

}  // namespace dt4ecg::signal
