#pragma once

#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "dt4ecg/signal/normalize.hpp"

namespace dt4ecg::signal {

class StateArchive;

// No ECG in any unit reaches this magnitude. Larger samples count as infinite: the filters and the
// normalisation could overflow.
inline constexpr double kLargestSample = 1e30;

// Whether a sample is NaN, infinite or beyond kLargestSample.
bool is_non_finite(double sample);

// A value that a lead holds in place of lost samples. For outliers it is the farthest one.
struct LostValue {
  std::size_t lead;
  double value;
  std::size_t count;
};

// Finds the codes that recorders and people store for a lost sample. They are the limits of
// integers of 16, 24 and 32 bits, and 999, 9999, ..., 9999999 with either sign. Such a value is a
// code if the step to it from the last measured sample is larger than half of it. A signal that
// passes through the value, or saturates at it, makes smaller steps. A decimal code also lies
// beyond all measured samples before it, by more than their range. 999 also has samples with
// fractions before it. The signal may arrive in chunks.
class LostCodes {
 public:
  // Replaces the codes among the next samples of a lead by NaN, and adds them to `found`.
  void remove(std::size_t lead, std::span<double> samples, std::vector<LostValue>& found);
  // Writes or reads the state of at most so many leads.
  void archive(StateArchive& archive, std::size_t most_leads);

 private:
  // The measured samples of a lead so far.
  struct Lead {
    double last = 0;
    double low = std::numeric_limits<double>::infinity();
    double high = -std::numeric_limits<double>::infinity();
    bool has_fractions = false;

    bool is_lost(double sample) const;
  };

  std::vector<Lead> leads_;
};

// Whether a sample has the value of a code.
bool has_value_of_code(double sample);

// The range beyond which a sample of a lead is an outlier: 20 times the distance between the 1 %
// and the 99 % quantile, below and above the median. Up to four lowest and four highest values that
// would be outliers of the other samples do not count for the quantiles, however frequent they are.
// No range if the quantiles are equal.
std::optional<Limits> outlier_limits(std::span<const double> samples);

// Replaces the samples outside the limits by NaN, and adds them to `found`.
void remove_outliers(std::size_t lead, std::span<double> samples, const Limits& limits,
                     std::vector<LostValue>& found);

}  // namespace dt4ecg::signal
