#include "ops/kernels.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <random>

namespace dt4ecg::ops {
namespace {

template <class Scalar>
class KernelsTest : public testing::Test {
 protected:
  std::vector<Scalar> random(int64_t n) {
    std::uniform_real_distribution<double> values(-1, 1);
    std::vector<Scalar> found(static_cast<std::size_t>(n));
    for (Scalar& value : found) {
      value = static_cast<Scalar>(values(engine_));
    }
    return found;
  }
  // Every instruction set that this processor supports.
  template <class Check>
  void for_each_set(const Check& check) {
    for (const Kernels<Scalar>* kernels : runnable_kernels<Scalar>()) {
      SCOPED_TRACE(kernels->name);
      check(*kernels);
    }
  }
  void expect_near(const std::vector<Scalar>& found, const std::vector<double>& expected) {
    ASSERT_EQ(found.size(), expected.size());
    const double tolerance = 2000 * std::numeric_limits<Scalar>::epsilon();
    for (std::size_t i = 0; i < found.size(); ++i) {
      ASSERT_NEAR(found[i], expected[i], tolerance) << i;
    }
  }

 private:
  std::mt19937 engine_{3};
};

using Scalars = testing::Types<float, double>;
TYPED_TEST_SUITE(KernelsTest, Scalars);

TYPED_TEST(KernelsTest, MatmulOfOverlappingRows) {
  using Scalar = TypeParam;
  const int64_t stride = 3, rows = 20;
  for (const int64_t depth : {1, 3, 7, 40}) {
    for (const int64_t columns : {1, 4, 5, 8, 16, 33, 64, 70}) {
      for (const bool rest : {false, true}) {
        const auto a = this->random(stride * rows + depth), weight = this->random(depth * columns);
        const auto bias = this->random(columns), skip = this->random(rows * columns);
        const auto before = this->random(rows * columns);
        std::vector<double> expected(before.begin(), before.end());
        for (int64_t r = 0; r < rows; ++r) {
          for (int64_t n = 0; n < columns; ++n) {
            double sum = rest ? bias[n] + skip[r * columns + n] + before[r * columns + n] : 0;
            for (int64_t k = 0; k < depth; ++k) {
              sum += a[r * stride + k] * weight[k * columns + n];
            }
            expected[r * columns + n] = rest ? std::max(sum, 0.0) : sum;
          }
        }
        this->for_each_set([&](const Kernels<Scalar>& kernels) {
          const int64_t start = 0;
          std::vector<Scalar> packed(kernels.packed_size(depth, columns)), c = before;
          kernels.pack({weight.data(), &start, 1, depth, columns, columns, 1}, packed.data());
          Epilogue<Scalar> epilogue;
          if (rest) {
            epilogue = {bias.data(), skip.data(), true, true};
          }
          kernels.matmul(a.data(), stride, rows, packed.data(), depth, columns, c.data(), columns,
                         epilogue);
          this->expect_near(c, expected);
        });
      }
    }
  }
}

TYPED_TEST(KernelsTest, OuterOverSamples) {
  using Scalar = TypeParam;
  const int64_t depth = 15, begin = 2, end = 13;
  for (const int64_t rows : {1, 19, 300}) {
    for (const int64_t columns : {1, 16, 21}) {
      for (const int64_t samples : {1, 5}) {
        const int64_t stride = 4, a_stride = stride * rows + depth, d_stride = rows * columns + 3;
        const auto a = this->random(samples * a_stride), d = this->random(samples * d_stride);
        const auto before = this->random(depth * columns);
        std::vector<double> expected(before.begin(), before.end());
        for (int64_t s = 0; s < samples; ++s) {
          for (int64_t r = 0; r < rows; ++r) {
            for (int64_t k = begin; k < end; ++k) {
              for (int64_t n = 0; n < columns; ++n) {
                expected[k * columns + n] += static_cast<double>(a[s * a_stride + r * stride + k]) *
                                             d[s * d_stride + r * columns + n];
              }
            }
          }
        }
        this->for_each_set([&](const Kernels<Scalar>& kernels) {
          std::vector<Scalar> c = before;
          kernels.outer({a.data(), samples, rows, stride, a_stride}, begin, end,
                        {d.data(), samples, rows, columns, d_stride}, columns, c.data());
          this->expect_near(c, expected);
        });
      }
    }
  }
}

TYPED_TEST(KernelsTest, SumsAlongRows) {
  using Scalar = TypeParam;
  for (const int64_t channels : {1, 3, 8, 37}) {
    const int64_t rows = 11;
    const auto x = this->random(rows * channels), y = this->random(rows * channels);
    const auto v = this->random(channels);
    std::vector<double> plain(rows), product(rows);
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t c = 0; c < channels; ++c) {
        const double term = static_cast<double>(x[r * channels + c]) * v[c];
        plain[r] += 0.5 * term;
        product[r] += 0.5 * term * y[r * channels + c];
      }
    }
    this->for_each_set([&](const Kernels<Scalar>& kernels) {
      std::vector<Scalar> sum(rows);
      kernels.row_sums(x.data(), nullptr, rows, channels, v.data(), Scalar(0.5), sum.data());
      this->expect_near(sum, plain);
      kernels.row_sums(x.data(), y.data(), rows, channels, v.data(), Scalar(0.5), sum.data());
      this->expect_near(sum, product);
      EXPECT_NEAR(kernels.dot(x.data(), y.data(), rows * channels),
                  std::inner_product(x.begin(), x.end(), y.begin(), 0.0), 1e-5);
    });
  }
}

TYPED_TEST(KernelsTest, DotSumsInDouble) {
  using Scalar = TypeParam;
  std::vector<Scalar> a, one(68, 1);
  for (int i = 0; i < 17; ++i) {
    a.insert(a.end(), {Scalar(1e9), 1, Scalar(-1e9), 1});
  }
  this->for_each_set([&](const Kernels<Scalar>& kernels) {
    EXPECT_EQ(kernels.dot(a.data(), one.data(), 68), 34);
  });
}

TYPED_TEST(KernelsTest, NotANumberGoesThroughARelu) {
  using Scalar = TypeParam;
  const Scalar nan = std::numeric_limits<Scalar>::quiet_NaN();
  const std::vector<Scalar> y(64, nan), one(64, 1), zero(64, 0);
  this->for_each_set([&](const Kernels<Scalar>& kernels) {
    std::vector<Scalar> out(64);
    kernels.normalize(y.data(), 1, 64, one.data(), zero.data(), nullptr, true, out.data());
    for (const Scalar value : out) {
      EXPECT_TRUE(std::isnan(value));
    }
    for (const auto function : {kernels.silu, kernels.relu}) {
      function(y.data(), 64, out.data(), nullptr);
      for (const Scalar value : out) {
        EXPECT_TRUE(std::isnan(value));
      }
    }
    kernels.depthwise({.rows = 1, .channels = 64, .taps = 1, .stride = 1}, y.data(), one.data(),
                      nullptr, /*relu=*/true, out.data());
    for (const Scalar value : out) {
      EXPECT_TRUE(std::isnan(value));
    }
    kernels.winograd_outputs(std::vector<Scalar>(6 * 64, nan).data(), 64, 1, 64, out.data(),
                             {.relu = true});
    for (const Scalar value : out) {
      EXPECT_TRUE(std::isnan(value));
    }
    for (const int64_t columns : {2, 7, 64}) {
      const int64_t start = 0;
      std::vector<Scalar> packed(kernels.packed_size(1, columns)), product(columns);
      kernels.pack({one.data(), &start, 1, 1, columns, columns, 1}, packed.data());
      kernels.matmul(y.data(), 1, 1, packed.data(), 1, columns, product.data(), columns,
                     {.relu = true});
      for (const Scalar value : product) {
        EXPECT_TRUE(std::isnan(value)) << columns;
      }
    }
  });
}

TYPED_TEST(KernelsTest, ActivationsAndTheirSlopes) {
  using Scalar = TypeParam;
  const Scalar infinity = std::numeric_limits<Scalar>::infinity();
  auto x = this->random(37);
  for (std::size_t i = 0; i < x.size(); i += 3) {
    x[i] *= 30;
  }
  x.insert(x.end(), {0, -80, 80, -700, 700, -1e30, 1e30, infinity});
  const auto n = static_cast<int64_t>(x.size());
  this->for_each_set([&](const Kernels<Scalar>& kernels) {
    std::vector<Scalar> y(n), slope(n), alone(n);
    kernels.silu(x.data(), n, y.data(), slope.data());
    kernels.silu(x.data(), n, alone.data(), nullptr);
    using Limits = std::numeric_limits<Scalar>;
    for (int64_t i = 0; i + 1 < n; ++i) {
      const double value = x[i], s = 1 / (1 + std::exp(-value));
      const double tolerance = 6 * Limits::epsilon() * s + 1000 * Limits::min();
      EXPECT_NEAR(y[i], value * s, tolerance * (1 + std::abs(value))) << value;
      EXPECT_NEAR(slope[i], s * (1 + value * (1 - s)), tolerance * (1 + std::abs(value))) << value;
    }
    EXPECT_EQ(y.back(), infinity);
    EXPECT_EQ(alone, y);
    kernels.relu(x.data(), n, y.data(), slope.data());
    for (int64_t i = 0; i < n; ++i) {
      EXPECT_EQ(y[i], std::max(x[i], Scalar{0}));
      EXPECT_EQ(slope[i], x[i] > 0 ? 1 : 0);
    }
  });
}

TYPED_TEST(KernelsTest, MultiplyInPlace) {
  using Scalar = TypeParam;
  const auto a = this->random(21), b = this->random(21);
  for (const bool accumulate : {false, true}) {
    this->for_each_set([&](const Kernels<Scalar>& kernels) {
      std::vector<Scalar> found = a;
      std::vector<double> expected(21);
      for (std::size_t i = 0; i < 21; ++i) {
        expected[i] = static_cast<double>(a[i]) * b[i] + (accumulate ? a[i] : 0);
      }
      kernels.multiply(found.data(), b.data(), 21, accumulate, found.data());
      this->expect_near(found, expected);
    });
  }
}

TYPED_TEST(KernelsTest, Depthwise) {
  using Scalar = TypeParam;
  for (const int64_t length : {1, 4, 9}) {
    for (const int64_t channels : {1, 8, 19}) {
      for (const int64_t taps : {1, 3, 5}) {
        for (const int64_t stride : {1, 2}) {
          for (const bool more : {false, true}) {
            const int64_t rows = (length - 1) / stride + 1, pad = taps / 2;
            const Depthwise shape{
                .rows = rows, .channels = channels, .taps = taps, .stride = stride};
            auto x = this->random((length + 2 * pad) * channels);  // with zero padding
            std::fill_n(x.begin(), pad * channels, Scalar{0});
            std::fill_n(x.rbegin(), pad * channels, Scalar{0});
            const auto w = this->random(taps * channels), bias = this->random(channels);
            const auto dy = this->random(rows * channels);
            const auto dw_before = this->random(taps * channels);
            const auto dx_before = this->random(length * channels);
            std::vector<double> y(rows * channels), dw(dw_before.begin(), dw_before.end());
            std::vector<double> dx(dx_before.begin(), dx_before.end());
            for (int64_t t = 0; t < rows; ++t) {
              for (int64_t c = 0; c < channels; ++c) {
                const int64_t out = t * channels + c;
                for (int64_t k = 0; k < taps; ++k) {
                  const int64_t in = t * stride + k - pad;
                  const double value = x[(in + pad) * channels + c];
                  y[out] += w[k * channels + c] * value;
                  dw[k * channels + c] += dy[out] * value;
                  if (in >= 0 && in < length) {
                    dx[in * channels + c] += static_cast<double>(dy[out]) * w[k * channels + c];
                  }
                }
                if (more) {
                  y[out] = std::max(y[out] + bias[c], 0.0);
                }
              }
            }
            this->for_each_set([&](const Kernels<Scalar>& kernels) {
              std::vector<Scalar> found(rows * channels), found_dw = dw_before;
              std::vector<Scalar> found_dx = dx_before;
              kernels.depthwise(shape, x.data(), w.data(), more ? bias.data() : nullptr, more,
                                found.data());
              kernels.depthwise_taps(shape, x.data(), dy.data(), found_dw.data());
              kernels.depthwise_inputs(shape, dy.data(), w.data(), length, found_dx.data());
              this->expect_near(found, y);
              this->expect_near(found_dw, dw);
              this->expect_near(found_dx, dx);
            });
          }
        }
      }
    }
  }
}

TYPED_TEST(KernelsTest, MaxPool) {
  using Scalar = TypeParam;
  const int64_t windows = 5;
  for (const int64_t size : {1, 2, 3}) {
    for (const int64_t channels : {1, 8, 19}) {
      for (const bool accumulate : {false, true}) {
        auto x = this->random(windows * size * channels);
        for (Scalar& value : x) {
          value = std::round(value);  // ties: the first of equal values is chosen
        }
        const auto dy = this->random(windows * channels);
        const auto before = this->random(windows * size * channels);
        std::vector<double> y(windows * channels, -2), dx(before.size());
        if (accumulate) {
          dx.assign(before.begin(), before.end());
        }
        for (int64_t t = 0; t < windows; ++t) {
          for (int64_t c = 0; c < channels; ++c) {
            int64_t place = 0;
            for (int64_t row = t * size; row < (t + 1) * size; ++row) {
              if (x[row * channels + c] > y[t * channels + c]) {
                y[t * channels + c] = x[row * channels + c];
                place = row * channels + c;
              }
            }
            dx[place] += dy[t * channels + c];
          }
        }
        this->for_each_set([&](const Kernels<Scalar>& kernels) {
          std::vector<Scalar> found(windows * channels), found_dx = before;
          std::vector<int32_t> place(windows * channels);
          kernels.max_pool(x.data(), windows, size, channels, found.data(), place.data());
          kernels.max_pool_back(dy.data(), place.data(), windows, size, channels, accumulate,
                                found_dx.data());
          this->expect_near(found, y);
          this->expect_near(found_dx, dx);
        });
      }
    }
  }
}

TYPED_TEST(KernelsTest, MaxPoolOfNotANumber) {
  using Scalar = TypeParam;
  const Scalar nan = std::numeric_limits<Scalar>::quiet_NaN();
  const int64_t channels = 19;
  for (const int32_t where : {0, 1, 2}) {
    std::vector<Scalar> x(3 * channels, 1);
    std::fill_n(x.begin() + where * channels, channels, nan);
    this->for_each_set([&](const Kernels<Scalar>& kernels) {
      std::vector<Scalar> y(channels);
      std::vector<int32_t> place(channels);
      kernels.max_pool(x.data(), 1, 3, channels, y.data(), place.data());
      for (const Scalar value : y) {
        EXPECT_TRUE(std::isnan(value));
      }
      EXPECT_EQ(place, std::vector<int32_t>(channels, where));
    });
  }
}

// Replaces each matrix product by a product per channel: y[t, c] = sum_j x[t - 1 + j, c] g[j, c].
TYPED_TEST(KernelsTest, WinogradsSums) {
  using Scalar = TypeParam;
  for (const int64_t rows : {1, 2, 3, 4, 5, 6, 7, 8, 9, 13}) {
    for (const int64_t channels : {1, 3, 16, 19}) {
      for (const bool more : {false, true}) {
        const int64_t tiles = (rows + 3) / 4, part = tiles * channels + 5, size = rows * channels;
        auto x = this->random((rows + 2) * channels);  // with a row of zeros before and after
        std::fill_n(x.begin(), channels, Scalar{0});
        const auto g = this->random(3 * channels), dy = this->random(size);
        const auto bias = this->random(channels), skip = this->random(size);
        const auto before = this->random(size), dg_before = this->random(3 * channels);
        std::vector<double> y(size), dx(size), dg(dg_before.begin(), dg_before.end());
        if (more) {
          dx.assign(before.begin(), before.end());
        }
        for (int64_t t = 0; t < rows; ++t) {
          for (int64_t c = 0; c < channels; ++c) {
            const int64_t at = t * channels + c;
            for (int64_t j = 0; j < 3; ++j) {
              y[at] += static_cast<double>(x[at + j * channels]) * g[j * channels + c];
              dg[j * channels + c] += static_cast<double>(x[at + j * channels]) * dy[at];
              if (t - 1 + j >= 0 && t - 1 + j < rows) {
                dx[at + (j - 1) * channels] += static_cast<double>(dy[at]) * g[j * channels + c];
              }
            }
            if (more) {
              y[at] = std::max(y[at] + bias[c] + skip[at], 0.0);
            }
          }
        }
        this->for_each_set([&](const Kernels<Scalar>& kernels) {
          std::vector<Scalar> u(6 * channels), t(6 * part), m(6 * part), dm(6 * part), dt(6 * part);
          std::vector<Scalar> du(6 * (channels + 5)), found(size), found_dx = before;
          std::vector<Scalar> found_dg = dg_before;
          kernels.winograd_taps(g.data(), channels, u.data());
          kernels.winograd_inputs(x.data(), rows + 2, tiles, channels, part, t.data());
          kernels.winograd_cotangents(dy.data(), rows, channels, part, dm.data());
          for (int64_t k = 0; k < 6; ++k) {
            for (int64_t i = 0; i < tiles * channels; ++i) {
              const int64_t c = i % channels, at = k * part + i;
              m[at] = t[at] * u[k * channels + c];
              dt[at] = dm[at] * u[k * channels + c];
              du[k * (channels + 5) + c] += t[at] * dm[at];
            }
          }
          Epilogue<Scalar> epilogue;
          if (more) {
            epilogue = {.bias = bias.data(), .skip = skip.data(), .relu = true};
          }
          kernels.winograd_outputs(m.data(), part, rows, channels, found.data(), epilogue);
          kernels.winograd_input_cotangents(dt.data(), part, rows, channels, more, found_dx.data());
          kernels.winograd_tap_cotangents(du.data(), channels + 5, channels, found_dg.data());
          this->expect_near(found, y);
          this->expect_near(found_dx, dx);
          this->expect_near(found_dg, dg);
        });
      }
    }
  }
}

}  // namespace
}  // namespace dt4ecg::ops
