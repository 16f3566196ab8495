#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "dt4ecg/error.hpp"

// A sine of `frequency` Hz plus an offset, sampled at `sampling_rate` Hz.
inline std::vector<double> sine(std::size_t length, double frequency, double sampling_rate,
                                double offset = 0) {
  std::vector<double> samples(length);
  for (std::size_t t = 0; t < length; ++t) {
    samples[t] = offset + std::sin(2 * std::numbers::pi * frequency * static_cast<double>(t) /
                                   sampling_rate);
  }
  return samples;
}

// Expects the statement to throw InvalidArgument with a text that contains `part`.
#define EXPECT_INVALID(statement, part)                                                 \
  try {                                                                                 \
    statement;                                                                          \
    ADD_FAILURE() << "no error from: " #statement;                                      \
  } catch (const InvalidArgument& error) {                                              \
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what(); \
  }
