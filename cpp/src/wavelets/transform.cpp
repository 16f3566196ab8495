#include <ATen/Functions.h>

#include <algorithm>
#include <cmath>
#include <complex>

#include "base/error.hpp"
#include "dt4ecg/wavelets/morlet.hpp"
#include "ops/parallel.hpp"
#include "wavelets/spectrum.hpp"

namespace dt4ecg::wavelets {
namespace {

constexpr int64_t kBlock = int64_t{1} << 17;  // complex numbers that are transformed at a time

void check(const at::Tensor& rows, double sampling_rate, const std::vector<Superlet>& superlets) {
  constexpr const char* kName = "wavelets";
  require(rows.dim() == 2 && rows.size(1) > 0, kName, "x",
          "expects rows (n, T) with at least one sample, got ", rows.dim(), " dimensions");
  require(sampling_rate > 0 && std::isfinite(sampling_rate), kName, "sampling_rate",
          "must be above 0 Hz, got ", sampling_rate);
  require(!superlets.empty(), kName, "frequencies", "needs at least one frequency");
  for (const Superlet& superlet : superlets) {
    for (const auto& [frequency, cycles] : superlet) {
      require(frequency > 0 && frequency <= sampling_rate / 2, kName, "frequencies",
              "must be above 0 and at most sampling_rate / 2 = ", sampling_rate / 2, " Hz, got ",
              frequency);
      require(cycles >= 1 && cycles <= kMostCycles, kName, "cycles", "must be 1 to ", kMostCycles,
              ", got ", cycles);
    }
  }
}

// How the rows are continued to a length whose circular convolution equals the wanted one.
struct Frame {
  Frame(int64_t samples, int64_t wavelet_reach, Edges at_edges) : length(samples), edges(at_edges) {
    if (edges == Edges::zero) {
      padded = fast_length(length + wavelet_reach);
    } else if (wavelet_reach >= length / 2) {
      padded = 2 * length;  // the mirror images of a signal have exactly this period
    } else {
      padded = fast_length(length + 2 * wavelet_reach);
    }
  }

  template <class Scalar>
  void fill(const Scalar* samples, double factor, Scalar* row) const {
    std::fill(row, row + padded, Scalar{0});
    for (int64_t i = 0; i < length; ++i) {
      row[i] = static_cast<Scalar>(samples[i] * factor);
    }
    if (edges == Edges::reflect) {
      const int64_t half = (padded - length + 1) / 2;
      for (int64_t i = 0; i < padded - length; ++i) {
        row[length + i] = i < half ? row[length - 1 - i] : row[padded - length - 1 - i];
      }
    }
  }

  int64_t length, padded = 0;
  Edges edges;
};

template <class Scalar>
struct Rows {
  Rows(const at::Tensor& rows, const Frame& frame, bool scaled)
      : samples(rows.contiguous()), scale(static_cast<std::size_t>(rows.size(0)), 1.0) {
    at::Tensor padded = at::empty({rows.size(0), frame.padded}, rows.options());
    const Scalar* from = samples.template data_ptr<Scalar>();
    Scalar* to = padded.template data_ptr<Scalar>();
    ops::parallel_for(rows.size(0), 16, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        const Scalar* row = from + i * frame.length;
        double factor = 1;
        if (scaled) {
          const auto most =
              std::abs(*std::max_element(row, row + frame.length, [](Scalar a, Scalar b) {
                return std::abs(a) < std::abs(b);
              }));
          if (most > 0) {
            scale[static_cast<std::size_t>(i)] = most;
            factor = 1 / static_cast<double>(most);
          }
        }
        frame.fill(row, factor, to + i * frame.padded);
      }
    });
    if (rows.size(0) == 0) {  // MKL refuses them
      spectra =
          at::empty_like(padded, padded.options().dtype(at::toComplexType(padded.scalar_type())));
      return;
    }
    spectra = at::_fft_r2c(padded, {1}, /*normalization=*/0, /*onesided=*/false);
  }

  at::Tensor samples, spectra;
  std::vector<double> scale;  // of each row, by which its samples were divided
};

// Calls reduce(row, superlet, responses) for every row and superlet; `responses` are those to the
// wavelets of the superlet, (wavelets, padded), still to be divided by `padded`.
template <class Scalar, class Reduce>
void for_each_response(const Rows<Scalar>& rows, const Frame& frame, double sampling_rate,
                       const std::vector<Superlet>& superlets, const Reduce& reduce) {
  using Complex = c10::complex<Scalar>;
  const int64_t count = rows.spectra.size(0), padded = frame.padded;
  const Scalar* const known =
      reinterpret_cast<const Scalar*>(rows.spectra.template data_ptr<Complex>());
  for (std::size_t first = 0; first < superlets.size();) {
    // A group of superlets, and the place of each among the wavelets of the group.
    std::vector<Morlet> wavelets;
    std::vector<int64_t> places;
    std::size_t last = first;
    while (last < superlets.size() &&
           (last == first ||
            static_cast<int64_t>(wavelets.size() + superlets[last].size()) * padded <= kBlock)) {
      places.push_back(static_cast<int64_t>(wavelets.size()));
      wavelets.insert(wavelets.end(), superlets[last].begin(), superlets[last].end());
      ++last;
    }
    const auto width = static_cast<int64_t>(wavelets.size());
    std::vector<std::unique_ptr<Spectrum<Scalar>>> spectra(wavelets.size());
    ops::parallel_for(width, 1, [&](int64_t begin, int64_t end) {
      for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
        spectra[i] = std::make_unique<Spectrum<Scalar>>(wavelets[i], sampling_rate, padded);
      }
    });
    const int64_t height =
        std::clamp<int64_t>(kBlock / (width * padded), 1, std::max<int64_t>(count, 1));
    for (int64_t top = 0; top < count; top += height) {
      const int64_t rows_here = std::min(height, count - top);
      at::Tensor products = at::empty({rows_here * width, padded}, rows.spectra.options());
      auto* const product = reinterpret_cast<Scalar*>(products.template data_ptr<Complex>());
      ops::parallel_for(rows_here * width, 4, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) {
          const Spectrum<Scalar>& wavelet = *spectra[static_cast<std::size_t>(i % width)];
          const Scalar* const x = known + 2 * (top + i / width) * padded;
          Scalar* const y = product + 2 * i * padded;
          std::fill(y, y + 2 * wavelet.begin, Scalar{0});
          for (int64_t k = wavelet.begin; k < wavelet.end; ++k) {
            const Scalar gain = wavelet.values[static_cast<std::size_t>(k)];
            y[2 * k] = x[2 * k] * gain;
            y[2 * k + 1] = x[2 * k + 1] * gain;
          }
          std::fill(y + 2 * wavelet.end, y + 2 * padded, Scalar{0});
        }
      });
      const at::Tensor responses =
          at::_fft_c2c(products, {1}, /*normalization=*/0, /*forward=*/false);
      const auto* const response =
          reinterpret_cast<const Scalar*>(responses.template data_ptr<Complex>());
      const auto here = static_cast<int64_t>(last - first);
      ops::parallel_for(rows_here * here, 1, [&](int64_t begin, int64_t end) {
        for (int64_t i = begin; i < end; ++i) {
          const int64_t place = places[static_cast<std::size_t>(i % here)];
          reduce(top + i / here, static_cast<int64_t>(first) + i % here,
                 response + 2 * (i / here * width + place) * padded);
        }
      });
    }
    first = last;
  }
}

Frame frame_of(const at::Tensor& rows, double sampling_rate, const std::vector<Superlet>& superlets,
               Edges edges) {
  int64_t farthest = 1;
  for (const Superlet& superlet : superlets) {
    for (const Morlet& wavelet : superlet) {
      farthest = std::max(farthest, reach(wavelet, sampling_rate));
    }
  }
  return {rows.size(1), farthest, edges};
}

template <class Scalar>
at::Tensor complex_responses(const at::Tensor& rows, double sampling_rate,
                             const std::vector<Superlet>& superlets, const Frame& frame) {
  using Complex = c10::complex<Scalar>;
  const Rows<Scalar> prepared(rows, frame, /*scaled=*/false);
  const auto width = static_cast<int64_t>(superlets.size());
  at::Tensor result = at::empty({rows.size(0), width, frame.length}, prepared.spectra.options());
  auto* const to = reinterpret_cast<Scalar*>(result.template data_ptr<Complex>());
  const auto factor = static_cast<Scalar>(1.0 / static_cast<double>(frame.padded));
  for_each_response(prepared, frame, sampling_rate, superlets,
                    [&](int64_t row, int64_t wavelet, const Scalar* response) {
                      Scalar* const y = to + 2 * (row * width + wavelet) * frame.length;
                      for (int64_t i = 0; i < 2 * frame.length; ++i) {
                        y[i] = response[i] * factor;
                      }
                    });
  return result;
}

// The rows are scaled to a largest magnitude of 1, so that products of 2 x 64 magnitudes stay in
// the range of double.
template <class Scalar>
at::Tensor geometric_means(const at::Tensor& rows, double sampling_rate,
                           const std::vector<Superlet>& superlets, const Frame& frame) {
  const Rows<Scalar> prepared(rows, frame, /*scaled=*/true);
  const auto width = static_cast<int64_t>(superlets.size());
  at::Tensor result = at::empty({rows.size(0), width, frame.length}, rows.options());
  auto* const to = result.template data_ptr<Scalar>();
  const double factor = 1.0 / static_cast<double>(frame.padded);
  for_each_response(
      prepared, frame, sampling_rate, superlets,
      [&](int64_t row, int64_t superlet, const Scalar* response) {
        Scalar* const y = to + (row * width + superlet) * frame.length;
        const auto order =
            static_cast<int64_t>(superlets[static_cast<std::size_t>(superlet)].size());
        const double exponent = 0.5 / static_cast<double>(order);
        const double scale = prepared.scale[static_cast<std::size_t>(row)] * factor;
        for (int64_t t = 0; t < frame.length; ++t) {
          double product = 1;
          for (int64_t i = 0; i < order; ++i) {
            const Scalar* const z = response + 2 * (i * frame.padded + t);
            const auto re = static_cast<double>(z[0]), im = static_cast<double>(z[1]);
            product *= re * re + im * im;
          }
          const double mean = order == 1 ? std::sqrt(product) : std::pow(product, exponent);
          y[t] = static_cast<Scalar>(mean * scale);
        }
      });
  return result;
}

}  // namespace

Superlet make_superlet(double frequency, double base, int order, bool multiplicative) {
  require(order >= 1 && order <= kHighestOrder, "wavelets", "order", "must be 1 to ", kHighestOrder,
          ", got ", order);
  Superlet superlet;
  for (int i = 0; i < order; ++i) {
    superlet.push_back({frequency, multiplicative ? base * (i + 1) : base + i});
  }
  return superlet;
}

at::Tensor transform(const at::Tensor& rows, double sampling_rate,
                     const std::vector<Morlet>& wavelets, Edges edges) {
  std::vector<Superlet> superlets;
  for (const Morlet& wavelet : wavelets) {
    superlets.push_back({wavelet});
  }
  check(rows, sampling_rate, superlets);
  const Frame frame = frame_of(rows, sampling_rate, superlets, edges);
  return rows.scalar_type() == at::kDouble
             ? complex_responses<double>(rows, sampling_rate, superlets, frame)
             : complex_responses<float>(rows.to(at::kFloat), sampling_rate, superlets, frame);
}

at::Tensor transform(const at::Tensor& rows, double sampling_rate,
                     const std::vector<Superlet>& superlets, Edges edges) {
  check(rows, sampling_rate, superlets);
  const Frame frame = frame_of(rows, sampling_rate, superlets, edges);
  return rows.scalar_type() == at::kDouble
             ? geometric_means<double>(rows, sampling_rate, superlets, frame)
             : geometric_means<float>(rows.to(at::kFloat), sampling_rate, superlets, frame);
}

}  // namespace dt4ecg::wavelets
