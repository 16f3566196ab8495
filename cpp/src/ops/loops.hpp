#pragma once

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstdint>
#include <memory>

#include "ops/operator.hpp"

namespace dt4ecg::ops {

// Shares the samples of a batch out among torch's threads.
template <class Function>
void for_each_sample(int64_t batch, const Function& function) {
  at::parallel_for(0, batch, 1, [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b) function(b);
  });
}

// Samples [begin, end) that a thread works on at once. Room made for each sample of a batch is
// this thread's own for as many samples from `room` on, the same for all its groups of a batch: it
// stays in the cache.
struct Group {
  int64_t begin, end, room;
  int64_t size() const { return end - begin; }
};

// Shares the samples of `count` batches, one for each cotangent, out among torch's threads in
// groups of at most `most`: function(which batch, group).
template <class Function>
void for_each_group(int64_t count, int64_t batch, int64_t most, const Function& function) {
  at::parallel_for(0, count * batch, 1, [&](int64_t begin, int64_t end) {
    while (begin < end) {
      const int64_t which = begin / batch, upto = std::min(end, (which + 1) * batch);
      const int64_t room = begin % batch;
      for (; begin < upto; begin = std::min(begin + most, upto))
        function(which,
                 Group{begin - which * batch, std::min(begin + most, upto) - which * batch, room});
    }
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
