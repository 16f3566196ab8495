#include "simulate/person.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "simulate/condition.hpp"

namespace dt4ecg::simulate {
namespace {

constexpr std::uint64_t kPeople = 200;

TEST(Person, IntervalsAreThoseOfHealthyAdults) {
  for (std::uint64_t subject = 0; subject < kPeople; ++subject) {
    const auto waves = draw_person(0, subject).waves;
    const double onset = waves[kQ].offset - 2 * waves[kQ].rise;
    const double corrected_qt = waves[kT].offset + 2 * waves[kT].fall - onset;
    EXPECT_GE(corrected_qt, 0.38);
    EXPECT_LE(corrected_qt, 0.44);
    const double qrs = waves[kS].offset + 2 * waves[kS].fall - onset;
    EXPECT_GT(qrs, 0.06);
    EXPECT_LT(qrs, 0.11);
    const double pr = onset - (waves[kP].offset - 2 * waves[kP].rise);
    EXPECT_GT(pr, 0.1);
    EXPECT_LT(pr, 0.22);
  }
}

TEST(Person, RateAndBreathingAreThoseOfRest) {
  for (std::uint64_t subject = 0; subject < kPeople; ++subject) {
    const Person person = draw_person(0, subject);
    EXPECT_GE(person.heart_rate, 56);
    EXPECT_LE(person.heart_rate, 88);
    EXPECT_GE(person.breathing_rate, 10.5);
    EXPECT_LE(person.breathing_rate, 21);
  }
}

// For any position of the electrodes.
TEST(Person, RIsTheTallestWave) {
  for (std::uint64_t subject = 0; subject < kPeople; ++subject) {
    const Person person = draw_person(0, subject);
    Random random(0, subject, 1);
    const double lead = draw_condition(person, Activity::kRest, random).electrodes.lead;
    const auto height = [&](WaveName name) {
      return person.waves[name].amplitude * std::cos(person.waves[name].direction - lead);
    };
    for (const auto name : {kP, kQ, kS, kT, kU}) {
      EXPECT_GT(height(kR), height(name)) << name;
    }
    EXPECT_GT(height(kR), 0.3);
    EXPECT_LT(height(kQ), 0);
  }
}

TEST(Person, TwoPeopleDiffer) {
  EXPECT_NE(draw_person(0, 0).waves[kR].amplitude, draw_person(0, 1).waves[kR].amplitude);
  EXPECT_NE(draw_person(0, 0).waves[kR].amplitude, draw_person(1, 0).waves[kR].amplitude);
}

TEST(Condition, OnlyExerciseCausesExertion) {
  const Person person = draw_person(0, 0);
  Random random(0, 0, 1);
  EXPECT_EQ(draw_condition(person, Activity::kRest, random).exertion.at(0), 0);
  EXPECT_EQ(draw_condition(person, Activity::kDeepBreathing, random).exertion.at(0), 0);
  const Exertion exertion = draw_condition(person, Activity::kExercise, random).exertion;
  EXPECT_DOUBLE_EQ(exertion.at(0), 1);
  EXPECT_LT(exertion.at(180), 0.5);
}

}  // namespace
}  // namespace dt4ecg::simulate
