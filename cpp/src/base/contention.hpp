#pragma once

#include <chrono>

namespace dt4ecg {

// Decides when a loop should run on its caller alone, because other processes want the processors.
//
// If the system interrupts one thread of a loop for a few milliseconds, the others wait for it. Two
// threads may then be slower than one. After an interruption, loops have one thread for a while.
// The time doubles while interruptions follow each other.
class Contention {
 public:
  using Clock = std::chrono::steady_clock;

  bool prefers_one_thread(Clock::time_point now) const { return now < one_thread_until_; }

  // To be called on the caller's thread after a loop of several threads. `waited`: how long the
  // caller waited for the others; `chunk`: the mean time of its own chunks.
  void observe(Clock::time_point now, Clock::duration waited, Clock::duration chunk);

 private:
  Clock::time_point one_thread_until_{};
  Clock::duration one_thread_for_{};
};

}  // namespace dt4ecg
