#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>

#include "ops/operator.hpp"
#include "ops/parallel.hpp"

namespace dt4ecg::ops {

// Distributes the samples of a batch over the threads.
template <class Function>
void for_each_sample(int64_t batch, const Function& function) {
  parallel_for(batch, 1, [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b) {
      function(b);
    }
  });
}

// Samples [begin, end) that a thread processes together. Scratch memory has one slot per sample of
// the batch. A thread uses the slots from `slot` on for all its groups of a batch, so that they
// stay in its cache.
struct Group {
  int64_t begin, end, slot;
  int64_t size() const { return end - begin; }
};

// Distributes the samples of `count` batches, one per cotangent, over the threads in groups of at
// most `most` samples: function(batch index, group).
template <class Function>
void for_each_group(int64_t count, int64_t batch, int64_t most, const Function& function) {
  const int threads = static_cast<int>(std::min<int64_t>(thread_count(), batch));
  parallel_chunks(count * batch, 1, threads, [&](const Chunk& chunk) {
    const int64_t slots = batch / chunk.participants, slot = chunk.participant * slots;
    const int64_t size = std::min(most, slots);
    int64_t begin = chunk.begin;
    while (begin < chunk.end) {
      const int64_t which = begin / batch, upto = std::min(chunk.end, (which + 1) * batch);
      for (; begin < upto; begin = std::min(begin + size, upto)) {
        function(which,
                 Group{begin - which * batch, std::min(begin + size, upto) - which * batch, slot});
      }
    }
  });
}

template <class Scalar>
void put(Scalar value, bool accumulate, Scalar& to) {
  to = accumulate ? to + value : value;
}

// Base of the nodes that have no parameters.
template <class Scalar>
class FusedWithoutParameters : public Fused<Scalar> {
 public:
  void unpack(std::size_t, const Scalar*, Scalar*) const override {}
};

template <class Node, class Scalar>
std::unique_ptr<Fused<Scalar>> fuse_as(const Attributes& attributes,
                                       const Binding<Scalar>& binding) {
  return std::make_unique<Node>(attributes, binding);
}

}  // namespace dt4ecg::ops
