#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace dt4ecg::signal {

// Values of which the oldest are forgotten. The index counts from the first value ever.
class Track {
 public:
  int64_t begin() const { return begin_; }
  int64_t end() const { return begin_ + static_cast<int64_t>(values_.size()); }
  double operator[](int64_t index) const {
    return values_[static_cast<std::size_t>(index - begin_)];
  }
  void push(double value) { values_.push_back(value); }
  void forget_before(int64_t index);

 private:
  std::vector<double> values_;
  int64_t begin_ = 0;
};

// A hump of the energy in the QRS band, which may be a beat.
struct Hump {
  int64_t at;     // in blocks
  double height;  // of the energy
  double steep;   // largest magnitude in the QRS band
  int64_t peak;   // sample of the R peak
};

// The energy in the QRS band of a piece without gaps, and its humps. Blocks of samples are averaged
// to 180 to 360 Hz. Outside the piece, the signal is constant.
class QrsEnergy {
 public:
  explicit QrsEnergy(double sampling_rate);

  double rate() const { return rate_; }  // blocks per second
  int64_t blocks() const { return energy_.end(); }
  // The humps that the samples complete, in order, and at the end those that remain.
  std::vector<Hump> push(std::span<const double> samples);
  std::vector<Hump> finish();
  // The energy from the start of the piece, of at most kLearnSeconds.
  const std::vector<double>& first_energy() const { return first_; }

  static constexpr double kLearnSeconds = 4;

 private:
  void advance(std::vector<Hump>& humps);
  double block(int64_t index) const;
  double mean(int64_t centre) const;
  double band(int64_t centre) const;
  bool is_hump(int64_t at) const;
  Hump measure(int64_t at) const;

  int64_t block_samples_;
  double rate_;
  int64_t gap_, width_, half_, near_, reach_, wide_;  // in blocks
  Track samples_, blocks_, band_, energy_;
  std::vector<double> first_;
  int64_t next_ = 0;  // block that may be the next hump
  bool ended_ = false;
};

}  // namespace dt4ecg::signal
