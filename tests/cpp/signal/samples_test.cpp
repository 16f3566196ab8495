#include "dt4ecg/signal/samples.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace dt4ecg::signal {
namespace {

TEST(Samples, LiveInLargePagesFromFourMegabytesOn) {
  constexpr std::size_t few = (std::size_t{1} << 19) - 1, many = few + 1;
  Samples samples(few, 1.0);
  samples.push_back(2.0);  // moves to other memory
  samples.shrink_to_fit();
  ASSERT_EQ(samples.size(), many);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(samples.data()) % LargePages<double>::kPage, 0u);
  EXPECT_EQ(samples.front(), 1.0);
  EXPECT_EQ(samples.back(), 2.0);
  EXPECT_EQ(Samples(samples), samples);
}

TEST(Samples, ThrowsIfTheSizeExceedsMemory) {
  LargePages<double> pages;
  EXPECT_THROW((void)pages.allocate(std::numeric_limits<std::size_t>::max() / 2),
               std::bad_array_new_length);
}

}  // namespace
}  // namespace dt4ecg::signal
