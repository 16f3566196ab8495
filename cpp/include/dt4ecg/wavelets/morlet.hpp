#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

namespace dt4ecg::wavelets {

// The signal continues beyond both ends as its mirror images, or as zeros.
enum class Edges { reflect, zero };

// A complex Morlet wavelet: a Gaussian of sum 1 with a standard deviation of cycles / (5 frequency)
// seconds, times 2 exp(2 pi i frequency t). A sinusoid of its frequency keeps its amplitude.
struct Morlet {
  double frequency;  // Hz, above 0 and at most half of the sampling rate
  double cycles;     // 1 to kMostCycles
};

inline constexpr double kMostCycles = 1000;
inline constexpr int kHighestOrder = 64;

// The wavelets of one frequency whose responses are combined by their geometric mean. A superlet
// has `order` wavelets of base, 2 base, 3 base ... cycles (multiplicative), or of base, base + 1,
// base + 2 ... cycles (additive); Moca et al. 2021, equations 3 to 5.
using Superlet = std::vector<Morlet>;
Superlet make_superlet(double frequency, double base, int order, bool multiplicative);

// The response of rows (n, T) to each wavelet, complex (n, wavelets, T), of the precision of the
// rows, which are float or double and finite.
at::Tensor transform(const at::Tensor& rows, double sampling_rate,
                     const std::vector<Morlet>& wavelets, Edges edges);

// The geometric mean of the magnitudes of the responses to each superlet, (n, superlets, T).
at::Tensor transform(const at::Tensor& rows, double sampling_rate,
                     const std::vector<Superlet>& superlets, Edges edges);

}  // namespace dt4ecg::wavelets
