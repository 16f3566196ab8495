#include "dt4ecg/signal/beats.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "signal/qrs_energy.hpp"

namespace dt4ecg::signal {
namespace {

constexpr double kRefractory = 0.25;      // s between beats: 240 per minute
constexpr double kThreshold = 0.35;       // of the way from the noise to the beats
constexpr double kSearchGap = 1.66;       // of the usual interval: then a beat may be missing
constexpr double kSearchThreshold = 0.5;  // of kThreshold, of the beats
constexpr double kLeastToNoise = 1.5;     // for such a beat
constexpr double kLateWave = 0.4;         // s after a beat, in which a T wave may follow
constexpr double kLatePart = 0.5;         // of the beat before: lower or less steep is a T wave
constexpr double kPause = 2.5;            // s without a beat: then the level of the beats falls
constexpr double kFall = 0.7;
constexpr double kMostRise = 2;         // of the level, by which one beat may raise it
constexpr int kSteadyRise = 3;          // such beats in a row give a new level
constexpr double kLongestInterval = 2;  // s
constexpr std::size_t kBeatMemory = 8, kNoiseMemory = 16;

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  if (values.size() % 2 == 1) {
    return *middle;
  }
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

// The last values, at most `most`.
class Memory {
 public:
  explicit Memory(std::size_t most) : most_(most) {}
  void add(double value) {
    if (values_.size() == most_) {
      values_.erase(values_.begin());
    }
    values_.push_back(value);
  }
  void start_with(double value) { values_.assign(1, value); }
  void replace_last(double value) { values_.back() = value; }
  double middle() const { return median(values_); }
  std::size_t size() const { return values_.size(); }

 private:
  std::size_t most_;
  std::vector<double> values_;
};

// Decides which humps of one piece are beats, by thresholds that follow the last ones (after Pan
// and Tompkins 1985).
class Decisions {
 public:
  explicit Decisions(double rate) : rate_(rate) {}

  // The energy at the start of the piece gives the first levels.
  void learn(const std::vector<double>& energy) {
    const auto seconds = static_cast<std::size_t>(static_cast<double>(energy.size()) / rate_);
    const std::size_t parts = std::clamp<std::size_t>(seconds, 1, 4);
    std::vector<double> largest;
    for (std::size_t i = 0; i < parts; ++i) {
      const auto part = std::span(energy).subspan(
          energy.size() * i / parts, energy.size() * (i + 1) / parts - energy.size() * i / parts);
      largest.push_back(std::ranges::max(part));
    }
    beats_.add(median(largest));
    noise_.add(median(energy));
  }

  void take(const Hump& hump, std::vector<int64_t>& peaks) {
    search_back(hump, peaks);
    if (known_ && distance(hump) > kPause) {
      beats_.add(kFall * beats_.middle());
    }
    const double beat = beats_.middle(), noise = noise_.middle();
    const double threshold = beat > noise ? noise + kThreshold * (beat - noise) : beat;
    if (hump.height < threshold) {
      refuse(hump);
    } else if (known_ && distance(hump) < kRefractory) {
      if (hump.height > last_.height) {
        last_ = hump;
        beats_.replace_last(hump.height);
      }
    } else if (known_ && distance(hump) < kLateWave &&
               (hump.height < kLatePart * last_.height || hump.steep < kLatePart * last_.steep)) {
      refuse(hump);
    } else {
      accept(hump, peaks);
      refused_.clear();
    }
  }

  void finish(std::vector<int64_t>& peaks) {
    if (known_) {
      peaks.push_back(last_.peak);
    }
  }

 private:
  double distance(const Hump& hump) const {
    return static_cast<double>(hump.at - last_.at) / rate_;
  }

  void refuse(const Hump& hump) {
    noise_.add(hump.height);
    refused_.push_back(hump);
  }

  // The beat before can no longer be replaced.
  void accept(const Hump& hump, std::vector<int64_t>& peaks) {
    if (known_) {
      intervals_.add(std::min(distance(hump), kLongestInterval));
      peaks.push_back(last_.peak);
    }
    const double most = kMostRise * beats_.middle();
    risen_ = hump.height > most ? risen_ + 1 : 0;
    if (risen_ == kSteadyRise) {
      beats_.start_with(hump.height);
      risen_ = 0;
    } else {
      beats_.add(std::min(hump.height, most));
    }
    last_ = hump;
    known_ = true;
  }

  // While the interval is too long, takes the highest of the humps in it that were refused.
  void search_back(const Hump& next, std::vector<int64_t>& peaks) {
    while (known_ && intervals_.size() >= 2 && distance(next) > kSearchGap * intervals_.middle()) {
      const double least = std::max(kSearchThreshold * kThreshold * beats_.middle(),
                                    kLeastToNoise * noise_.middle());
      const Hump* best = nullptr;
      for (const Hump& hump : refused_) {
        const double to_next = static_cast<double>(next.at - hump.at) / rate_;
        if (distance(hump) >= kRefractory && to_next >= kRefractory && hump.height > least &&
            (!best || hump.height >= best->height)) {
          best = &hump;
        }
      }
      if (!best) {
        return;
      }
      const Hump found = *best;
      accept(found, peaks);
      std::erase_if(refused_, [&](const Hump& hump) { return hump.at <= found.at; });
    }
    // Humps much older than a search reaches.
    std::erase_if(refused_, [&](const Hump& hump) {
      return static_cast<double>(next.at - hump.at) / rate_ > 30;
    });
  }

  double rate_;
  Memory beats_{kBeatMemory}, noise_{kNoiseMemory}, intervals_{kBeatMemory};
  Hump last_{};
  bool known_ = false;
  int risen_ = 0;              // beats in a row that were higher than one may raise the level
  std::vector<Hump> refused_;  // since the last beat
};

struct Piece {
  explicit Piece(double sampling_rate) : energy(sampling_rate), decisions(energy.rate()) {}

  void take(const std::vector<Hump>& humps, bool ended, std::vector<int64_t>& peaks) {
    waiting.insert(waiting.end(), humps.begin(), humps.end());
    if (!learned) {
      const double seconds = static_cast<double>(energy.first_energy().size()) / energy.rate();
      if (energy.first_energy().empty() || (!ended && seconds < QrsEnergy::kLearnSeconds)) {
        return;
      }
      decisions.learn(energy.first_energy());
      learned = true;
    }
    for (const Hump& hump : waiting) {
      decisions.take(hump, peaks);
    }
    waiting.clear();
  }

  QrsEnergy energy;
  Decisions decisions;
  std::vector<Hump> waiting;
  bool learned = false;
};

}  // namespace

struct BeatFinder::State {
  explicit State(double sampling_rate) : rate(sampling_rate), piece(sampling_rate) {}

  std::vector<int64_t> counted(std::vector<int64_t> peaks) const {
    for (int64_t& peak : peaks) {
      peak += begin;
    }
    return peaks;
  }

  double rate;
  Piece piece;
  int64_t begin = 0, received = 0;  // samples before the piece, and in all
};

BeatFinder::BeatFinder(double sampling_rate) {
  require(sampling_rate >= kLowestRate && sampling_rate <= kHighestRate, "beats", "sampling_rate",
          "must be ", kLowestRate, " to ", kHighestRate, " Hz, got ", sampling_rate,
          "; resample the signal");
  state_ = std::make_unique<State>(sampling_rate);
}

BeatFinder::~BeatFinder() = default;
BeatFinder::BeatFinder(BeatFinder&&) noexcept = default;
BeatFinder& BeatFinder::operator=(BeatFinder&&) noexcept = default;

std::vector<int64_t> BeatFinder::push(std::span<const double> samples) {
  std::vector<int64_t> peaks;
  state_->received += static_cast<int64_t>(samples.size());
  state_->piece.take(state_->piece.energy.push(samples), false, peaks);
  return state_->counted(std::move(peaks));
}

std::vector<int64_t> BeatFinder::finish() {
  std::vector<int64_t> peaks;
  state_->piece.take(state_->piece.energy.finish(), true, peaks);
  state_->piece.decisions.finish(peaks);
  peaks = state_->counted(std::move(peaks));
  state_->begin = state_->received;
  state_->piece = Piece(state_->rate);
  return peaks;
}

std::vector<int64_t> find_beats(std::span<const double> samples, double sampling_rate) {
  BeatFinder finder(sampling_rate);
  std::vector<int64_t> peaks = finder.push(samples);
  const std::vector<int64_t> rest = finder.finish();
  peaks.insert(peaks.end(), rest.begin(), rest.end());
  return peaks;
}

}  // namespace dt4ecg::signal
