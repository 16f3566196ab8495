#include "base/parallel.hpp"

#include <pthread.h>
#include <signal.h>

#include <array>
#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <new>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/contention.hpp"
#include "base/processors.hpp"

namespace dt4ecg {
namespace {

using parallel::Body;

// An idle thread waits actively for so long, because waking a sleeping one takes about as long.
constexpr std::chrono::microseconds kActiveWait{50};

std::atomic<bool> adapts_to_load{true};
thread_local bool in_loop = false;

class InLoop {
 public:
  InLoop() : before_(in_loop) { in_loop = true; }
  ~InLoop() { in_loop = before_; }
  InLoop(const InLoop&) = delete;
  InLoop& operator=(const InLoop&) = delete;

 private:
  bool before_;
};

void relax_processor() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// For debuggers and /proc.
void name_thread(int participant) {
  const std::string name = "dt4ecg-" + std::to_string(participant);
#ifdef __APPLE__
  pthread_setname_np(name.c_str());
#else
  pthread_setname_np(pthread_self(), name.c_str());
#endif
}

// Returns whether `done()` became true within kActiveWait.
template <class Done>
bool wait_actively(Done done) {
  const auto end = std::chrono::steady_clock::now() + kActiveWait;
  do {
    for (int i = 0; i < 16; ++i) {
      if (done()) {
        return true;
      }
      relax_processor();
    }
  } while (std::chrono::steady_clock::now() < end);
  return done();
}

// The chunks of one participant that nothing has claimed. It claims them from the first on, the
// others from the last on, so that each keeps its part of the data in its cache. The number of the
// loop is part of the word: a thread that is late cannot claim chunks of a later loop.
class alignas(64) Claims {
 public:
  void offer(std::uint32_t loop, int64_t begin, int64_t end) {
    word_.store(pack(loop, static_cast<std::uint64_t>(begin), static_cast<std::uint64_t>(end)),
                std::memory_order_release);
  }

  // A chunk of the loop, or -1.
  int64_t claim(std::uint32_t loop, bool first) {
    std::uint64_t word = word_.load(std::memory_order_relaxed);
    for (;;) {
      const std::uint64_t begin = (word >> 16U) & 0xffffU, end = word & 0xffffU;
      if (word >> 32U != loop || begin == end) {
        return -1;
      }
      const std::uint64_t next = first ? pack(loop, begin + 1, end) : pack(loop, begin, end - 1);
      if (word_.compare_exchange_weak(word, next, std::memory_order_acq_rel,
                                      std::memory_order_relaxed)) {
        return static_cast<int64_t>(first ? begin : end - 1);
      }
    }
  }

 private:
  static std::uint64_t pack(std::uint32_t loop, std::uint64_t begin, std::uint64_t end) {
    return std::uint64_t{loop} << 32U | begin << 16U | end;
  }

  std::atomic<std::uint64_t> word_{0};
};

class Pool {
 public:
  void run(Loop loop, int64_t count, int64_t chunk_size, int threads, Body body) {
    const Contention::Clock::time_point begin = Contention::Clock::now();
    const bool adapts = loop == Loop::of_kernels && adapts_to_load.load();
    std::unique_lock<std::mutex> lock;
    if (!in_loop) {
      lock = std::unique_lock(caller_, std::try_to_lock);
    }
    if (!lock || (adapts && contention_.prefers_one_thread(begin))) {
      if (lock) {
        lock.unlock();
      }
      const InLoop inside;
      body.call(body.function, {0, count, 0, 1});
      return;
    }
    threads = start(threads);
    const int64_t chunks = (count + chunk_size - 1) / chunk_size;
    work_ = {count, chunk_size, threads, body};
    error_chunk_ = chunks;
    finished_.store(0, std::memory_order_relaxed);
    const std::uint32_t number = ++number_;
    for (int p = 0; p < threads; ++p) {
      claims_[static_cast<std::size_t>(p)].offer(number, p * chunks / threads,
                                                 (p + 1) * chunks / threads);
    }
    announced_.store(std::uint64_t{number} << 32U | static_cast<std::uint64_t>(threads));
    if (sleeping_.load() > 0) {
      wake_.fetch_add(1);
      wake_.notify_all();
    }
    const int64_t own = participate(number, 0, threads);
    const Contention::Clock::time_point end_of_own = Contention::Clock::now();
    wait_for(static_cast<int>(chunks));
    const Contention::Clock::time_point end = Contention::Clock::now();
    if (adapts) {
      contention_.observe(end, end - end_of_own, (end_of_own - begin) / std::max<int64_t>(own, 1));
    }
    if (error_) {
      std::rethrow_exception(std::exchange(error_, nullptr));
    }
  }

  void stop() {
    const std::lock_guard lock(caller_);
    stopping_.store(true);
    wake_.fetch_add(1);
    wake_.notify_all();
    for (std::thread& worker : workers_) {
      worker.join();
    }
    workers_.clear();
    stopping_.store(false);
  }

 private:
  struct Work {
    int64_t count, chunk_size;
    int threads;
    Body body;
  };

  // Returns the number of threads that there are, the caller included.
  int start(int threads) {
    if (std::ssize(workers_) < threads - 1) {
      // Signals belong to the threads of the program, except those that an error here causes.
      sigset_t all, before;
      sigfillset(&all);
      for (const int error : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) {
        sigdelset(&all, error);
      }
      pthread_sigmask(SIG_SETMASK, &all, &before);
      try {
        while (std::ssize(workers_) < threads - 1) {
          workers_.emplace_back(&Pool::work, this, static_cast<int>(workers_.size()) + 1);
        }
      } catch (const std::exception&) {  // the system allows no more threads, or has no memory
      }
      pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }
    return std::min(threads, static_cast<int>(workers_.size()) + 1);
  }

  void work(int participant) {
    name_thread(participant);
    undo_binding();
    std::uint64_t seen = 0;
    while (!stopping_.load()) {
      const auto has_changed = [&] { return announced_.load(std::memory_order_acquire) != seen; };
      if (!wait_actively(has_changed)) {
        sleep(seen);
        continue;
      }
      seen = announced_.load(std::memory_order_acquire);
      const int threads = static_cast<int>(seen & 0xffffffffU);
      if (participant < threads) {
        participate(static_cast<std::uint32_t>(seen >> 32U), participant, threads);
      }
    }
  }

  // run() writes announced_ before it reads sleeping_, and this function the other way round: one
  // of both sees the other's change.
  void sleep(std::uint64_t seen) {
    sleeping_.fetch_add(1);
    const int before = wake_.load();
    if (announced_.load() == seen && !stopping_.load()) {
      wake_.wait(before);
    }
    sleeping_.fetch_sub(1);
  }

  // Returns the number of chunks that it processed.
  int64_t participate(std::uint32_t number, int participant, int threads) {
    int64_t processed = 0;
    const InLoop inside;
    for (int i = 0; i < threads; ++i) {
      const int owner = (participant + i) % threads;
      for (;;) {
        const int64_t chunk = claims_[static_cast<std::size_t>(owner)].claim(number, i == 0);
        if (chunk < 0) {
          break;
        }
        process(chunk, participant);
        ++processed;
      }
    }
    return processed;
  }

  // Between a claim and the end of its chunk the caller waits, so that work_ does not change.
  void process(int64_t chunk, int participant) {
    const int64_t begin = chunk * work_.chunk_size;
    const int64_t end = std::min(begin + work_.chunk_size, work_.count);
    try {
      work_.body.call(work_.body.function, {begin, end, participant, work_.threads});
    } catch (...) {
      const std::lock_guard lock(error_mutex_);
      if (chunk < error_chunk_) {
        error_chunk_ = chunk;
        error_ = std::current_exception();
      }
    }
    const int chunks = static_cast<int>((work_.count + work_.chunk_size - 1) / work_.chunk_size);
    if (finished_.fetch_add(1, std::memory_order_acq_rel) + 1 == chunks) {
      finished_.notify_one();
    }
  }

  // A caller that sleeps leaves its processor to a thread that the system has interrupted in a
  // chunk.
  void wait_for(int chunks) {
    int finished = 0;
    const auto is_done = [&] {
      finished = finished_.load(std::memory_order_acquire);
      return finished == chunks;
    };
    if (wait_actively(is_done)) {
      return;
    }
    while (!is_done()) {
      finished_.wait(finished, std::memory_order_acquire);
    }
  }

  std::mutex caller_;
  Contention contention_;
  std::vector<std::thread> workers_;
  Work work_{};
  std::uint32_t number_ = 0;
  std::array<Claims, parallel::kMostThreads> claims_;
  alignas(64) std::atomic<std::uint64_t> announced_{0};  // the number of the loop and its threads
  alignas(64) std::atomic<int> finished_{0};
  alignas(64) std::atomic<int> sleeping_{0};
  std::atomic<int> wake_{0};
  std::atomic<bool> stopping_{false};
  std::mutex error_mutex_;
  std::exception_ptr error_;
  int64_t error_chunk_ = 0;
};

// The process has one pool, which is never destroyed: a thread may use it while the process ends.
alignas(Pool) std::array<std::byte, sizeof(Pool)> storage;
bool forked = false;
Pool* const pool = [] {
  // A forked child has only the thread that forked, and the locks of the other threads stay locked.
  pthread_atfork(nullptr, nullptr, [] {
    new (storage.data()) Pool;
    forked = true;
  });
  return new (storage.data()) Pool;
}();

}  // namespace

void parallel::run(Loop loop, int64_t count, int64_t chunk_size, int threads, Body body) {
  pool->run(loop, count, chunk_size, threads, body);
}

void parallel::adapt_to_load(bool on) { adapts_to_load.store(on); }

void stop_threads() { pool->stop(); }

bool is_forked() { return forked; }

}  // namespace dt4ecg
