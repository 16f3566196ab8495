#pragma once

#include "dt4ecg/simulate/activity.hpp"
#include "simulate/person.hpp"
#include "simulate/random.hpp"

namespace dt4ecg::simulate {

// The effect of a run on the body, which fades: the vagal tone returns fast, and the sympathetic
// tone withdraws slowly.
struct Exertion {
  double start;  // at the start of the recording: 1 one minute after a run, 0 without a run
  double fast;   // s, time constant of the fast part
  double at(double time) const;
};

struct Breathing {
  double rate, exertion_rate;      // breaths/min at rest, and its increase at full exertion
  double volume, exertion_volume;  // l at rest, and its increase at full exertion
  double irregularity;             // log-normal standard deviation between breaths
  double inspiration;              // fraction of the cycle
};

// The position and the contact of the electrodes in one recording.
struct Electrodes {
  double lead;       // rad, direction of the lead; 60 degrees is lead II
  double gain;       // of the skin contact and the amplifier
  double loosening;  // relative rms change of the gain, as the contact dries or is pressed
  double sway;       // rad rms, rotation of the heart relative to the electrodes with posture
  double baseline_per_litre;  // mV, shift of the baseline per litre of air
};

struct NoiseLevels {
  double muscle;         // mV rms
  double baseline;       // mV rms
  double motion;         // mV, typical artefact of an electrode movement
  double motion_period;  // s between movements
  double mains;          // mV amplitude
};

// The properties of one recording, in addition to those of the person.
struct Condition {
  double heart_rate;  // beats/min without exertion, in this recording
  Exertion exertion;
  Breathing breathing;
  Electrodes electrodes;
  NoiseLevels noise;
};

Condition draw_condition(const Person& person, Activity activity, Random& random);

}  // namespace dt4ecg::simulate
