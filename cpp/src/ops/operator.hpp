#pragma once

#include <ATen/core/Tensor.h>

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "dt4ecg/ops/shape.hpp"
#include "ops/fused.hpp"

namespace dt4ecg::ops {

// The output shape, tensors and cost of an operator for given attributes and inputs.
struct Signature {
  Shape output;
  std::vector<TensorSpec> parameters;
  std::vector<TensorSpec> buffers;
  int64_t multiply_adds = 0;  // per segment
};

// Creates the fused form of a node from its attributes and its memory.
template <class Scalar>
using Fuse = std::unique_ptr<Fused<Scalar>> (*)(const Attributes&, const Binding<Scalar>&);

// One differentiable building block of a network: its reference, composed of ATen operators, and,
// if it has one, its fused form in both precisions.
struct Operator {
  std::string name;
  std::vector<std::string> attributes;  // all of them are required
  std::size_t min_inputs = 1;
  std::size_t max_inputs = 1;
  // Throws InvalidArgument for illegal attributes or shapes.
  Signature (*describe)(const Attributes&, std::span<const Shape> inputs);
  at::Tensor (*forward)(const Attributes&, Tensors inputs, Tensors parameters, Tensors buffers,
                        bool training);
  // Number of zero rows that the fused form reads before and after its first input.
  int64_t (*halo)(const Attributes&) = nullptr;
  Fuse<float> fuse = nullptr;
  Fuse<double> fuse_double = nullptr;
};

template <class Scalar>
Fuse<Scalar> fuse_of(const Operator& op) {
  if constexpr (sizeof(Scalar) == sizeof(float)) {
    return op.fuse;
  } else {
    return op.fuse_double;
  }
}

// Looks an operator up by name. For an unknown name it throws InvalidArgument, which lists the
// legal names.
const Operator& find_operator(const std::string& name);

}  // namespace dt4ecg::ops
