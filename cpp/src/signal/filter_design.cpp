#include "dt4ecg/signal/filter_design.hpp"

#include <cmath>
#include <numbers>
#include <string>

#include "base/error.hpp"
#include "signal/rate.hpp"

namespace dt4ecg::signal {
namespace {

constexpr double kPi = std::numbers::pi;
// The lowest frequency as a fraction of the sampling rate. Below it, the poles of a section are too
// near 1 for double precision.
constexpr double kLeastFrequency = 1e-6;

// The remedies for a notch above half the sampling rate. Such a line appears at its alias, which
// can be notched unless it is 0 or at half the rate.
std::string alias_remedy(double sampling_rate, double frequency) {
  const double alias = std::abs(std::remainder(frequency, sampling_rate));
  if (alias == 0 || alias >= sampling_rate / 2) {
    return ", or pass notch=None";
  }
  return join(", pass notch=None, or notch=", alias, " for the alias");
}

}  // namespace

std::vector<Section> design_highpass(double sampling_rate, double cutoff, int order) {
  require_rate("highpass", "sampling_rate", sampling_rate);
  if (!std::isfinite(cutoff) || cutoff <= 0) {
    throw_invalid("highpass", "cutoff", "the cutoff must be a positive number of Hz, got ", cutoff,
                  "; pass highpass=None to leave the filter out");
  }
  if (cutoff >= sampling_rate / 2) {
    throw_invalid("highpass", "cutoff", cutoff, " Hz needs a sampling rate above ", 2 * cutoff,
                  " Hz, got ", sampling_rate,
                  " Hz; lower the cutoff, or check that the rate is in Hz");
  }
  if (cutoff < kLeastFrequency * sampling_rate) {
    throw_invalid("highpass", "cutoff", "the cutoff must be at least ",
                  kLeastFrequency * sampling_rate, " Hz at ", sampling_rate, " Hz, got ", cutoff,
                  "; pass highpass=None to leave the filter out");
  }
  if (order < 1 || order > kMaximumOrder) {
    throw_invalid("highpass", "order", "the order must lie in 1 to ", kMaximumOrder, ", got ",
                  order);
  }
  // The bilinear transform s = (z - 1) / (z + 1) maps the prewarped analog poles w * exp(i *
  // angle); every zero goes to z = 1. Each section has a gain of 1 at half the sampling rate. The
  // section with the sharpest resonance comes last, after the others have removed most of the
  // offset.
  const double w = std::tan(kPi * cutoff / sampling_rate);
  std::vector<Section> sections;
  if (order % 2 == 1) {
    const double gain = 1 / (1 + w);
    sections.push_back({gain, -gain, 0, (w - 1) * gain, 0});
  }
  for (int pair = order / 2; pair-- > 0;) {
    const double damping = 2 * w * std::sin(kPi * (2 * pair + 1) / (2 * order));
    const double gain = 1 / (1 + damping + w * w);
    sections.push_back(
        {gain, -2 * gain, gain, 2 * (w * w - 1) * gain, (1 - damping + w * w) * gain});
  }
  return sections;
}

std::vector<Section> design_notch(double sampling_rate, double frequency, double quality) {
  require_rate("notch", "sampling_rate", sampling_rate);
  if (!std::isfinite(frequency) || frequency <= 0) {
    throw_invalid("notch", "frequency", "the frequency must be a positive number of Hz, got ",
                  frequency, "; pass notch=None to leave the filter out");
  }
  if (frequency >= sampling_rate / 2) {
    throw_invalid("notch", "frequency", frequency, " Hz needs a sampling rate above ",
                  2 * frequency, " Hz, got ", sampling_rate, " Hz; filter at the recorder's rate",
                  alias_remedy(sampling_rate, frequency));
  }
  if (frequency < kLeastFrequency * sampling_rate) {
    throw_invalid("notch", "frequency", "the frequency must be at least ",
                  kLeastFrequency * sampling_rate, " Hz at ", sampling_rate, " Hz, got ", frequency,
                  "; pass notch=None to leave the filter out");
  }
  if (!std::isfinite(quality) || quality <= 2 * frequency / sampling_rate) {
    throw_invalid("notch", "quality", "the quality must be above ", 2 * frequency / sampling_rate,
                  " for ", frequency, " Hz at ", sampling_rate, " Hz, got ", quality,
                  "; 30 is usual");
  }
  const double gain = 1 / (1 + std::tan(kPi * frequency / (quality * sampling_rate)));
  const double middle = -2 * gain * std::cos(2 * kPi * frequency / sampling_rate);
  return {{gain, middle, gain, middle, 2 * gain - 1}};
}

}  // namespace dt4ecg::signal
