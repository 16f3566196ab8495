#include "base/processors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <thread>

#ifdef __linux__
#include <sched.h>
#endif

namespace dt4ecg {
namespace {

constexpr double kUnlimited = std::numeric_limits<double>::infinity();

// A folder that imitates /proc/self/cgroup and /sys/fs/cgroup.
class ControlGroups : public testing::Test {
 protected:
  void SetUp() override {
    root_ = std::filesystem::path(testing::TempDir()) /
            testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_);
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  void write(const std::string& path, const std::string& text) {
    const auto file = root_ / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  double quota() const { return control_group_quota(root_ / "groups", root_); }

  std::filesystem::path root_;
};

TEST_F(ControlGroups, TakeTheSmallestQuotaUpToTheRoot) {
  write("groups", "0::/user/session\n");
  write("user/session/cpu.max", "max 100000\n");
  EXPECT_EQ(quota(), kUnlimited);
  write("user/cpu.max", "150000 100000\n");
  EXPECT_EQ(quota(), 1.5);
  write("user/session/cpu.max", "50000 100000\n");
  EXPECT_EQ(quota(), 0.5);
  write("cpu.max", "20000 100000\n");
  EXPECT_EQ(quota(), 0.2);
}

TEST_F(ControlGroups, OfAContainerAreAtTheRoot) {
  write("groups", "0::/a/path/of/the/host\n");
  write("cpu.max", "200000 100000\n");
  EXPECT_EQ(quota(), 2);
}

TEST_F(ControlGroups, OfVersionOneHaveTwoFiles) {
  write("groups", "12:memory:/box\n4:cpu,cpuacct:/box\n");
  write("cpu,cpuacct/box/cpu.cfs_quota_us", "300000\n");
  write("cpu,cpuacct/box/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(quota(), 3);
  write("cpu,cpuacct/box/cpu.cfs_quota_us", "-1\n");
  EXPECT_EQ(quota(), kUnlimited);
}

TEST_F(ControlGroups, WithoutOrWithDamagedFilesHaveNoQuota) {
  EXPECT_EQ(quota(), kUnlimited);
  for (const char* groups : {"", "\n", "0", "0:", "0::", "0::/", "::::", "1:cpu:relative\n"}) {
    write("groups", groups);
    EXPECT_EQ(quota(), kUnlimited) << groups;
  }
  write("groups", "0::/\n");
  for (const char* max : {"", "max", "100000", "100000 0", "x y", "0 100000", "-5 100000"}) {
    write("cpu.max", max);
    EXPECT_EQ(quota(), kUnlimited) << max;
  }
}

TEST(Processors, AreAtLeastOneAndNotMoreThanTheMachineHas) {
  EXPECT_GE(available_processors(), 1);
  EXPECT_LE(available_processors(),
            std::max(1, static_cast<int>(std::thread::hardware_concurrency())));
}

#ifdef __linux__
TEST(Processors, FollowTheAffinity) {
  cpu_set_t before, one;
  ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
  CPU_ZERO(&one);
  for (int processor = 0; processor < CPU_SETSIZE; ++processor) {
    if (CPU_ISSET(processor, &before)) {
      CPU_SET(processor, &one);
      break;
    }
  }
  ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));  // the answer is kept for a second
  EXPECT_EQ(available_processors(), 1);
  ASSERT_EQ(sched_setaffinity(0, sizeof before, &before), 0);
}
#endif

}  // namespace
}  // namespace dt4ecg
