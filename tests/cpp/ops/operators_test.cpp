#include <ATen/Functions.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "ops/conv_norm.hpp"
#include "ops/linear.hpp"
#include "ops/mean_pool.hpp"
#include "ops/sca.hpp"

namespace dt4ecg::ops {
namespace {

Signature describe(const std::string& name, const Attributes& attributes,
                   const std::vector<Shape>& inputs) {
  return find_operator(name).describe(attributes, inputs);
}

Attributes conv(int64_t channels, int64_t kernel, int64_t stride) {
  return {{"channels", channels}, {"kernel", kernel}, {"stride", stride}, {"relu", 1}};
}

Attributes depthwise(int64_t kernel, int64_t stride) {
  return {{"kernel", kernel}, {"stride", stride}, {"relu", 1}};
}

TEST(Operators, AreFoundByName) {
  for (const std::string name : {"average_pool", "conv_norm", "standardize"}) {
    EXPECT_EQ(find_operator(name).name, name);
  }
}

TEST(Operators, AnUnknownNameIsAnErrorThatListsTheLegalOnes) {
  try {
    find_operator("gru");
    FAIL() << "gru was found";
  } catch (const std::invalid_argument& error) {
    const std::string message = error.what();
    for (const char* part : {"'gru'", "average_pool", "conv_norm", "standardize"}) {
      EXPECT_NE(message.find(part), std::string::npos) << part;
    }
  }
}

TEST(Operators, ShapesWithOddLengthsAndStrides) {
  for (const int64_t length : {1, 2, 7, 300, 301}) {
    for (const int64_t stride : {1, 2, 3}) {
      for (const int64_t kernel : {1, 3, 7}) {
        const Signature found = describe("conv_norm", conv(5, kernel, stride), {{2, length}});
        const at::Tensor y = at::conv1d(at::zeros({1, 2, length}), at::zeros({5, 2, kernel}), {},
                                        stride, kernel / 2);
        EXPECT_EQ(found.output, (Shape{5, y.size(2)}));
        EXPECT_EQ(found.multiply_adds, 5 * 2 * kernel * y.size(2));
      }
    }
  }
  EXPECT_EQ(describe("mean_pool", {}, {{4, 9}}).output, (Shape{4, 0}));
  EXPECT_EQ(describe("linear", {{"outputs", 3}}, {{4, 0}}).output, (Shape{3, 0}));
  EXPECT_EQ(describe("sca", {}, {{4, 9}}).output, (Shape{4, 9}));
  EXPECT_EQ(describe("batch_norm", {}, {{4, 9}}).output, (Shape{4, 9}));
  EXPECT_EQ(describe("conv", {{"channels", 5}, {"kernel", 3}, {"bias", 1}}, {{4, 9}}).output,
            (Shape{5, 9}));
  EXPECT_EQ(describe("depthwise_norm", depthwise(3, 2), {{4, 9}}).output, (Shape{4, 5}));
  EXPECT_EQ(describe("max_pool", {{"size", 2}}, {{4, 9}}).output, (Shape{4, 4}));
  EXPECT_EQ(describe("average_pool", {{"size", 3}}, {{4, 9}}).output, (Shape{4, 3}));
  EXPECT_EQ(describe("concat", {}, {{4, 9}, {2, 9}}).output, (Shape{6, 9}));
  EXPECT_EQ(describe("gate", {}, {{4, 9}, {4, 0}}).output, (Shape{4, 9}));
  EXPECT_EQ(describe("flatten", {}, {{4, 9}}).output, (Shape{36, 1}));
  EXPECT_EQ(describe("lstm", {{"hidden", 6}}, {{4, 9}}).output, (Shape{6, 9}));
  EXPECT_EQ(describe("relu", {}, {{4, 0}}).output, (Shape{4, 0}));
}

TEST(Operators, MultiplyAddsOfATimeStep) {
  const auto work = [](const std::string& name, const Attributes& attributes,
                       const std::vector<Shape>& inputs) {
    return describe(name, attributes, inputs).multiply_adds;
  };
  EXPECT_EQ(work("conv", {{"channels", 5}, {"kernel", 3}, {"bias", 1}}, {{4, 9}}), 5 * 4 * 3 * 9);
  EXPECT_EQ(work("depthwise_norm", depthwise(3, 2), {{4, 9}}), 4 * 3 * 5);
  EXPECT_EQ(work("gate", {}, {{4, 9}, {4, 0}}), 4 * 9);
  EXPECT_EQ(work("lstm", {{"hidden", 6}}, {{4, 9}}), (4 * 6 * (4 + 6) + 3 * 6) * 9);
  EXPECT_EQ(work("mha", {{"heads", 2}}, {{4, 9}}), 4 * 4 * 4 * 9 + 2 * 4 * 9 * 9);
  EXPECT_EQ(work("cbam", {{"hidden", 2}, {"kernel", 7}}, {{4, 9}}),
            4 * 4 * 2 + 2 * 7 * 9 + 2 * 4 * 9);
  EXPECT_EQ(work("concat", {}, {{4, 9}, {2, 9}}), 0);
}

TEST(Operators, IllegalShapesAreRefused) {
  const auto refused = [](const std::string& name, const Attributes& attributes,
                          const std::vector<Shape>& inputs) {
    EXPECT_THROW(describe(name, attributes, inputs), std::invalid_argument) << name;
  };
  for (const char* name : {"mean_pool", "sca", "batch_norm", "flatten"}) {
    refused(name, {}, {{4, 0}});
  }
  refused("conv_norm", conv(5, 3, 1), {{4, 0}});
  refused("conv_norm", conv(0, 3, 1), {{4, 9}});
  refused("conv_norm", conv(5, 2, 1), {{4, 9}});
  refused("conv_norm", conv(5, 3, 0), {{4, 9}});
  refused("conv_norm", conv(int64_t{1} << 40, 3, 1), {{4, 9}});
  refused("conv_norm", conv(5, 3, 2), {{4, 9}, {5, 9}});
  refused("linear", {{"outputs", 3}}, {{4, 9}});
  refused("linear", {{"outputs", 0}}, {{4, 0}});
  refused("conv", {{"channels", 5}, {"kernel", 2}, {"bias", 0}}, {{4, 9}});
  refused("conv", {{"channels", kMostChannels + 1}, {"kernel", 3}, {"bias", 0}}, {{4, 9}});
  refused("depthwise_norm", depthwise(4, 1), {{4, 9}});
  refused("depthwise_norm", depthwise(3, 0), {{4, 9}});
  refused("max_pool", {{"size", 10}}, {{4, 9}});
  refused("average_pool", {{"size", 0}}, {{4, 9}});
  refused("concat", {}, {{4, 9}, {4, 8}});
  refused("concat", {}, {{kMostChannels, 9}, {1, 9}});
  refused("gate", {}, {{4, 9}, {3, 0}});
  refused("gate", {}, {{4, 9}, {4, 9}});
  refused("flatten", {}, {{kMostChannels, kLongest}});
  refused("lstm", {{"hidden", 0}}, {{4, 9}});
  refused("mha", {{"heads", 3}}, {{4, 9}});
  refused("mha", {{"heads", 0}}, {{4, 9}});
  refused("cbam", {{"hidden", 2}, {"kernel", 6}}, {{4, 9}});
  refused("cbam", {{"hidden", 0}, {"kernel", 7}}, {{4, 9}});
}

at::Tensor noise(at::IntArrayRef shape) { return at::randn(shape, at::kDouble); }

TEST(ConvNorm, EqualsNaiveLoops) {
  at::manual_seed(0);
  constexpr int64_t kBatch = 3, kIn = 2, kOut = 4, kLength = 7, kKernel = 3, kStride = 2, kTo = 4;
  const at::Tensor x = noise({kBatch, kIn, kLength}), weight = noise({kOut, kIn, kKernel});
  const at::Tensor gain = noise({kOut}), bias = noise({kOut}), skip = noise({kBatch, kOut, kTo});
  at::Tensor mean = at::zeros({kOut}, at::kDouble), var = at::ones({kOut}, at::kDouble);
  const at::Tensor found = conv_norm(x, weight, gain, bias, mean, var, skip, kStride, true, true);

  const auto xs = x.accessor<double, 3>(), ws = weight.accessor<double, 3>();
  for (int64_t c = 0; c < kOut; ++c) {
    double y[kBatch][kTo] = {};
    double sum = 0, squares = 0;
    for (int64_t b = 0; b < kBatch; ++b) {
      for (int64_t t = 0; t < kTo; ++t) {
        for (int64_t i = 0; i < kIn; ++i) {
          for (int64_t k = 0; k < kKernel; ++k) {
            const int64_t from = t * kStride + k - kKernel / 2;
            if (from >= 0 && from < kLength) {
              y[b][t] += ws[c][i][k] * xs[b][i][from];
            }
          }
        }
        sum += y[b][t];
        squares += y[b][t] * y[b][t];
      }
    }
    constexpr double kCount = kBatch * kTo;
    const double m = sum / kCount, v = squares / kCount - m * m;
    for (int64_t b = 0; b < kBatch; ++b) {
      for (int64_t t = 0; t < kTo; ++t) {
        const double normal = (y[b][t] - m) / std::sqrt(v + 1e-5);
        const double value =
            normal * gain[c].item<double>() + bias[c].item<double>() + skip[b][c][t].item<double>();
        EXPECT_NEAR(found[b][c][t].item<double>(), std::max(value, 0.0), 1e-10);
      }
    }
    EXPECT_NEAR(mean[c].item<double>(), 0.1 * m, 1e-10);
    EXPECT_NEAR(var[c].item<double>(), 0.9 + 0.1 * v * kCount / (kCount - 1), 1e-10);
  }
}

TEST(Sca, EqualsEquationsOneToSeven) {
  at::manual_seed(1);
  constexpr int64_t kBatch = 2, kChannels = 3, kLength = 5;
  const auto sigmoid = [](double z) { return 1 / (1 + std::exp(-z)); };
  const at::Tensor x = noise({kBatch, kChannels, kLength});
  const at::Tensor channel = noise({kChannels, kChannels, 1}), channel_bias = noise({kChannels});
  const at::Tensor sequence = noise({kLength, kLength}), sequence_bias = noise({kLength});
  const at::Tensor found = sca(x, channel, channel_bias, sequence, sequence_bias);
  for (int64_t b = 0; b < kBatch; ++b) {
    double gated[kChannels][kLength], s[kLength] = {};
    for (int64_t c = 0; c < kChannels; ++c) {
      double z = channel_bias[c].item<double>();
      for (int64_t i = 0; i < kChannels; ++i) {
        z += channel[c][i][0].item<double>() * x[b][i].mean().item<double>();
      }
      for (int64_t t = 0; t < kLength; ++t) {
        gated[c][t] = x[b][c][t].item<double>() * sigmoid(z);
        s[t] += gated[c][t] / kChannels;
      }
    }
    for (int64_t t = 0; t < kLength; ++t) {
      double z = sequence_bias[t].item<double>();
      for (int64_t u = 0; u < kLength; ++u) {
        z += sequence[t][u].item<double>() * s[u];
      }
      for (int64_t c = 0; c < kChannels; ++c) {
        EXPECT_NEAR(found[b][c][t].item<double>(), gated[c][t] * sigmoid(z), 1e-12);
      }
    }
  }
}

}  // namespace
}  // namespace dt4ecg::ops
