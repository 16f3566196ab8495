#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "dt4ecg/signal/samples.hpp"

namespace dt4ecg::signal {

// Writes the state of an object as numbers, or reads it. A class has one function for both, so the
// order agrees. Reading throws InvalidArgument if the numbers are not such a state.
class StateArchive {
 public:
  StateArchive() = default;                                // writes
  explicit StateArchive(std::span<const double> numbers);  // reads

  void flag(bool& value);
  void count(std::size_t& value, std::size_t most);   // `most` is at most 2^53
  void real(double& value);                           // finite
  void any(double& value);                            // also infinite or NaN
  void samples(Samples& values, std::size_t length);  // finite

  // When reading, throws unless so many numbers are left, before memory for them is allocated.
  void expect(std::size_t numbers) const { require(numbers <= left_.size()); }
  // When reading, throws unless `legal`.
  void require(bool legal) const;
  void require_end() const;
  std::vector<double> release();

 private:
  bool reads_ = false;
  std::span<const double> left_ = {};
  std::vector<double> written_ = {};
};

}  // namespace dt4ecg::signal
