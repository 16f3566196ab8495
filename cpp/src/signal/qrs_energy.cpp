#include "signal/qrs_energy.hpp"

#include <algorithm>
#include <cmath>

#include "signal/quality_indices.hpp"

namespace dt4ecg::signal {
namespace {

constexpr double kRate = 180;           // Hz: blocks are averaged to this rate or up to twice it
constexpr double kBandSeconds = 0.03;   // the QRS band has its maximum at 1 / (2 * this), 17 Hz
constexpr double kEnergySeconds = 0.1;  // over which the magnitude in the band is averaged
constexpr double kHumpSeconds = 0.1;    // a hump is the largest energy on both sides
constexpr double kSteepSeconds = 0.06;  // the QRS complex on both sides of a hump
constexpr double kPeakSeconds = 0.08;   // the R peak on both sides of a hump
constexpr double kWideSeconds = 0.06;   // distance of the flanks of an R peak
constexpr double kPeakPart = 0.75;      // of the largest deflection: the first one is the R peak
constexpr double kRounding = 1e-12;     // of the level: energy below it is rounding

}  // namespace

void Track::forget_before(int64_t index) {
  const int64_t count = std::min(index, end()) - begin_;
  if (count > static_cast<int64_t>(values_.size()) / 2 && count > 4096) {
    values_.erase(values_.begin(), values_.begin() + count);
    begin_ += count;
  }
}

QrsEnergy::QrsEnergy(double sampling_rate)
    : block_samples_(std::max<int64_t>(1, static_cast<int64_t>(sampling_rate / kRate))),
      rate_(sampling_rate / static_cast<double>(block_samples_)),
      gap_(static_cast<int64_t>(samples_in(kBandSeconds, rate_))),
      width_(static_cast<int64_t>(samples_in(kEnergySeconds, rate_))),
      half_(static_cast<int64_t>(samples_in(kHumpSeconds, rate_))),
      near_(static_cast<int64_t>(samples_in(kSteepSeconds, rate_))),
      reach_(static_cast<int64_t>(samples_in(kPeakSeconds, rate_))),
      wide_(static_cast<int64_t>(samples_in(kWideSeconds, rate_))) {}

std::vector<Hump> QrsEnergy::push(std::span<const double> samples) {
  for (const double sample : samples) {
    samples_.push(sample);
    const int64_t begin = blocks_.end() * block_samples_;
    if (samples_.end() == begin + block_samples_) {
      double sum = 0;
      for (int64_t i = begin; i < begin + block_samples_; ++i) {
        sum += samples_[i];
      }
      blocks_.push(sum / static_cast<double>(block_samples_));
    }
  }
  std::vector<Hump> humps;
  advance(humps);
  return humps;
}

std::vector<Hump> QrsEnergy::finish() {
  ended_ = true;
  std::vector<Hump> humps;
  advance(humps);
  return humps;
}

// Outside the piece, the signal keeps its first or last value.
double QrsEnergy::block(int64_t index) const {
  return blocks_[std::clamp(index, blocks_.begin(), blocks_.end() - 1)];
}

double QrsEnergy::mean(int64_t centre) const {
  double sum = 0;
  for (int64_t i = centre - gap_ / 2; i < centre - gap_ / 2 + gap_; ++i) {
    sum += block(i);
  }
  return sum / static_cast<double>(gap_);
}

double QrsEnergy::band(int64_t centre) const {
  return mean(centre) - (mean(centre - gap_) + mean(centre + gap_)) / 2;
}

void QrsEnergy::advance(std::vector<Hump>& humps) {
  const int64_t all = blocks_.end();
  const int64_t banded = ended_ ? all : all - 2 * gap_;
  while (band_.end() < banded) {
    band_.push(std::abs(band(band_.end())));
  }
  const int64_t summed = ended_ ? all : band_.end() - width_;
  while (energy_.end() < summed) {
    const int64_t begin = energy_.end() - width_ / 2;
    double sum = 0;
    for (int64_t i = std::max<int64_t>(begin, 0); i < std::min(begin + width_, band_.end()); ++i) {
      sum += band_[i];
    }
    energy_.push(sum / static_cast<double>(width_));
    if (static_cast<double>(first_.size()) < kLearnSeconds * rate_) {
      first_.push_back(energy_[energy_.end() - 1]);
    }
  }
  const int64_t decided = ended_ ? all : energy_.end() - half_;
  for (; next_ < decided; ++next_) {
    if (is_hump(next_)) {
      humps.push_back(measure(next_));
    }
  }
  const int64_t needed = next_ - half_ - width_ - 2 * (gap_ + wide_ + reach_);
  blocks_.forget_before(needed);
  band_.forget_before(needed);
  energy_.forget_before(needed);
  samples_.forget_before(needed * block_samples_);
}

bool QrsEnergy::is_hump(int64_t at) const {
  const double height = energy_[at];
  if (!(height > kRounding * std::abs(block(at)))) {
    return false;
  }
  for (int64_t i = std::max<int64_t>(at - half_, 0); i < at; ++i) {
    if (energy_[i] >= height) {
      return false;
    }
  }
  for (int64_t i = at + 1; i <= std::min(at + half_, energy_.end() - 1); ++i) {
    if (energy_[i] > height) {
      return false;
    }
  }
  return true;
}

// The R peak is the first deflection, of either sign, that reaches a part of the largest one.
Hump QrsEnergy::measure(int64_t at) const {
  Hump hump{at, energy_[at], 0, 0};
  for (int64_t i = std::max<int64_t>(at - near_, 0); i <= std::min(at + near_, band_.end() - 1);
       ++i) {
    hump.steep = std::max(hump.steep, band_[i]);
  }
  const int64_t begin = std::max<int64_t>(at - reach_, 0);
  const int64_t end = std::min(at + reach_ + 1, blocks_.end());
  const auto deflection = [&](int64_t i) {
    return block(i) - (block(i - wide_) + block(i + wide_)) / 2;
  };
  double largest = 0;
  for (int64_t i = begin; i < end; ++i) {
    largest = std::max(largest, std::abs(deflection(i)));
  }
  int64_t top = begin;
  for (; top + 1 < end; ++top) {
    const double here = std::abs(deflection(top));
    const bool rises = top == begin || here >= std::abs(deflection(top - 1));
    if (here >= kPeakPart * largest && rises && here >= std::abs(deflection(top + 1))) {
      break;
    }
  }
  const double sign = deflection(top) < 0 ? -1 : 1;
  hump.peak = std::clamp(top * block_samples_, samples_.begin(), samples_.end() - 1);
  const int64_t first = std::max((top - 2) * block_samples_, samples_.begin());
  const int64_t last = std::min((top + 3) * block_samples_, samples_.end());
  for (int64_t i = first; i < last; ++i) {
    if (sign * samples_[i] > sign * samples_[hump.peak]) {
      hump.peak = i;
    }
  }
  return hump;
}

}  // namespace dt4ecg::signal
