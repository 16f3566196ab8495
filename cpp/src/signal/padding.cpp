#include "dt4ecg/signal/padding.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

#include "base/error.hpp"

namespace dt4ecg::signal {
namespace {

// Solves the normal equations of a least-squares fit by Cholesky's method. A direction that the
// samples do not determine gets 0.
template <std::size_t n>
std::array<double, n> solve(std::array<std::array<double, n>, n> a, std::array<double, n> b) {
  std::array<double, n> largest;
  for (std::size_t i = 0; i < n; ++i) {
    largest[i] = a[i][i];
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = a[i][j];
      for (std::size_t k = 0; k < j; ++k) {
        sum -= a[i][k] * a[j][k];
      }
      if (i != j) {
        a[i][j] = a[j][j] > 0 ? sum / a[j][j] : 0;
      } else {
        a[i][i] = sum > 1e-9 * largest[i] ? std::sqrt(sum) : 0;
      }
    }
    for (std::size_t k = 0; k < i; ++k) {
      b[i] -= a[i][k] * b[k];
    }
    b[i] = a[i][i] > 0 ? b[i] / a[i][i] : 0;
  }
  for (std::size_t i = n; i-- > 0;) {
    for (std::size_t k = i + 1; k < n; ++k) {
      b[i] -= a[k][i] * b[k];
    }
    b[i] = a[i][i] > 0 ? b[i] / a[i][i] : 0;
  }
  return b;
}

// The amplitude of the sine in a fit of a cosine, a sine and a line to x[0], x[1], ...; `angle` is
// that of one sample.
double sine_amplitude(std::span<const double> x, double angle) {
  constexpr std::size_t kTerms = 4;
  std::array<std::array<double, kTerms>, kTerms> products{};
  std::array<double, kTerms> sums{};
  const auto length = static_cast<double>(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto t = static_cast<double>(i);
    const std::array terms{1.0, t / length - 0.5, std::cos(angle * t), std::sin(angle * t)};
    for (std::size_t row = 0; row < kTerms; ++row) {
      for (std::size_t column = 0; column <= row; ++column) {
        products[row][column] += terms[row] * terms[column];
      }
      sums[row] += terms[row] * x[i];
    }
  }
  return solve(products, sums)[3];
}

// Continues x[0], x[1], ... to the times -1, -2, ... by its mirror image. The mirror image turns
// the phase of a sinusoid; at the frequency of a notch that is corrected.
std::vector<double> mirror(std::span<const double> x, std::size_t count,
                           const std::vector<Section>& sections) {
  std::vector<double> mirrored(x.begin() + 1, x.begin() + 1 + static_cast<std::ptrdiff_t>(count));
  const Section& notch = sections.front();
  const double cosine = -notch.b1 / (2 * notch.b0);
  if (sections.size() > 1 || notch.b2 != notch.b0 || std::abs(cosine) > 1 - 1e-9) {
    return mirrored;
  }
  // The fit covers the inverse of the notch's width: it cannot resolve frequencies better.
  const auto window = static_cast<std::size_t>(std::numbers::pi / std::atan(1 / notch.b0 - 1));
  const double angle = std::acos(cosine);
  const double twice = 2 * sine_amplitude(x.first(std::min(window, x.size())), angle);
  for (std::size_t i = 0; i < count; ++i) {
    mirrored[i] -= twice * std::sin(angle * static_cast<double>(i + 1));
  }
  return mirrored;
}

Extension extend_until_settled(std::span<const double> samples,
                               const std::vector<Section>& sections) {
  if (samples.empty()) {
    return {};
  }
  const std::size_t count = std::min(settling_samples(sections), samples.size() - 1);
  const std::vector<double> backward(samples.rbegin(), samples.rend());
  Extension extension{mirror(samples, count, sections), mirror(backward, count, sections)};
  std::ranges::reverse(extension.head);
  return extension;
}

Extension extend_odd(std::span<const double> samples, std::size_t count) {
  Extension extension{std::vector<double>(count), std::vector<double>(count)};
  for (std::size_t i = 0; i < count; ++i) {
    extension.head[i] = 2 * samples.front() - samples[count - i];
    extension.tail[i] = 2 * samples.back() - samples[samples.size() - 2 - i];
  }
  return extension;
}

}  // namespace

double steps_until(const std::vector<Section>& sections, double remainder) {
  double radius = 0;
  for (const Section& c : sections) {
    const double discriminant = c.a1 * c.a1 - 4 * c.a2;
    radius = std::max(radius, discriminant < 0 ? std::sqrt(c.a2)
                                               : (std::abs(c.a1) + std::sqrt(discriminant)) / 2);
  }
  return std::log(remainder) / std::log(radius);
}

std::size_t settling_samples(const std::vector<Section>& sections) {
  return sections.empty() ? 0 : static_cast<std::size_t>(std::ceil(steps_until(sections, 0.01)));
}

std::size_t scipy_padding(const std::vector<Section>& sections) {
  if (sections.empty()) {
    return 0;
  }
  const auto first_order = std::min(std::ranges::count(sections, 0.0, &Section::b2),
                                    std::ranges::count(sections, 0.0, &Section::a2));
  return 3 * (2 * sections.size() + 1 - static_cast<std::size_t>(first_order));
}

Extension extend(std::span<const double> samples, const std::vector<Section>& sections,
                 Padding padding) {
  if (padding == Padding::settling) {
    return extend_until_settled(samples, sections);
  }
  const std::size_t count = scipy_padding(sections);
  if (samples.size() <= count) {
    throw_invalid("zero-phase filter", "samples", "needs more than ", count, " samples, got ",
                  samples.size(), "; give a longer signal, a lower order, or zero_phase=False");
  }
  return extend_odd(samples, count);
}

}  // namespace dt4ecg::signal
