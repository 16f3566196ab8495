#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "dt4ecg/signal/for_each.hpp"
#include "dt4ecg/signal/samples.hpp"

namespace dt4ecg::signal {

class StateArchive;

// target rate / source rate in lowest terms.
struct Ratio {
  std::int64_t up, down;
};

// The largest term of a ratio. A filter bank holds about 20 taps per unit of it: 32 MB at this
// limit.
inline constexpr std::int64_t kMaximumTerm = 200'000;

// The ratio of smallest terms within a relative 1e-9 of target_rate / sampling_rate; 497.45 to
// 100 Hz gives exactly 2000/9949. If its terms exceed the limit, a relative 1e-7 is allowed.
Ratio find_ratio(double sampling_rate, double target_rate);

// The anti-aliasing low-pass of scipy.signal.resample_poly(window=("kaiser", 5.0)), split into `up`
// phases.
class FilterBank {
 public:
  explicit FilterBank(Ratio ratio);

  const Ratio& ratio() const { return ratio_; }
  // The number of taps of one phase.
  std::size_t taps() const { return taps_; }
  // Half the length of the filter, in steps of 1 / (up * sampling rate).
  std::int64_t half_length() const { return half_; }

  // One output sample; `newest` points at the last of taps() consecutive inputs.
  double apply(std::int64_t phase, const double* newest) const;

 private:
  Ratio ratio_;
  std::int64_t half_;
  std::size_t taps_;
  std::vector<double> phases_;  // (up, taps), oldest input first
};

// Causal resampling of a signal that arrives in chunks. Before the first sample, the signal is
// taken as constant. An output needs inputs up to 10 / min(source rate, target rate) seconds after
// it, and is returned when they have arrived.
class Resampler {
 public:
  explicit Resampler(std::shared_ptr<const FilterBank> bank);

  void push(std::span<const double> samples, Samples& resampled);  // appends to `resampled`
  void reset();  // the next sample starts a new signal
  void archive(StateArchive& archive);

 private:
  std::shared_ptr<const FilterBank> bank_;
  std::vector<double> inputs_;  // inputs that later outputs still need
  std::int64_t newest_;         // index in inputs_ of the newest input of the next output
  std::int64_t phase_;
};

// Resamples a whole signal, extended at both ends along the line from its first to its last sample:
// scipy.signal.resample_poly(samples, up, down, window=("kaiser", 5.0), padtype="line").
Samples resample(const FilterBank& bank, std::span<const double> samples,
                 const ForEach& for_each = serial_for_each);

// The number of outputs of resample() and of a new Resampler for `length` inputs.
std::size_t resampled_length(const FilterBank& bank, std::size_t length);
std::size_t causal_resampled_length(const FilterBank& bank, std::size_t length);

}  // namespace dt4ecg::signal
