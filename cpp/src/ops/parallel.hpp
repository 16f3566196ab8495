#pragma once

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstdint>

#include "base/parallel.hpp"
#include "base/processors.hpp"

namespace dt4ecg::ops {

// While it lives, loops of this thread have at most `threads` threads; 0 stands for the number of
// torch.set_num_threads().
class ThreadLimit {
 public:
  explicit ThreadLimit(int threads) : before_(limit_) { limit_ = threads; }
  ~ThreadLimit() { limit_ = before_; }
  ThreadLimit(const ThreadLimit&) = delete;
  ThreadLimit& operator=(const ThreadLimit&) = delete;

  static int current() { return limit_ > 0 ? limit_ : at::get_num_threads(); }

 private:
  static inline thread_local int limit_ = 0;
  int before_;
};

// The number of threads of a loop; not more than the processors that the process may use.
inline int thread_count() { return std::min(ThreadLimit::current(), available_processors()); }

// Calls function(begin, end) for parts of [0, count), see parallel_chunks().
template <class Function>
void parallel_for(int64_t count, int64_t grain, const Function& function,
                  Loop loop = Loop::of_kernels) {
  parallel_chunks(
      count, grain, thread_count(), [&](const Chunk& chunk) { function(chunk.begin, chunk.end); },
      loop);
}

}  // namespace dt4ecg::ops
