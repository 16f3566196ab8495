#pragma once

#include <algorithm>
#include <cstdint>

namespace dt4ecg {

// Indexes [begin, end) of a parallel loop, and who processes them: participant 0 is the caller. No
// two chunks of one participant run at the same time.
struct Chunk {
  int64_t begin, end;
  int participant, participants;
};

// Loops of kernels have short, equal chunks. After the system has interrupted a thread in one of
// them, they use one thread for a while (contention.hpp). Long loops always use all threads.
enum class Loop { of_kernels, long_one };

namespace parallel {

// A reference to a function of a chunk, which lives until the loop ends.
struct Body {
  const void* function;
  void (*call)(const void* function, const Chunk& chunk);
};

inline constexpr int kMostThreads = 256;

void run(Loop loop, int64_t count, int64_t chunk_size, int threads, Body body);

// Whether loops of kernels use one thread for a while after an interruption; true by default. Tests
// that need several threads turn it off.
void adapt_to_load(bool on);

}  // namespace parallel

// Calls function(chunk) for chunks that cover [0, count), on the caller and at most threads - 1
// other threads. A chunk has at least `grain` indexes, the last one excepted. If calls throw, the
// exception of the chunk with the smallest index is thrown when all chunks are done.
//
// The caller processes each chunk that no other thread has claimed, so that a busy machine cannot
// make the loop much slower than one thread. A loop within a loop, or one while another thread's
// loop runs, has one chunk: loops never multiply threads.
template <class Function>
void parallel_chunks(int64_t count, int64_t grain, int threads, const Function& function,
                     Loop loop = Loop::of_kernels) {
  // Enough chunks that threads finish together, and few enough that claims cost little.
  constexpr int64_t kChunksPerThread = 8;
  if (count <= 0) {
    return;
  }
  grain = std::max<int64_t>(grain, 1);
  if (threads <= 1 || count <= grain) {
    function(Chunk{0, count, 0, 1});
    return;
  }
  threads = std::min(threads, parallel::kMostThreads);
  const int64_t chunks = threads * kChunksPerThread;
  parallel::run(loop, count, std::max(grain, (count + chunks - 1) / chunks), threads,
                {&function, [](const void* known, const Chunk& chunk) {
                   (*static_cast<const Function*>(known))(chunk);
                 }});
}

// Ends all threads of the loops. The next loop starts new ones. Not to be called in a loop.
void stop_threads();

// Whether this process was forked from a process with this library. The threads of torch's OpenMP
// do not exist there, and waiting for them would never end.
bool is_forked();

}  // namespace dt4ecg
