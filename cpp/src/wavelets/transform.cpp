#include <ATen/Functions.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "base/error.hpp"
#include "dt4ecg/wavelets/morlet.hpp"
#include "ops/parallel.hpp"
#include "ops/torch_threads.hpp"
#include "wavelets/row_spectra.hpp"
#include "wavelets/spectrum.hpp"

namespace dt4ecg::wavelets {
namespace {

constexpr int64_t kBank = int64_t{1} << 22;  // numbers of the spectra that are kept at a time

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

// The spectra of the wavelets of superlets [first, last), and the groups in which they are used.
template <class Scalar>
struct Bank {
  struct Group {
    int64_t first, last;   // superlets
    int64_t place, width;  // wavelets, counted from the first one of the bank
  };

  Bank(const std::vector<Superlet>& superlets, int64_t from, double sampling_rate, int64_t padded)
      : first(from), last(from) {
    std::vector<Morlet> wavelets;
    const auto fits = [&](int64_t numbers, int64_t width, std::size_t more) {
      return (width + static_cast<int64_t>(more)) * padded <= numbers;
    };
    for (; last < std::ssize(superlets); ++last) {
      const Superlet& superlet = superlets[static_cast<std::size_t>(last)];
      const auto place = static_cast<int64_t>(wavelets.size());
      if (last > first && !fits(kBank, place, superlet.size())) {
        break;
      }
      if (groups.empty() || !fits(kBlock, groups.back().width, superlet.size())) {
        groups.push_back({last, last, place, 0});
      }
      groups.back().last = last + 1;
      groups.back().width += static_cast<int64_t>(superlet.size());
      wavelets.insert(wavelets.end(), superlet.begin(), superlet.end());
    }
    spectra.resize(wavelets.size());
    ops::parallel_for(std::ssize(wavelets), 1, [&](int64_t begin, int64_t end) {
      for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
        spectra[i] = std::make_unique<Spectrum<Scalar>>(wavelets[i], sampling_rate, padded);
      }
    });
  }

  int64_t first, last;
  std::vector<Group> groups;
  std::vector<std::unique_ptr<Spectrum<Scalar>>> spectra;
};

template <class Scalar>
void multiply(const Scalar* x, const Spectrum<Scalar>& wavelet, int64_t length, Scalar* y) {
  std::fill(y, y + 2 * wavelet.begin, Scalar{0});
  for (int64_t k = wavelet.begin; k < wavelet.end; ++k) {
    const Scalar gain = wavelet.values[static_cast<std::size_t>(k)];
    y[2 * k] = x[2 * k] * gain;
    y[2 * k + 1] = x[2 * k + 1] * gain;
  }
  std::fill(y + 2 * wavelet.end, y + 2 * length, Scalar{0});
}

// Calls reduce(row, superlet, responses) for every row and superlet; `responses` are those to the
// wavelets of the superlet, (wavelets, padded), still to be divided by `padded`. The blocks do not
// depend on the number of threads, and so the bits do not either.
template <class Scalar, class Reduce>
void for_each_response(const RowSpectra<Scalar>& rows, const Frame& frame, double sampling_rate,
                       const std::vector<Superlet>& superlets, const Reduce& reduce) {
  using Complex = c10::complex<Scalar>;
  const int64_t count = rows.spectra.size(0), padded = frame.padded;
  const Scalar* const known =
      reinterpret_cast<const Scalar*>(rows.spectra.template data_ptr<Complex>());
  struct Block {
    std::size_t group;
    int64_t top, rows;
  };
  for (int64_t first = 0; first < std::ssize(superlets);) {
    const Bank<Scalar> bank(superlets, first, sampling_rate, padded);
    std::vector<Block> blocks;
    for (std::size_t group = 0; group < bank.groups.size(); ++group) {
      const int64_t height = std::max<int64_t>(kBlock / (bank.groups[group].width * padded), 1);
      for (int64_t top = 0; top < count; top += height) {
        blocks.push_back({group, top, std::min(height, count - top)});
      }
    }
    ops::parallel_torch(std::ssize(blocks), [&](int64_t i) {
      const Block& block = blocks[static_cast<std::size_t>(i)];
      const auto& group = bank.groups[block.group];
      at::Tensor products = at::empty({block.rows * group.width, padded}, rows.spectra.options());
      auto* product = reinterpret_cast<Scalar*>(products.template data_ptr<Complex>());
      for (int64_t row = block.top; row < block.top + block.rows; ++row) {
        for (int64_t j = group.place; j < group.place + group.width; ++j) {
          multiply(known + 2 * row * padded, *bank.spectra[static_cast<std::size_t>(j)], padded,
                   product);
          product += 2 * padded;
        }
      }
      const at::Tensor responses =
          at::_fft_c2c(products, {1}, /*normalization=*/0, /*forward=*/false);
      const auto* response =
          reinterpret_cast<const Scalar*>(responses.template data_ptr<Complex>());
      for (int64_t row = block.top; row < block.top + block.rows; ++row) {
        for (int64_t superlet = group.first; superlet < group.last; ++superlet) {
          reduce(row, superlet, response);
          response += 2 * padded * std::ssize(superlets[static_cast<std::size_t>(superlet)]);
        }
      }
    });
    first = bank.last;
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
  const RowSpectra<Scalar> prepared(rows, frame, /*scaled=*/false);
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
  const RowSpectra<Scalar> prepared(rows, frame, /*scaled=*/true);
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
