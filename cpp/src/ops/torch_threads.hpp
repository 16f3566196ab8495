#pragma once

#include <ATen/Parallel.h>

#include <cstdint>

#include "base/parallel.hpp"
#include "ops/parallel.hpp"

namespace dt4ecg::ops {

// The number of threads of torch's own loops in this thread, while it lives.
class TorchThreads {
 public:
  explicit TorchThreads(int threads) : before_(at::get_num_threads()) {
    // The call matters even with an equal number: torch stores it per thread. Threads that first
    // use torch during its life copy it, too.
    at::set_num_threads(is_forked() ? 1 : threads);
  }
  ~TorchThreads() { at::set_num_threads(before_); }
  TorchThreads(const TorchThreads&) = delete;
  TorchThreads& operator=(const TorchThreads&) = delete;

 private:
  int before_;
};

// Calls function(i) for each i of [0, count). Operators of torch within it use one thread, so that
// only the threads of the loop share the processors.
template <class Function>
void parallel_torch(int64_t count, const Function& function) {
  if (count <= 0) {
    return;
  }
  const ThreadLimit limit(thread_count());  // torch.set_num_threads() before the next line
  const TorchThreads one(1);
  parallel_for(
      count, 1,
      [&](int64_t begin, int64_t end) {
        if (at::get_num_threads() != 1) {  // another thread, which has its own number
          at::set_num_threads(1);
        }
        for (int64_t i = begin; i < end; ++i) {
          function(i);
        }
      },
      Loop::long_one);
}

}  // namespace dt4ecg::ops
