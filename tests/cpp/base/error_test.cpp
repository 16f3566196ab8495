#include "base/error.hpp"

#include <gtest/gtest.h>

namespace dt4ecg {
namespace {

TEST(Join, PrintsSmallAndLargeNumbersLegibly) {
  EXPECT_EQ(join("rate ", 1e-7), "rate 1e-07");
  EXPECT_EQ(join(0.1 + 0.2, " ", 497.45, " ", std::size_t{20}), "0.3 497.45 20");
}

TEST(InvalidArgument, CarriesOperationParameterAndText) {
  try {
    throw_invalid("notch", "quality", "quality must be above ", 0.5, ", got ", 1e-9);
  } catch (const InvalidArgument& error) {
    EXPECT_STREQ(error.what(), "notch: quality must be above 0.5, got 1e-09");
    EXPECT_EQ(error.operation(), "notch");
    EXPECT_EQ(error.parameter(), "quality");
    EXPECT_FALSE(error.index());
  }
}

TEST(InvalidArgument, NamesTheRecord) {
  const InvalidArgument error = InvalidArgument("notch", "quality", "too low").about_record(3);
  EXPECT_STREQ(error.what(), "record 3: notch: too low");
  EXPECT_EQ(error.index(), 3U);
  EXPECT_EQ(error.parameter(), "quality");
}

TEST(Require, ThrowsOnlyWhatIsIllegal) {
  EXPECT_NO_THROW(require(true, "operation", "parameter", "text"));
  EXPECT_THROW(require(false, "operation", "parameter", "text"), InvalidArgument);
}

}  // namespace
}  // namespace dt4ecg
