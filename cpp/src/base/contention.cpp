#include "base/contention.hpp"

#include <algorithm>

#ifdef __linux__
#include <sys/resource.h>
#include <time.h>
#endif

namespace dt4ecg {
namespace {

using std::chrono::milliseconds;
using Clock = Contention::Clock;

constexpr milliseconds kShortestPause{10}, kLongestPause{200};
// A wait of more than a millisecond and the time of two chunks is not the end of a chunk.
constexpr milliseconds kLongWait{1}, kLongInterruption{1};
constexpr milliseconds kBetweenChecks{1}, kOldCheck{20};

#ifdef __linux__

// Whether the system took the processor from this thread for long since the check before, if that
// was not long ago. `waited`: for how long the thread slept by itself since the last call.
bool was_interrupted(Clock::time_point now, Clock::duration waited) {
  thread_local Clock::time_point checked{};
  thread_local Clock::duration computed{}, slept{};
  thread_local long seen = 0;
  slept += waited;
  if (now - checked < kBetweenChecks) {
    return false;
  }
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  const Clock::duration computed_now =
      std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
  const Clock::duration passed = now - checked;
  const bool interrupted = usage.ru_nivcsw != seen && passed < kOldCheck &&
                           passed - slept - (computed_now - computed) > kLongInterruption;
  checked = now;
  computed = computed_now;
  slept = {};
  seen = usage.ru_nivcsw;
  return interrupted;
}

#else

bool was_interrupted(Clock::time_point, Clock::duration) { return false; }

#endif

}  // namespace

void Contention::observe(Clock::time_point now, Clock::duration waited, Clock::duration chunk) {
  if (was_interrupted(now, waited) || waited > kLongWait + 2 * chunk) {
    one_thread_for_ =
        std::clamp<Clock::duration>(2 * one_thread_for_, kShortestPause, kLongestPause);
    one_thread_until_ = now + one_thread_for_;
  } else if (now > one_thread_until_ + one_thread_for_) {
    one_thread_for_ = {};
  }
}

}  // namespace dt4ecg
