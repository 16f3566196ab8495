#include "dt4ecg/signal/resample.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <utility>

#include "base/error.hpp"
#include "signal/clones.hpp"
#include "signal/rate.hpp"
#include "signal/state_archive.hpp"

namespace dt4ecg::signal {
namespace {

constexpr double kTolerance = 1e-9;
// Half a millisecond in an hour: clocks of recorders are less accurate.
constexpr double kWideTolerance = 1e-7;
constexpr double kPi = std::numbers::pi;
constexpr double kKaiserBeta = 5.0;

// The ratio of smallest terms within the relative tolerance; none if a term exceeds kMaximumTerm.
std::optional<Ratio> simplest_ratio(double wanted, double tolerance) {
  // The common part of the continued fractions of both ends of the interval.
  double low = wanted * (1 - tolerance), high = wanted * (1 + tolerance);
  double up = 1, down = 0, previous_up = 0, previous_down = 1;
  for (;;) {
    const double whole = std::floor(low);
    const bool inside = whole == low || whole < std::floor(high);
    const double term = whole == low || !inside ? whole : whole + 1;
    previous_up = std::exchange(up, term * up + previous_up);
    previous_down = std::exchange(down, term * down + previous_down);
    if (std::max(up, down) > kMaximumTerm) {
      return std::nullopt;
    }
    if (inside) {
      return Ratio{static_cast<std::int64_t>(up), static_cast<std::int64_t>(down)};
    }
    low = 1 / (std::exchange(high, 1 / (low - whole)) - whole);
  }
}

// I0(sqrt(4 t)) = sum of t^k / (k!)^2; at beta = 5, t <= 6.25 and the next term is below 1e-17 of
// the sum.
double bessel_i0(double t) {
  static constexpr auto coefficients = [] {
    std::array<double, 19> c{1.0};
    for (std::size_t k = 1; k < c.size(); ++k) {
      c[k] = c[k - 1] / static_cast<double>(k * k);
    }
    return c;
  }();
  double sum = 0;
  for (std::size_t k = coefficients.size(); k-- > 0;) {
    sum = sum * t + coefficients[k];
  }
  return sum;
}

constexpr std::int64_t kLobes = 10;  // zero crossings of the sinc on each side

// The centre tap and the taps on one side of a sinc with a Kaiser window, whose first zero is
// `lobe` taps from the centre. The gain of the whole filter is 1 at 0 Hz.
std::vector<double> design_half(std::int64_t lobe) {
  // All lobes have the same sine, with alternating signs.
  std::vector<double> sine(static_cast<std::size_t>(lobe) + 1);
  for (std::int64_t i = 1; i <= lobe; ++i) {
    sine[static_cast<std::size_t>(i)] =
        std::sin(kPi * static_cast<double>(i) / static_cast<double>(lobe));
  }
  const double peak = kKaiserBeta * kKaiserBeta / 4;
  const double last = static_cast<double>(kLobes * lobe);
  std::vector<double> taps{bessel_i0(peak)};
  taps.reserve(static_cast<std::size_t>(kLobes * lobe) + 1);
  double sum = taps.front();
  for (std::int64_t k = 0; k < kLobes; ++k) {
    const double scale = (k % 2 == 0 ? 1 : -1) * static_cast<double>(lobe) / kPi;
    for (std::int64_t i = 1; i <= lobe; ++i) {
      const auto position = static_cast<double>(k * lobe + i);
      const double r = position / last;
      const double sinc = scale * sine[static_cast<std::size_t>(i)] / position;
      taps.push_back(sinc * bessel_i0(peak * (1 - r * r)));
      sum += 2 * taps.back();
    }
  }
  for (double& tap : taps) {
    tap /= sum;
  }
  return taps;
}

// Eight sums, so that the processor does not wait for one. The order of addition decides the bits.
DT4ECG_CLONES double product(const double* taps, const double* inputs, std::size_t count) {
  Four low{}, high{};
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const auto* a = reinterpret_cast<const UnalignedFour*>(taps + i);
    const auto* b = reinterpret_cast<const UnalignedFour*>(inputs + i);
    low += a[0] * b[0];
    high += a[1] * b[1];
  }
  double rest = 0;
  for (; i < count; ++i) {
    rest += taps[i] * inputs[i];
  }
  const Four sums = low + high;
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + rest;
}

}  // namespace

Ratio find_ratio(double sampling_rate, double target_rate) {
  require_rate("resample", "sampling_rate", sampling_rate);
  require_rate("resample", "target_rate", target_rate);
  const double wanted = target_rate / sampling_rate;
  if (wanted > kMaximumTerm || wanted * kMaximumTerm < 1) {
    throw_invalid("resample", "target_rate", sampling_rate, " Hz to ", target_rate,
                  " Hz is beyond a factor of ", kMaximumTerm, "; check that both rates are in Hz");
  }
  for (const double tolerance : {kTolerance, kWideTolerance}) {
    if (const auto ratio = simplest_ratio(wanted, tolerance)) {
      return *ratio;
    }
  }
  // Every number is within 5e-6 of a ratio with such terms.
  const auto [up, down] = simplest_ratio(wanted, 1e-5).value();
  throw_invalid("resample", "target_rate", sampling_rate, " Hz to ", target_rate,
                " Hz needs a ratio with terms above ", kMaximumTerm, "; give the sampling rate as ",
                target_rate * static_cast<double>(down) / static_cast<double>(up),
                " Hz, which makes it ", up, "/", down);
}

FilterBank::FilterBank(Ratio ratio)
    : ratio_(ratio), half_(kLobes * std::max(ratio.up, ratio.down)) {
  taps_ = static_cast<std::size_t>(2 * half_ / ratio.up + 1);
  const std::vector<double> half = design_half(half_ / kLobes);
  phases_.assign(static_cast<std::size_t>(ratio.up) * taps_, 0.0);
  // Tap i = p + j * up of the filter belongs to phase p, and multiplies the input j steps before
  // the newest.
  double* row = phases_.data();
  for (std::int64_t phase = 0; phase < ratio.up; ++phase, row += taps_) {
    double* tap = row + taps_;
    for (std::int64_t i = phase; i <= 2 * half_; i += ratio.up) {
      *--tap = half[static_cast<std::size_t>(std::abs(i - half_))] * static_cast<double>(ratio.up);
    }
  }
}

double FilterBank::apply(std::int64_t phase, const double* newest) const {
  return product(phases_.data() + static_cast<std::size_t>(phase) * taps_, newest - (taps_ - 1),
                 taps_);
}

Resampler::Resampler(std::shared_ptr<const FilterBank> bank) : bank_(std::move(bank)) { reset(); }

void Resampler::reset() {
  inputs_.clear();
  newest_ = bank_->half_length() / bank_->ratio().up + static_cast<std::int64_t>(bank_->taps()) - 1;
  phase_ = bank_->half_length() % bank_->ratio().up;
}

void Resampler::push(std::span<const double> samples, Samples& resampled) {
  if (samples.empty()) {
    return;
  }
  const auto [up, down] = bank_->ratio();
  const auto taps = static_cast<std::int64_t>(bank_->taps());
  if (inputs_.empty()) {
    inputs_.assign(bank_->taps() - 1, samples.front());
  }
  inputs_.insert(inputs_.end(), samples.begin(), samples.end());
  while (newest_ < std::ssize(inputs_)) {
    resampled.push_back(bank_->apply(phase_, inputs_.data() + newest_));
    phase_ += down;
    newest_ += phase_ / up;
    phase_ %= up;
  }
  const std::int64_t spent = newest_ - taps + 1;
  inputs_.erase(inputs_.begin(), inputs_.begin() + spent);
  newest_ -= spent;
}

void Resampler::archive(StateArchive& archive) {
  // Between two chunks the next output needs the inputs from the first one on.
  std::size_t count = inputs_.size(), phase = static_cast<std::size_t>(phase_);
  archive.count(count, bank_->taps() - 1);
  archive.count(phase, static_cast<std::size_t>(bank_->ratio().up - 1));
  inputs_.resize(count);
  for (double& input : inputs_) {
    archive.real(input);
  }
  if (count > 0) {
    newest_ = static_cast<std::int64_t>(bank_->taps()) - 1;
    phase_ = static_cast<std::int64_t>(phase);
  }
}

Samples resample(const FilterBank& bank, std::span<const double> samples, const ForEach& for_each) {
  const std::int64_t up = bank.ratio().up, down = bank.ratio().down;
  const auto taps = static_cast<std::int64_t>(bank.taps()), length = std::ssize(samples);
  const std::size_t count = resampled_length(bank, samples.size());
  Samples resampled(count);
  const auto at = [&](std::int64_t i) {  // also outside the signal
    if (i >= 0 && i < length) {
      return samples[static_cast<std::size_t>(i)];
    }
    const double slope =
        length > 1 ? (samples.back() - samples.front()) / static_cast<double>(length - 1) : 0.0;
    return i < 0 ? samples.front() + static_cast<double>(i) * slope
                 : samples.back() + static_cast<double>(i - length + 1) * slope;
  };
  constexpr std::size_t kBlock = 1 << 12;
  for_each((count + kBlock - 1) / kBlock, [&](std::size_t block) {
    std::vector<double> beyond(bank.taps());
    for (std::size_t i = block * kBlock; i < std::min(count, (block + 1) * kBlock); ++i) {
      const std::int64_t position = static_cast<std::int64_t>(i) * down + bank.half_length();
      const std::int64_t newest = position / up, oldest = newest - taps + 1;
      const double* inputs = samples.data() + newest;
      if (oldest < 0 || newest >= length) {
        for (std::int64_t j = 0; j < taps; ++j) {
          beyond[static_cast<std::size_t>(j)] = at(oldest + j);
        }
        inputs = beyond.data() + taps - 1;
      }
      resampled[i] = bank.apply(position % up, inputs);
    }
  });
  return resampled;
}

std::size_t resampled_length(const FilterBank& bank, std::size_t length) {
  const auto up = static_cast<std::size_t>(bank.ratio().up),
             down = static_cast<std::size_t>(bank.ratio().down);
  return (length * up + down - 1) / down;
}

std::size_t causal_resampled_length(const FilterBank& bank, std::size_t length) {
  // Output m needs inputs up to floor((m * down + half) / up).
  const std::int64_t reach =
      static_cast<std::int64_t>(length) * bank.ratio().up - bank.half_length();
  return reach <= 0 ? 0
                    : static_cast<std::size_t>((reach + bank.ratio().down - 1) / bank.ratio().down);
}

}  // namespace dt4ecg::signal
