#pragma once

#include <ATen/Parallel.h>

#include <cstdint>

#include "dt4ecg/ops/operator.hpp"

namespace dt4ecg::ops {

// Shares the samples of a batch out among torch's threads.
template <class Function>
void for_each_sample(int64_t batch, const Function& function) {
  at::parallel_for(0, batch, 1, [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b) function(b);
  });
}

template <class Scalar>
void put(Scalar value, bool accumulate, Scalar& to) {
  to = accumulate ? to + value : value;
}

// A node without parameters.
template <class Scalar>
class FusedWithoutParameters : public Fused<Scalar> {
 public:
  void unpack(size_t, const Scalar*, Scalar*) const override {}
};

template <class Node, class Scalar>
std::unique_ptr<Fused<Scalar>> fuse_as(const Attributes& attributes,
                                       const Binding<Scalar>& binding) {
  return std::make_unique<Node>(attributes, binding);
}

}  // namespace dt4ecg::ops
