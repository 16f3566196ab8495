#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace dt4ecg::ops {

// The shape of a feature map (B, channels, length). Length 0 means pooled features (B, channels).
struct Shape {
  int64_t channels = 0;
  int64_t length = 0;
  bool operator==(const Shape&) const = default;
};

// Largest sizes that a graph's text may state. Within them, no product overflows 64 bits.
constexpr int64_t kMostChannels = 1 << 12;
constexpr int64_t kLongestKernel = (1 << 12) - 1;
constexpr int64_t kLongest = 1 << 24;
constexpr int64_t kMostOutputs = 1 << 24;

// The initial values of a tensor: uniform in +-1/sqrt(fan_in) (PyTorch's default of convolutions),
// or constant.
enum class Init { fan_in_uniform, zeros, ones };

struct TensorSpec {
  std::string name;  // unique within its operator, e.g. "conv.weight"
  std::vector<int64_t> shape;
  Init init = Init::zeros;
  int64_t fan_in = 0;
};

using Attributes = std::map<std::string, int64_t>;
using Tensors = std::span<const at::Tensor>;

}  // namespace dt4ecg::ops
