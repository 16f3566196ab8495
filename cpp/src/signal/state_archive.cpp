#include "signal/state_archive.hpp"

#include <cmath>
#include <utility>

#include "base/error.hpp"

namespace dt4ecg::signal {

StateArchive::StateArchive(std::span<const double> numbers) : reads_(true), left_(numbers) {}

void StateArchive::any(double& value) {
  if (!reads_) {
    written_.push_back(value);
    return;
  }
  require(!left_.empty());
  value = left_.front();
  left_ = left_.subspan(1);
}

void StateArchive::real(double& value) {
  any(value);
  require(std::isfinite(value));
}

void StateArchive::count(std::size_t& value, std::size_t most) {
  auto number = static_cast<double>(value);
  real(number);
  require(number >= 0 && number <= static_cast<double>(most) && number == std::floor(number));
  value = static_cast<std::size_t>(number);
}

void StateArchive::flag(bool& value) {
  std::size_t number = value ? 1 : 0;
  count(number, 1);
  value = number == 1;
}

void StateArchive::samples(Samples& values, std::size_t length) {
  expect(length);
  if (reads_) {
    values.resize(length);
  }
  for (double& value : values) {
    real(value);
  }
}

void StateArchive::require(bool legal) const {
  if (reads_ && !legal) {
    throw_invalid("stream", "state",
                  "the state is damaged or belongs to another version; open a new stream without a "
                  "state");
  }
}

void StateArchive::require_end() const { require(left_.empty()); }

std::vector<double> StateArchive::release() { return std::move(written_); }

}  // namespace dt4ecg::signal
