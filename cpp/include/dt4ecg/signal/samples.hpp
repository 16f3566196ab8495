#pragma once

#ifdef __linux__
#include <sys/mman.h>
#endif

#include <cstddef>
#include <cstdlib>
#include <limits>
#include <new>
#include <vector>

namespace dt4ecg::signal {

// Allocates large arrays in pages of 2 MB. An hour of samples then causes 14 page faults instead of
// 7000 with pages of 4 kB.
template <class Value>
struct LargePages {
  using value_type = Value;
  static constexpr std::size_t kPage = std::size_t{1} << 21;
  LargePages() = default;
  template <class Other>
  LargePages(const LargePages<Other>&) {}

  Value* allocate(std::size_t n) {
    if (n > std::numeric_limits<std::size_t>::max() / 2 / sizeof(Value)) {
      throw std::bad_array_new_length();
    }
    const std::size_t bytes = n * sizeof(Value);
    if (!is_large(n)) {
      return static_cast<Value*>(::operator new(bytes));
    }
    void* const memory = std::aligned_alloc(kPage, (bytes + kPage - 1) / kPage * kPage);
    if (!memory) {
      throw std::bad_alloc();
    }
#ifdef MADV_HUGEPAGE
    madvise(memory, bytes, MADV_HUGEPAGE);  // a hint: pages stay small if it fails
#endif
    return static_cast<Value*>(memory);
  }
  void deallocate(Value* memory, std::size_t n) {
    if (is_large(n)) {
      std::free(memory);
    } else {
      ::operator delete(memory);
    }
  }
  bool operator==(const LargePages&) const = default;

 private:
  static bool is_large(std::size_t n) { return n * sizeof(Value) >= 2 * kPage; }
};

using Samples = std::vector<double, LargePages<double>>;

}  // namespace dt4ecg::signal
