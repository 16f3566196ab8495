#include "train/random.hpp"

#include <cmath>
#include <numbers>

namespace dt4ecg::train {

namespace {

constexpr uint64_t kGolden = 0x9e3779b97f4a7c15;

}  // namespace

uint64_t mixed(uint64_t value) {
  value += kGolden;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

StepRandom::StepRandom(uint64_t seed, int64_t step)
    : state_(mixed(mixed(seed) + static_cast<uint64_t>(step))) {}

uint64_t StepRandom::operator()() {
  const uint64_t draw = mixed(state_);
  state_ += kGolden;
  return draw;
}

double StepRandom::uniform() { return (static_cast<double>((*this)() >> 11) + 0.5) * 0x1p-53; }

double StepRandom::normal() {
  const double radius = std::sqrt(-2 * std::log(uniform()));
  return radius * std::cos(2 * std::numbers::pi * uniform());
}

}  // namespace dt4ecg::train
