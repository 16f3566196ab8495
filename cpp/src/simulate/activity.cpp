#include "dt4ecg/simulate/activity.hpp"

#include "base/error.hpp"

namespace dt4ecg::simulate {

Activity activity_of(std::string_view name) {
  if (name == "rest") {
    return Activity::kRest;
  }
  if (name == "exercise") {
    return Activity::kExercise;
  }
  if (name == "deep_breathing") {
    return Activity::kDeepBreathing;
  }
  throw_invalid("simulate_cohort", "activities", "unknown activity '", name,
                "'; choose from rest, exercise, deep_breathing");
}

}  // namespace dt4ecg::simulate
