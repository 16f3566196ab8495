#include "base/parallel.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <numeric>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/contention.hpp"

namespace dt4ecg {
namespace {

class Parallel : public testing::Test {
 protected:
  void SetUp() override { parallel::adapt_to_load(false); }
  void TearDown() override { parallel::adapt_to_load(true); }
};

std::vector<int> visits(int64_t count, int64_t grain, int threads) {
  std::vector<int> seen(static_cast<std::size_t>(count));
  parallel_chunks(count, grain, threads, [&](const Chunk& chunk) {
    for (int64_t i = chunk.begin; i < chunk.end; ++i) {
      ++seen[static_cast<std::size_t>(i)];
    }
  });
  return seen;
}

TEST_F(Parallel, VisitsEachIndexOnce) {
  for (const int64_t count : {1, 2, 7, 16, 17, 1000, 100'003}) {
    for (const int64_t grain : {0, 1, 5, 4096}) {
      for (const int threads : {1, 2, 3, 8}) {
        EXPECT_EQ(visits(count, grain, threads), std::vector<int>(std::size_t(count), 1))
            << count << " indexes, grain " << grain << ", " << threads << " threads";
      }
    }
  }
  EXPECT_TRUE(visits(0, 1, 2).empty());
}

TEST_F(Parallel, RepeatedLoopsGiveEqualSums) {
  std::vector<int64_t> parts(64);
  for (int repeat = 0; repeat < 20'000; ++repeat) {
    parallel_chunks(64, 1, 4, [&](const Chunk& chunk) {
      for (int64_t i = chunk.begin; i < chunk.end; ++i) {
        parts[static_cast<std::size_t>(i)] = i + repeat;
      }
    });
    ASSERT_EQ(std::reduce(parts.begin(), parts.end()), 64 * 63 / 2 + 64 * repeat);
  }
}

TEST_F(Parallel, HasChunksOfAtLeastTheGrain) {
  std::mutex mutex;
  std::multiset<int64_t> sizes;
  parallel_chunks(1000, 300, 4, [&](const Chunk& chunk) {
    const std::lock_guard lock(mutex);
    sizes.insert(chunk.end - chunk.begin);
  });
  EXPECT_EQ(sizes, (std::multiset<int64_t>{100, 300, 300, 300}));
}

TEST_F(Parallel, UsesOtherThreads) {
  std::atomic<int> inside{0};
  std::atomic<bool> met{false};
  parallel_chunks(2, 1, 2, [&](const Chunk&) {
    ++inside;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (inside < 2 && std::chrono::steady_clock::now() < end) {
      std::this_thread::yield();
    }
    met = met || inside == 2;
  });
  EXPECT_TRUE(met);
}

TEST_F(Parallel, ParticipantsProcessOneChunkAtATime) {
  std::vector<std::atomic<int>> active(4);
  std::atomic<bool> twice{false};
  for (int repeat = 0; repeat < 200; ++repeat) {
    parallel_chunks(64, 1, 4, [&](const Chunk& chunk) {
      auto& own = active.at(static_cast<std::size_t>(chunk.participant));
      twice = twice || own.fetch_add(1) != 0 || chunk.participants != 4;
      own.fetch_sub(1);
    });
  }
  EXPECT_FALSE(twice);
}

TEST_F(Parallel, NestedLoopIsOneChunk) {
  std::atomic<int> chunks{0};
  parallel_chunks(8, 1, 2, [&](const Chunk& outer) {
    for (int64_t i = outer.begin; i < outer.end; ++i) {
      parallel_chunks(100, 1, 2, [&](const Chunk& inner) {
        EXPECT_EQ(inner.end - inner.begin, 100);
        ++chunks;
      });
    }
  });
  EXPECT_EQ(chunks, 8);
}

TEST_F(Parallel, LongLoopsUseAllThreadsAfterAnInterruption) {
  parallel::adapt_to_load(true);
  const auto participants = [](Loop loop, int milliseconds) {
    std::atomic<int> most{0};
    parallel_chunks(
        16, 1, 2,
        [&](const Chunk& chunk) {
          most = chunk.participants;
          if (chunk.begin == 15) {  // an uneven loop, whose caller waits
            std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
          }
        },
        loop);
    return most.load();
  };
  for (int repeat = 0; repeat < 5; ++repeat) {
    EXPECT_EQ(participants(Loop::long_one, 20), 2);
  }
}

TEST_F(Parallel, LoopsOfSeveralCallersAreComplete) {
  std::atomic<int> wrong{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&] {
      for (int repeat = 0; repeat < 500; ++repeat) {
        wrong += visits(50, 1, 2) != std::vector<int>(50, 1);
      }
    });
  }
  for (std::thread& caller : callers) {
    caller.join();
  }
  EXPECT_EQ(wrong, 0);
}

TEST_F(Parallel, ThrowsTheErrorOfTheFirstChunk) {
  for (int repeat = 0; repeat < 100; ++repeat) {
    std::atomic<int64_t> visited{0};
    try {
      parallel_chunks(64, 1, 4, [&](const Chunk& chunk) {
        visited += chunk.end - chunk.begin;
        if (chunk.begin >= 20) {
          throw std::runtime_error(std::to_string(chunk.begin));
        }
      });
      FAIL() << "no error";
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "20");
    }
    EXPECT_EQ(visited, 64);
  }
  EXPECT_EQ(visits(64, 1, 4), std::vector<int>(64, 1));
}

TEST_F(Parallel, StartsThreadsAgainAfterStop) {
  for (int repeat = 0; repeat < 20; ++repeat) {
    EXPECT_EQ(visits(64, 1, 3), std::vector<int>(64, 1));
    stop_threads();
  }
  stop_threads();
}

// The sanitizers do not support threads in a forked child: their locks may be locked there.
#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
TEST_F(Parallel, WorksInAForkedChild) {
  ASSERT_EQ(visits(64, 1, 3), std::vector<int>(64, 1));
  const pid_t child = fork();
  if (child == 0) {
    alarm(20);
    const bool right = visits(64, 1, 3) == std::vector<int>(64, 1);
    stop_threads();
    _exit(right ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status)) << "the child was killed, perhaps after it waited too long";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}
#endif

TEST(Contention, MakesPausesThatDoubleWhileItLasts) {
  using std::chrono::milliseconds;
  Contention contention;
  Contention::Clock::time_point now{std::chrono::seconds(100)};
  contention.observe(now, milliseconds(0), milliseconds(0));
  EXPECT_FALSE(contention.prefers_one_thread(now));
  for (const int pause : {10, 20, 40, 80, 160, 200, 200}) {
    contention.observe(now, milliseconds(5), milliseconds(1));  // longer than 1 ms and two chunks
    EXPECT_TRUE(contention.prefers_one_thread(now + milliseconds(pause - 1))) << pause;
    now += milliseconds(pause);
    EXPECT_FALSE(contention.prefers_one_thread(now)) << pause;
  }
  contention.observe(now + milliseconds(201), milliseconds(3), milliseconds(1));  // calm again
  contention.observe(now + milliseconds(202), milliseconds(5), milliseconds(1));
  EXPECT_FALSE(contention.prefers_one_thread(now + milliseconds(212)));
}

}  // namespace
}  // namespace dt4ecg
