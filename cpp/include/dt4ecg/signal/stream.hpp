#pragma once

#include <cstddef>
#include <mutex>
#include <span>
#include <vector>

#include "dt4ecg/signal/causal_chain.hpp"
#include "dt4ecg/signal/lost.hpp"
#include "dt4ecg/signal/pieces.hpp"
#include "dt4ecg/signal/pipeline.hpp"
#include "dt4ecg/signal/repair.hpp"

namespace dt4ecg::signal {

// Preprocessing of a recording that arrives in chunks of any size. The segments are equal to the
// bit to those of transform() with zero_phase = false. Several threads may use it; they wait for
// each other.
class Stream {
 public:
  Stream(const Settings& settings, double sampling_rate);

  // The segments that the chunk completes. After an error the stream is as it was before the chunk.
  Segments push(const Leads& chunk);
  // Marks a gap: the next sample starts a new piece.
  void reset();

  // The state between two chunks. A stream of the same settings and rate that takes it continues
  // with the same bits. Throws InvalidArgument, without a change, if the numbers are not a state.
  std::vector<double> state();
  void restore(std::span<const double> numbers);

 private:
  struct State {
    explicit State(const Plan& plan);

    LostCodes codes = {};
    Bridge bridge;
    std::size_t leads = 0;                 // number of leads of the first chunk
    std::size_t filtered = 0;              // samples before those that are filtered next
    std::size_t piece_begin = 0;           // first sample of the current piece after settling
    std::size_t first_pending = 0;         // output index of the first pending sample
    std::size_t skipped = 0;               // samples of the piece that are still to be left out
    std::vector<CausalChain> chains = {};  // one per lead; empty between pieces
    std::vector<Samples> pending = {};
    std::vector<Samples> recorded = {};  // samples before filtering, with Settings::quality
  };

  void start_piece(std::size_t begin);
  void feed(const Leads& chunk, const Piece& piece, Segments& segments);
  void end_piece() { state_.chains.clear(); }
  void archive(StateArchive& archive, State& state) const;
  void archive_piece(StateArchive& archive, State& state) const;

  const Plan plan_;
  std::mutex mutex_;
  State state_;
};

}  // namespace dt4ecg::signal
