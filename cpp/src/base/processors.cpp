#include "base/processors.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>
#include <string>
#include <thread>

#ifdef __linux__
#include <sched.h>
#endif

namespace dt4ecg {
namespace {

constexpr double kUnlimited = std::numeric_limits<double>::infinity();

// The numbers of a file such as cpu.max, "100000 100000" or "max 100000".
double quota_of(std::istream& file) {
  std::string quota;
  double period = 0;
  if (!(file >> quota >> period) || quota == "max" || period <= 0) {
    return kUnlimited;
  }
  const double allowed = std::strtod(quota.c_str(), nullptr);
  return allowed > 0 ? allowed / period : kUnlimited;
}

double quota_of_folder(const std::string& folder) {
  if (std::ifstream file(folder + "/cpu.max"); file) {
    return quota_of(file);
  }
  std::ifstream quota(folder + "/cpu.cfs_quota_us"), period(folder + "/cpu.cfs_period_us");
  std::stringstream both;
  both << quota.rdbuf() << ' ' << period.rdbuf();
  return quota_of(both);
}

#ifdef __linux__

bool openmp_binds_threads() {
  return std::getenv("OMP_PROC_BIND") != nullptr || std::getenv("GOMP_CPU_AFFINITY") != nullptr;
}

std::optional<int> processors_of_affinity() {
  cpu_set_t set;
  if (openmp_binds_threads()) {
    return {};
  }
  if (sched_getaffinity(0, sizeof set, &set) != 0) {  // more processors than the set can hold
    return {};
  }
  return CPU_COUNT(&set);
}

#else

std::optional<int> processors_of_affinity() { return {}; }

#endif

int count_processors() {
  const int processors = processors_of_affinity().value_or(
      std::max(1, static_cast<int>(std::thread::hardware_concurrency())));
  const double quota = control_group_quota();
  return quota < processors ? std::max(1, static_cast<int>(std::lround(quota))) : processors;
}

}  // namespace

void undo_binding() {
#ifdef __linux__
  if (openmp_binds_threads()) {
    cpu_set_t all;
    CPU_ZERO(&all);
    for (int processor = 0; processor < CPU_SETSIZE; ++processor) {
      CPU_SET(processor, &all);
    }
    sched_setaffinity(0, sizeof all, &all);
  }
#endif
}

// A line of `groups` is "number:controllers:path"; version 2 has no controllers. In a container,
// the path may be one of the host, and only the root exists.
double control_group_quota(const std::string& groups, const std::string& root) {
  std::ifstream file(groups);
  double smallest = kUnlimited;
  for (std::string line; std::getline(file, line);) {
    const auto first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) {
      continue;
    }
    const std::string controllers = line.substr(first + 1, second - first - 1);
    std::string mounted = root;
    if (!controllers.empty()) {
      if (("," + controllers + ",").find(",cpu,") == std::string::npos) {
        continue;
      }
      mounted += "/" + controllers;
    }
    for (std::string path = line.substr(second + 1); !path.empty();
         path.resize(path.find_last_of('/'))) {
      smallest = std::min(smallest, quota_of_folder(mounted + path));
      if (path.find('/') == std::string::npos) {
        break;
      }
    }
    smallest = std::min(smallest, quota_of_folder(mounted));
  }
  return smallest;
}

int available_processors() {
  using Clock = std::chrono::steady_clock;
  static std::atomic<Clock::rep> counted_at{0};
  static std::atomic<int> count{0};
  const Clock::rep now = Clock::now().time_since_epoch().count();
  constexpr Clock::rep kSecond = Clock::duration(std::chrono::seconds(1)).count();
  if (count.load() == 0 || now - counted_at.load() > kSecond) {
    count.store(count_processors());
    counted_at.store(now);
  }
  return count.load();
}

}  // namespace dt4ecg
