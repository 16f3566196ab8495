#pragma once

#include <string_view>

namespace dt4ecg::simulate {

// The three activities of the paper. "exercise" is the recovery from one minute after a run on.
enum class Activity { kRest, kExercise, kDeepBreathing };

// The activity with the name "rest", "exercise" or "deep_breathing". Throws InvalidArgument for any
// other name.
Activity activity_of(std::string_view name);

}  // namespace dt4ecg::simulate
