#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "dt4ecg/ops/shape.hpp"
#include "ops/fused.hpp"

namespace dt4ecg::ops {

// What an operator is for given attributes and inputs: enough to allocate, count and draw it.
struct Signature {
  Shape output;
  std::vector<TensorSpec> parameters;
  std::vector<TensorSpec> buffers;
  int64_t multiply_adds = 0;  // per segment
};

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
