#pragma once

#include <string>

namespace dt4ecg {

// The number of processors that this process may use at the moment: those of its affinity mask,
// and not more than the quota of its control group on Linux, rounded, at least 1. The answer is at
// most a second old.
int available_processors();

// The quota in processors of this process's control group and of those above it, infinite without
// one. `groups` lists the control groups of the process, and `root` is where they are mounted.
double control_group_quota(const std::string& groups = "/proc/self/cgroup",
                           const std::string& root = "/sys/fs/cgroup");

}  // namespace dt4ecg
