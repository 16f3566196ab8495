#include "signal/curve_length.hpp"

#include <algorithm>
#include <cmath>

#include "signal/quality_indices.hpp"

namespace dt4ecg::signal {
namespace {

constexpr double kStep = 0.02;  // s: changes between means of as long
constexpr double kLengthSeconds = 0.13;
constexpr double kRefractory = 0.25;  // s
constexpr double kQuantile = 0.98;

double quantile(std::vector<double> values, double part) {
  const auto place = static_cast<std::size_t>(part * static_cast<double>(values.size() - 1));
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(place));
  return values[place];
}

}  // namespace

std::vector<int64_t> find_by_curve_length(std::span<const double> samples, double sampling_rate) {
  const std::size_t step = samples_in(kStep, sampling_rate);
  const std::size_t steps = samples_in(kLengthSeconds / kStep, 1);
  const std::size_t blocks = samples.size() / step;
  if (blocks < 2 * steps) {
    return {};
  }
  std::vector<double> change(blocks, 0.0);
  double before = 0;
  for (std::size_t i = 0; i < blocks; ++i) {
    double sum = 0;
    for (const double sample : samples.subspan(i * step, step)) {
      sum += sample;
    }
    const double mean = sum / static_cast<double>(step);
    change[i] = i == 0 ? 0 : std::abs(mean - before);
    before = mean;
  }
  std::vector<double> length(blocks - steps + 1);
  for (std::size_t i = 0; i < length.size(); ++i) {
    for (std::size_t j = i; j < i + steps; ++j) {
      length[i] += change[j];
    }
  }
  const double least = (quantile(length, 0.5) + quantile(length, kQuantile)) / 2;
  const auto apart = static_cast<std::size_t>(kRefractory / kStep);
  std::vector<int64_t> beats;
  for (std::size_t i = 0; i < length.size(); ++i) {
    const auto begin = length.begin() + static_cast<std::ptrdiff_t>(i > apart ? i - apart : 0);
    const auto end =
        length.begin() + static_cast<std::ptrdiff_t>(std::min(i + apart + 1, length.size()));
    const auto here = length.begin() + static_cast<std::ptrdiff_t>(i);
    if (length[i] > least && std::max_element(begin, end) == here) {
      beats.push_back(static_cast<int64_t>((2 * i + steps) * step / 2));
    }
  }
  return beats;
}

}  // namespace dt4ecg::signal
