#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "dt4ecg/ops/fused.hpp"

namespace dt4ecg::ops {

// A feature map (B, channels, length); length 0 once time is pooled away: (B, channels).
struct Shape {
  int64_t channels = 0;
  int64_t length = 0;
  bool operator==(const Shape&) const = default;
};

// A text asks for sizes before anything is allocated: within these no product overflows 64 bits.
constexpr int64_t kMostChannels = 1 << 12;
constexpr int64_t kLongestKernel = (1 << 12) - 1;
constexpr int64_t kLongest = 1 << 24;
constexpr int64_t kMostOutputs = 1 << 24;

// How a tensor starts: uniform in +-1/sqrt(fan_in) (PyTorch's default of convolutions), or
// constant.
enum class Init { fan_in_uniform, zeros, ones };

struct TensorSpec {
  std::string name;  // unique within its operator, e.g. "conv.weight"
  std::vector<int64_t> shape;
  Init init = Init::zeros;
  int64_t fan_in = 0;
};

// What an operator is for given attributes and inputs: enough to allocate, count and draw it.
struct Signature {
  Shape output;
  std::vector<TensorSpec> parameters;
  std::vector<TensorSpec> buffers;
  int64_t multiply_adds = 0;  // per segment
};

using Attributes = std::map<std::string, int64_t>;
using Tensors = std::span<const at::Tensor>;

// Makes the fused form of a node from its attributes and the memory it works on.
template <class Scalar>
using Fuse = std::unique_ptr<Fused<Scalar>> (*)(const Attributes&, const Binding<Scalar>&);

// One differentiable building block of a network, with its ATen composition as reference and, where
// there is one, its fused form in both precisions.
struct Operator {
  std::string name;
  std::vector<std::string> attributes;  // each is required
  size_t min_inputs = 1;
  size_t max_inputs = 1;
  // Throws std::invalid_argument where attributes or shapes are illegal.
  Signature (*describe)(const Attributes&, std::span<const Shape> inputs);
  at::Tensor (*forward)(const Attributes&, Tensors inputs, Tensors parameters, Tensors buffers,
                        bool training);
  // Rows of zeros that the fused form reads before and after its first input.
  int64_t (*halo)(const Attributes&) = nullptr;
  Fuse<float> fuse = nullptr;
  Fuse<double> fuse_double = nullptr;
};

template <class Scalar>
Fuse<Scalar> fuse_of(const Operator& op) {
  if constexpr (sizeof(Scalar) == sizeof(float))
    return op.fuse;
  else
    return op.fuse_double;
}

// The table of operators. Throws std::invalid_argument that lists the legal names.
const Operator& find_operator(const std::string& name);
std::vector<std::string> operator_names();

}  // namespace dt4ecg::ops
