#pragma once

#include <string_view>

namespace dt4ecg::simulate {

// The paper's three conditions; "exercise" is the recovery that starts one minute after a run.
enum class Activity { kRest, kExercise, kDeepBreathing };

// "rest", "exercise" or "deep_breathing"; std::invalid_argument lists them.
Activity activity_of(std::string_view name);

}  // namespace dt4ecg::simulate
