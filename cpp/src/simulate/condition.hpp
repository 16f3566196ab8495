#pragma once

#include "dt4ecg/simulate/activity.hpp"
#include "simulate/person.hpp"
#include "simulate/random.hpp"

namespace dt4ecg::simulate {

// How much of a run is left in the body: fast vagal return, slow sympathetic withdrawal.
struct Exertion {
  double start;  // 1 one minute after the run, 0 without a run
  double fast;   // s
  double at(double time) const;
};

struct Breathing {
  double rate, exertion_rate;      // breaths/min, and what full exertion adds
  double volume, exertion_volume;  // l, and what full exertion adds
  double irregularity;             // log-normal spread from breath to breath
  double inspiration;              // share of the cycle
};

// Where this recording's electrodes ended up.
struct Electrodes {
  double lead;                // rad, direction of the lead: 60 degrees = lead II
  double gain;                // of skin and amplifier
  double loosening;           // relative rms of the gain as the contact dries and presses
  double sway;                // rad rms, heart against electrodes as posture drifts
  double baseline_per_litre;  // mV by which each litre of air shifts the baseline
};

struct NoiseLevels {
  double muscle;         // mV rms
  double baseline;       // mV rms
  double motion;         // mV, typical electrode movement
  double motion_period;  // s between movements
  double mains;          // mV amplitude
};

// What one recording adds to a person.
struct Condition {
  double heart_rate;  // beats/min without exertion, of this hour
  Exertion exertion;
  Breathing breathing;
  Electrodes electrodes;
  NoiseLevels noise;
};

Condition draw_condition(const Person& person, Activity activity, Random& random);

}  // namespace dt4ecg::simulate
