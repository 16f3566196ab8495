#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <string>
#include <vector>

// A sine of `frequency` Hz on an offset, as a recorder of `sampling_rate` Hz gives it.
inline std::vector<double> sine(std::size_t length, double frequency, double sampling_rate,
                                double offset = 0) {
  std::vector<double> samples(length);
  for (std::size_t t = 0; t < length; ++t) {
    samples[t] = offset + std::sin(2 * std::numbers::pi * frequency * static_cast<double>(t) /
                                   sampling_rate);
  }
  return samples;
}

// The statement throws std::invalid_argument whose text holds `part`.
#define EXPECT_REFUSED(statement, part)                                                 \
  try {                                                                                 \
    statement;                                                                          \
    ADD_FAILURE() << "not refused: " #statement;                                        \
  } catch (const std::invalid_argument& error) {                                        \
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what(); \
  }
