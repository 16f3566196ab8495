#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace dt4ecg::simulate {

enum WaveName : std::size_t { kP, kQ, kR, kS, kT, kU, kWaves };

// One wave of the ECG: a Gaussian whose electrical vector lies in the frontal plane.
struct Wave {
  double amplitude;   // mV along its direction
  double direction;   // rad, 0 = lead I, clockwise
  double offset;      // s after the R peak, at 60 beats a minute
  double rise, fall;  // s, standard deviations before and after the peak
};

// The properties that two recordings of a healthy person of 20 to 29 years share.
// Durations, axes, amplitudes and corrected QT: Rijnbeek et al., J Electrocardiol 47:914, 2014.
// Resting rate and variability (RMSSD 19 to 75 ms): Nunan et al., PACE 33:1407, 2010.
// Breathing at rest: Tobin et al., Chest 84:202, 1983.
// Sinus arrhythmia (20 beats/min in slow deep breaths): Hirsch & Bishop, Am J Physiol 241:H620,
// 1981.
// Recovery, fast and then slow: Imai et al., J Am Coll Cardiol 24:1529, 1994.
// People of one age differ less than those populations. The standard deviations are reduced until
// 3-s segments are about as difficult to identify as those of the paper.
struct Person {
  std::array<Wave, kWaves> waves;
  double heart_rate;             // beats/min at rest
  double slow_variability;       // beats/min rms at 0.1 Hz and below, for 70 beats/min
  double arrhythmia_per_litre;   // beats/min per litre of slow breathing, for 70 beats/min
  double breathing_rate;         // breaths/min at rest
  double tidal_volume;           // l at rest
  double deep_volume;            // l in deep breathing
  double axis_per_litre;         // rad, rotation of the heart per litre inspired
  double attenuation_per_litre;  // fraction of amplitude lost per litre of air in the chest
  double exertion_rate;          // beats/min above rest one minute after a run
  double recovery_time;          // s, time constant of the fast phase
  double exertion_t_wave;        // relative change of the T wave one minute after a run
};

Person draw_person(std::uint64_t seed, std::uint64_t subject);

}  // namespace dt4ecg::simulate
