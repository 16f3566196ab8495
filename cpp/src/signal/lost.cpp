#include "dt4ecg/signal/lost.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <ranges>

#include "signal/state_archive.hpp"

namespace dt4ecg::signal {
namespace {

constexpr std::array kLimitCodes{-32768.0,  32767.0,       -8388608.0,
                                 8388607.0, -2147483648.0, 2147483647.0};
// People write these, with either sign, where a converter cannot: they may lie within its range.
constexpr std::array kDecimalCodes{999.0, 9999.0, 99999.0, 999999.0, 9999999.0};
constexpr double kSmallestCode = 999;
constexpr double kLargestUsualCount = 5000;
constexpr double kOutlierRanges = 20;
constexpr double kLost = std::numeric_limits<double>::quiet_NaN();

void count(std::size_t lead, double value, std::vector<LostValue>& found) {
  const auto same = std::ranges::find_if(
      found, [&](const LostValue& one) { return one.lead == lead && one.value == value; });
  if (same == found.end()) {
    found.push_back({lead, value, 1});
  } else {
    ++same->count;
  }
}

bool is_limit(double sample) { return std::ranges::find(kLimitCodes, sample) != kLimitCodes.end(); }

bool is_decimal(double sample) {
  return std::ranges::find(kDecimalCodes, std::abs(sample)) != kDecimalCodes.end();
}

double quantile(std::span<const double> sorted, double fraction) {
  return sorted[static_cast<std::size_t>(
      std::lround(fraction * static_cast<double>(sorted.size() - 1)))];
}

std::optional<Limits> limits_of(std::span<const double> sorted) {
  const double low = quantile(sorted, 0.01), middle = quantile(sorted, 0.5),
               high = quantile(sorted, 0.99);
  if (low == high) {
    return {};
  }
  const double reach = kOutlierRanges * (high - low);
  return Limits{middle - reach, middle + reach};
}

// The numbers of samples that 0, 1, ... of the first distinct values of an order have.
template <class Samples>
std::vector<std::size_t> counts_of_first_values(const Samples& ordered) {
  constexpr std::size_t kMostValues = 4;
  std::vector<std::size_t> counts{0};
  for (auto value = ordered.begin(); counts.size() <= kMostValues && value != ordered.end();) {
    value = std::find_if(value, ordered.end(), [first = *value](double x) { return x != first; });
    counts.push_back(static_cast<std::size_t>(value - ordered.begin()));
  }
  return counts;
}

}  // namespace

bool is_non_finite(double sample) { return !(std::abs(sample) <= kLargestSample); }

bool has_value_of_code(double sample) {
  return std::abs(sample) >= kSmallestCode && (is_limit(sample) || is_decimal(sample));
}

bool LostCodes::Lead::is_lost(double sample) const {
  if (!has_value_of_code(sample) || !(std::abs(sample - last) > std::abs(sample) / 2)) {
    return false;
  }
  if (is_limit(sample)) {
    return true;
  }
  // Samples in counts may be equal to a decimal code: 999 is an R peak of 1 mV in counts of 1 uV,
  // but no integer is a usual sample among fractions. An artefact of 10 mV that ends at 9999,
  // beyond all samples before it by more than their range, is rare, and costs one sample.
  const bool beyond = !(sample >= low - (high - low) && sample <= high + (high - low));
  return beyond && (has_fractions || std::abs(sample) > kLargestUsualCount);
}

void LostCodes::remove(std::size_t lead, std::span<double> samples, std::vector<LostValue>& found) {
  if (lead >= leads_.size()) {
    leads_.resize(lead + 1);
  }
  Lead& before = leads_[lead];
  for (double& sample : samples) {
    if (before.is_lost(sample)) {
      count(lead, sample, found);
      sample = kLost;
    } else if (!is_non_finite(sample)) {
      before.last = sample;
      before.low = std::min(before.low, sample);
      before.high = std::max(before.high, sample);
      before.has_fractions = before.has_fractions || sample != std::trunc(sample);
    }
  }
}

void LostCodes::archive(StateArchive& archive, std::size_t most_leads) {
  std::size_t count = leads_.size();
  archive.count(count, most_leads);
  leads_.resize(count);
  for (Lead& lead : leads_) {
    archive.real(lead.last);
    archive.any(lead.low);
    archive.any(lead.high);
    archive.flag(lead.has_fractions);
  }
}

std::optional<Limits> outlier_limits(std::span<const double> samples) {
  // A part of the samples is enough for the quantiles.
  constexpr std::size_t kEnough = 1 << 12;
  constexpr double kLeastLeft = 0.05;
  const std::size_t step = std::max<std::size_t>(1, samples.size() / kEnough);
  std::vector<double> values;
  for (std::size_t i = 0; i < samples.size(); i += step) {
    if (!is_non_finite(samples[i])) {
      values.push_back(samples[i]);
    }
  }
  if (values.empty()) {
    return {};
  }
  std::ranges::sort(values);
  // A code may fill most of the lead, and would then be a quantile. So the lowest and the highest
  // values are left out if they are outliers of the others.
  const auto lowest = counts_of_first_values(values);
  const auto highest = counts_of_first_values(std::views::reverse(values));
  const auto least = kLeastLeft * static_cast<double>(values.size());
  std::optional<Limits> narrowest;
  for (const std::size_t below : lowest) {
    for (const std::size_t above : highest) {
      if (below + above >= values.size() ||
          static_cast<double>(values.size() - below - above) < least) {
        continue;
      }
      const std::size_t end = values.size() - above;
      const auto limits = limits_of(std::span(values).subspan(below, end - below));
      if (limits && (below == 0 || values[below - 1] < limits->low) &&
          (above == 0 || values[end] > limits->high) &&
          (!narrowest || limits->high - limits->low < narrowest->high - narrowest->low)) {
        narrowest = limits;
      }
    }
  }
  return narrowest;
}

void remove_outliers(std::size_t lead, std::span<double> samples, const Limits& limits,
                     std::vector<LostValue>& found) {
  const double middle = limits.low / 2 + limits.high / 2;
  LostValue outliers{lead, middle, 0};
  for (double& sample : samples) {
    if (sample < limits.low || sample > limits.high) {
      if (std::abs(sample - middle) > std::abs(outliers.value - middle)) {
        outliers.value = sample;
      }
      ++outliers.count;
      sample = kLost;
    }
  }
  if (outliers.count > 0) {
    found.push_back(outliers);
  }
}

}  // namespace dt4ecg::signal
