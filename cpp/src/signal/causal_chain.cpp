#include "dt4ecg/signal/causal_chain.hpp"

#include <algorithm>
#include <numeric>

#include "signal/state_archive.hpp"

namespace dt4ecg::signal {

CausalChain::CausalChain(const Plan& plan)
    : highpass_(plan.highpass),
      notch_(plan.notch),
      notch_first_(plan.settings.settle),
      settling_(plan.settling) {
  if (plan.bank) {
    resampler_.emplace(plan.bank);
  }
}

Samples CausalChain::push(std::span<const double> samples) {
  Samples filtered(samples.begin(), samples.end());
  if (notch_first_) {
    notch_.filter(filtered);
    leave_out_transient(filtered);
    highpass_.filter(filtered);
  } else {
    highpass_.filter(filtered);
    notch_.filter(filtered);
  }
  if (!resampler_) {
    return filtered;
  }
  Samples resampled;
  resampler_->push(filtered, resampled);
  return resampled;
}

void CausalChain::leave_out_transient(Samples& samples) {
  const std::size_t count = std::min(settling_ - received_, samples.size());
  if (count == 0) {
    return;
  }
  const auto end = samples.begin() + static_cast<std::ptrdiff_t>(count);
  sum_ = std::accumulate(samples.begin(), end, sum_);
  received_ += count;
  if (received_ == settling_) {
    highpass_.settle_once(sum_ / static_cast<double>(settling_));
  }
  samples.erase(samples.begin(), end);
}

void CausalChain::archive(StateArchive& archive) {
  archive.count(received_, settling_);
  archive.real(sum_);
  notch_.archive(archive);
  highpass_.archive(archive);
  if (resampler_) {
    resampler_->archive(archive);
  }
}

}  // namespace dt4ecg::signal
