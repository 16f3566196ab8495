#include "dt4ecg/wavelets/morlet.hpp"

#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>

#include "dt4ecg/error.hpp"
#include "wavelets/spectrum.hpp"

namespace dt4ecg::wavelets {
namespace {

constexpr double kRate = 100;

at::Tensor sinusoid(double frequency, int64_t length) {
  return (at::arange(length, at::kDouble) * (2 * std::numbers::pi * frequency / kRate)).sin();
}

TEST(Morlet, KeepsTheAmplitudeOfItsFrequency) {
  const at::Tensor x = 3 * sinusoid(10, 400).unsqueeze(0);
  const at::Tensor y = transform(x, kRate, std::vector<Morlet>{{10, 10}, {20, 10}}, Edges::zero);
  EXPECT_NEAR(y.abs()[0][0][200].item<double>(), 3, 1e-6);
  EXPECT_LT(y.abs()[0][1][200].item<double>(), 1e-3);
}

TEST(Morlet, ResponseToAnImpulseIsTheWavelet) {
  at::Tensor x = at::zeros({1, 201}, at::kDouble);
  x[0][100] = 1;
  const at::Tensor y = transform(x, kRate, std::vector<Morlet>{{5, 2}}, Edges::zero).abs()[0][0];
  const double deviation = 2 / (5 * 5.0) * kRate;  // in samples
  const double top = 2 / (deviation * std::sqrt(2 * std::numbers::pi));
  for (const int64_t distance : {0, 3, 10, 20}) {
    const double z = static_cast<double>(distance) / deviation;
    EXPECT_NEAR(y[100 + distance].item<double>(), top * std::exp(-z * z / 2), 1e-9);
  }
}

TEST(Superlet, OfOrderOneIsTheMagnitude) {
  const at::Tensor x = sinusoid(7, 150).unsqueeze(0) + 0.5;
  const at::Tensor magnitude =
      transform(x, kRate, std::vector<Morlet>{{9, 3}}, Edges::reflect).abs();
  const at::Tensor superlet = transform(x, kRate, std::vector<Superlet>{{{9, 3}}}, Edges::reflect);
  EXPECT_LT((magnitude - superlet).abs().max().item<double>(), 1e-12);
}

TEST(Superlet, HasTheCyclesOfItsOrder) {
  const auto cycles = [](bool multiplicative) {
    std::vector<double> found;
    for (const Morlet& wavelet : make_superlet(10, 3, 3, multiplicative)) {
      found.push_back(wavelet.cycles);
    }
    return found;
  };
  EXPECT_EQ(cycles(true), (std::vector<double>{3, 6, 9}));
  EXPECT_EQ(cycles(false), (std::vector<double>{3, 4, 5}));
}

TEST(Superlet, AcceptsNoRows) {
  const at::Tensor y = transform(at::zeros({0, 30}, at::kFloat), kRate,
                                 std::vector<Superlet>{make_superlet(9, 1, 4, true)}, Edges::zero);
  EXPECT_EQ(y.sizes(), (std::vector<int64_t>{0, 1, 30}));
}

TEST(Wavelets, RefuseIllegalArguments) {
  const at::Tensor x = at::zeros({1, 10}, at::kFloat);
  const auto call = [&](double rate, Morlet wavelet) {
    return transform(x, rate, std::vector<Morlet>{wavelet}, Edges::zero);
  };
  EXPECT_THROW(call(0, {5, 5}), InvalidArgument);
  EXPECT_THROW(call(kRate, {51, 5}), InvalidArgument);
  EXPECT_THROW(call(kRate, {NAN, 5}), InvalidArgument);
  EXPECT_THROW(call(kRate, {5, 0.5}), InvalidArgument);
  EXPECT_THROW(call(kRate, {5, NAN}), InvalidArgument);
  EXPECT_THROW(make_superlet(5, 1, 0, true), InvalidArgument);
  EXPECT_THROW(transform(x[0], kRate, std::vector<Morlet>{{5, 5}}, Edges::zero), InvalidArgument);
}

TEST(FastLength, HasOnlySmallFactors) {
  EXPECT_EQ(fast_length(1), 1);
  EXPECT_EQ(fast_length(7), 8);
  EXPECT_EQ(fast_length(601), 625);
}

}  // namespace
}  // namespace dt4ecg::wavelets
