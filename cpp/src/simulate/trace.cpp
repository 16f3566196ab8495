#include "simulate/trace.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace dt4ecg::simulate {

Trace::Trace(double seconds)
    : values(static_cast<std::size_t>(std::ceil((kLeadIn + seconds + kLeadOut) * kRate)) + 1) {}

double Trace::at(double time) const {
  const double last = static_cast<double>(values.size() - 1);
  const double position = std::clamp((time + kLeadIn) * kRate, 0.0, last);
  const auto index = std::min(static_cast<std::size_t>(position), values.size() - 2);
  const double fraction = position - static_cast<double>(index);
  return values[index] + fraction * (values[index + 1] - values[index]);
}

void add_process(Trace& trace, const Band& band, double rms, Random& random) {
  struct Line {
    double frequency, phase, amplitude;
  };
  std::vector<Line> lines;
  double power = 0;
  for (int i = 0; i < band.lines; ++i) {
    const double fraction = (i + random.uniform()) / band.lines;
    const double frequency = band.low + fraction * (band.high - band.low);
    const double deviation = (frequency - band.centre) / band.width;
    const double amplitude = std::exp(-deviation * deviation / 4);
    lines.push_back({frequency, random.uniform(0, 2 * std::numbers::pi), amplitude});
    power += amplitude * amplitude / 2;
  }
  const double scale = rms / std::sqrt(power);
  for (std::size_t i = 0; i < trace.values.size(); ++i) {
    const double turns = 2 * std::numbers::pi * trace.time(i);
    for (const auto& line : lines) {
      trace.values[i] += scale * line.amplitude * std::sin(turns * line.frequency + line.phase);
    }
  }
}

}  // namespace dt4ecg::simulate
