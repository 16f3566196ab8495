#pragma once

#include <string>

namespace dt4ecg {

// The number of processors that the calling thread may use, at least 1. It is that of the affinity
// mask, and not more than the rounded quota of the control group on Linux. With OMP_PROC_BIND or
// GOMP_CPU_AFFINITY, OpenMP binds the thread to one processor, and the mask says nothing. The
// answer is at most a second old.
int available_processors();

// Lets the calling thread use all processors of the process if OpenMP has bound its parent to one.
void undo_binding();

// The quota in processors of this process's control group and of those above it, infinite without
// one. `groups` lists the control groups of the process, and `root` is where they are mounted.
double control_group_quota(const std::string& groups = "/proc/self/cgroup",
                           const std::string& root = "/sys/fs/cgroup");

}  // namespace dt4ecg
