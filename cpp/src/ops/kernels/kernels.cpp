// Compiled once per instruction set by cpp/cmake/Kernels.cmake: DT4ECG_ISA names it, DT4ECG_VECTOR
// is the size of its vectors in bytes. Everything here has internal linkage, and no template of
// the standard library is instantiated: the linker could otherwise use an inline function that was
// compiled for another instruction set.
#include "ops/kernels.hpp"

#include "ops/kernels/activations.hpp"
#include "ops/kernels/channels.hpp"
#include "ops/kernels/depthwise.hpp"
#include "ops/kernels/max_pool.hpp"
#include "ops/kernels/sca.hpp"
#include "ops/kernels/vectors.hpp"
#include "ops/kernels/winograd.hpp"

namespace dt4ecg::ops {

namespace {

// A tile of the product, kTileRows x (2 vectors), stays in registers: it uses 12 of 16.
constexpr int kTileRows = 6;
constexpr int kTileVectors = 2;

template <class Scalar>
constexpr int64_t kPanel = kTileVectors* kLanes<Scalar>;

// With so few columns a panel would be almost empty. Their columns are packed one after the other,
// and each entry is a sum along a row.
constexpr int64_t kFewColumns = 4;

template <class Scalar>
Scalar sum_of_products(const Scalar* a, const Scalar* b, int64_t n) {
  using V = Vector<Scalar>;
  constexpr int lanes = kLanes<Scalar>;
  V first{}, second{};  // two, because a single one would wait for each addition
  int64_t i = 0;
  for (; i + 2 * lanes <= n; i += 2 * lanes) {
    first += read<V>(a + i) * read<V>(b + i);
    second += read<V>(a + i + lanes) * read<V>(b + i + lanes);
  }
  first += second;
  Scalar total = 0;
  for (int lane = 0; lane < lanes; ++lane) {
    total += first[lane];
  }
  for (; i < n; ++i) {
    total += a[i] * b[i];
  }
  return total;
}

template <class Scalar>
void pack_few(const PackSource<Scalar>& from, Scalar* packed) {
  for (int64_t n = 0; n < from.columns; ++n) {
    for (int64_t tap = 0; tap < from.tap_count; ++tap) {
      for (int64_t i = 0; i < from.inner; ++i) {
        const Scalar value =
            from.source[from.taps[tap] + i * from.inner_stride + n * from.column_stride];
        *packed++ = from.column_scale ? value * from.column_scale[n] : value;
      }
    }
  }
}

template <class Scalar>
void matmul_few(const Scalar* a, int64_t row_stride, int64_t rows, const Scalar* packed,
                int64_t depth, int64_t columns, Scalar* c, int64_t c_stride,
                const Epilogue<Scalar>& epilogue) {
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t n = 0; n < columns; ++n) {
      Scalar& to = c[r * c_stride + n];
      Scalar sum = sum_of_products(a + r * row_stride, packed + n * depth, depth);
      if (epilogue.bias) {
        sum += epilogue.bias[n];
      }
      if (epilogue.skip) {
        sum += epilogue.skip[r * c_stride + n];
      }
      if (epilogue.accumulate) {
        sum += to;
      }
      to = epilogue.relu ? rectified(sum) : sum;
    }
  }
}

template <class Scalar>
void pack(const PackSource<Scalar>& from, Scalar* packed) {
  if (from.columns <= kFewColumns) {
    return pack_few(from, packed);
  }
  for (int64_t first = 0; first < from.columns; first += kPanel<Scalar>) {
    const int64_t width = smaller(kPanel<Scalar>, from.columns - first);
    for (int64_t tap = 0; tap < from.tap_count; ++tap) {
      for (int64_t i = 0; i < from.inner; ++i, packed += kPanel<Scalar>) {
        const Scalar* row = from.source + from.taps[tap] + i * from.inner_stride;
        for (int64_t n = 0; n < width; ++n) {
          const Scalar value = row[(first + n) * from.column_stride];
          packed[n] = from.column_scale ? value * from.column_scale[first + n] : value;
        }
        for (int64_t n = width; n < kPanel<Scalar>; ++n) {
          packed[n] = 0;
        }
      }
    }
  }
}

// The accumulators of a tile; always inlined, so that they stay in registers.
template <class Scalar, int Rows>
struct Tile {
  Vector<Scalar> sum[Rows][kTileVectors];

  [[gnu::always_inline]] void clear() {
    for (int r = 0; r < Rows; ++r) {
      for (int v = 0; v < kTileVectors; ++v) {
        sum[r][v] = Vector<Scalar>{};
      }
    }
  }
  // sum[r] += a[r step] b for one row b of a panel.
  [[gnu::always_inline]] void add_product(const Scalar* a, int64_t step, const Scalar* b) {
    Vector<Scalar> row[kTileVectors];
    for (int v = 0; v < kTileVectors; ++v) {
      row[v] = read<Vector<Scalar>>(b + v * kLanes<Scalar>);
    }
    for (int r = 0; r < Rows; ++r) {
      for (int v = 0; v < kTileVectors; ++v) {
        sum[r][v] += a[r * step] * row[v];
      }
    }
  }
  [[gnu::always_inline]] void add(int r, const Scalar* from) {
    for (int v = 0; v < kTileVectors; ++v) {
      sum[r][v] += read<Vector<Scalar>>(from + v * kLanes<Scalar>);
    }
  }
  [[gnu::always_inline]] void relu(int r) {
    for (int v = 0; v < kTileVectors; ++v) {
      sum[r][v] = rectified(sum[r][v]);
    }
  }
  [[gnu::always_inline]] void store(int r, Scalar* to) const {
    for (int v = 0; v < kTileVectors; ++v) {
      write(to + v * kLanes<Scalar>, sum[r][v]);
    }
  }
};

// A row of a partly filled panel, padded to the full length.
template <class Scalar>
struct Edge {
  Scalar values[kPanel<Scalar>];

  const Scalar* filled(const Scalar* from, int64_t width) {
    for (int64_t n = 0; n < kPanel<Scalar>; ++n) {
      values[n] = n < width ? from[n] : 0;
    }
    return values;
  }
};

// Computes c (Rows, one panel) and stores `width` columns of it.
template <class Scalar, int Rows>
void tile(const Scalar* a, int64_t row_stride, const Scalar* __restrict panel, int64_t depth,
          int64_t width, Scalar* c, int64_t c_stride, const Epilogue<Scalar>& epilogue) {
  Tile<Scalar, Rows> tile;
  tile.clear();
  for (int64_t k = 0; k < depth; ++k, panel += kPanel<Scalar>) {
    tile.add_product(a + k, row_stride, panel);
  }
  if (width == kPanel<Scalar>) {
    for (int r = 0; r < Rows; ++r) {
      if (epilogue.bias) {
        tile.add(r, epilogue.bias);
      }
      if (epilogue.skip) {
        tile.add(r, epilogue.skip + r * c_stride);
      }
      if (epilogue.accumulate) {
        tile.add(r, c + r * c_stride);
      }
      if (epilogue.relu) {
        tile.relu(r);
      }
      tile.store(r, c + r * c_stride);
    }
    return;
  }
  Edge<Scalar> edge;
  for (int r = 0; r < Rows; ++r) {
    Scalar* to = c + r * c_stride;
    if (epilogue.bias) {
      tile.add(r, edge.filled(epilogue.bias, width));
    }
    if (epilogue.skip) {
      tile.add(r, edge.filled(epilogue.skip + r * c_stride, width));
    }
    if (epilogue.accumulate) {
      tile.add(r, edge.filled(to, width));
    }
    if (epilogue.relu) {
      tile.relu(r);
    }
    tile.store(r, edge.values);
    for (int64_t n = 0; n < width; ++n) {
      to[n] = edge.values[n];
    }
  }
}

template <class Scalar, int Rows>
void tile_of(int64_t rows, const Scalar* a, int64_t row_stride, const Scalar* panel, int64_t depth,
             int64_t width, Scalar* c, int64_t c_stride, const Epilogue<Scalar>& epilogue) {
  if (rows == Rows) {
    return tile<Scalar, Rows>(a, row_stride, panel, depth, width, c, c_stride, epilogue);
  }
  if constexpr (Rows > 1) {
    tile_of<Scalar, Rows - 1>(rows, a, row_stride, panel, depth, width, c, c_stride, epilogue);
  }
}

template <class Scalar>
void matmul(const Scalar* a, int64_t row_stride, int64_t rows, const Scalar* packed, int64_t depth,
            int64_t columns, Scalar* c, int64_t c_stride, const Epilogue<Scalar>& epilogue) {
  if (columns <= kFewColumns) {
    return matmul_few(a, row_stride, rows, packed, depth, columns, c, c_stride, epilogue);
  }
  // The rows are divided evenly, because a tile of three rows or fewer waits for each addition.
  const int64_t tiles = (rows + kTileRows - 1) / kTileRows;
  for (int64_t first = 0; first < columns;
       first += kPanel<Scalar>, packed += depth * kPanel<Scalar>) {
    const int64_t width = smaller(kPanel<Scalar>, columns - first);
    for (int64_t t = 0, r = 0; t < tiles; ++t) {
      const int64_t count = rows / tiles + (t < rows % tiles);
      Epilogue<Scalar> own = epilogue;
      if (own.bias) {
        own.bias += first;
      }
      if (own.skip) {
        own.skip += r * c_stride + first;
      }
      tile_of<Scalar, kTileRows>(count, a + r * row_stride, row_stride, packed, depth, width,
                                 c + r * c_stride + first, c_stride, own);
      r += count;
    }
  }
}

// c (K, one panel) += sum over samples and rows of a[row, 0:K]^T d[row]; d is packed, row by row.
template <class Scalar, int K>
void outer_tile(const RowsOf<Scalar>& a, const Scalar* __restrict d, int64_t width, Scalar* c,
                int64_t c_stride) {
  Tile<Scalar, K> tile;
  tile.clear();
  for (int64_t s = 0; s < a.samples; ++s) {
    const Scalar* row = a.data + s * a.sample_stride;
    for (int64_t r = 0; r < a.rows; ++r, row += a.row_stride, d += kPanel<Scalar>) {
      tile.add_product(row, 1, d);
    }
  }
  Edge<Scalar> edge;
  for (int k = 0; k < K; ++k) {
    Scalar* to = c + k * c_stride;
    if (width == kPanel<Scalar>) {
      tile.add(k, to);
      tile.store(k, to);
    } else {
      tile.store(k, edge.values);
      for (int64_t n = 0; n < width; ++n) {
        to[n] += edge.values[n];
      }
    }
  }
}

template <class Scalar, int K>
void outer_tile_of(int64_t k, const RowsOf<Scalar>& a, const Scalar* d, int64_t width, Scalar* c,
                   int64_t c_stride) {
  if (k == K) {
    return outer_tile<Scalar, K>(a, d, width, c, c_stride);
  }
  if constexpr (K > 1) {
    outer_tile_of<Scalar, K - 1>(k, a, d, width, c, c_stride);
  }
}

template <class Scalar>
void outer(const RowsOf<Scalar>& a, int64_t begin, int64_t end, const RowsOf<Scalar>& d,
           int64_t columns, Scalar* c) {
  // A block of rows fits into the first-level cache: part of a long sample, or several short ones.
  constexpr int64_t block = 256;
  alignas(64) Scalar panel[block * kPanel<Scalar>];
  const int64_t rows_at_once = smaller(block, a.rows);
  const int64_t samples_at_once = block / rows_at_once;
  for (int64_t s = 0; s < a.samples; s += samples_at_once) {
    for (int64_t r = 0; r < a.rows; r += rows_at_once) {
      RowsOf<Scalar> part = a;
      part.samples = smaller(samples_at_once, a.samples - s);
      part.rows = smaller(rows_at_once, a.rows - r);
      for (int64_t first = 0; first < columns; first += kPanel<Scalar>) {
        const int64_t width = smaller(kPanel<Scalar>, columns - first);
        Scalar* to = panel;
        for (int64_t i = 0; i < part.samples; ++i) {
          for (int64_t j = 0; j < part.rows; ++j, to += kPanel<Scalar>) {
            const Scalar* from =
                d.data + (s + i) * d.sample_stride + (r + j) * d.row_stride + first;
            if (width == kPanel<Scalar>) {
              __builtin_memcpy(to, from, sizeof(Scalar) * kPanel<Scalar>);
            } else {
              for (int64_t n = 0; n < kPanel<Scalar>; ++n) {
                to[n] = n < width ? from[n] : 0;
              }
            }
          }
        }
        for (int64_t k = begin; k < end; k += kTileRows) {
          part.data = a.data + s * a.sample_stride + r * a.row_stride + k;
          outer_tile_of<Scalar, kTileRows>(smaller(kTileRows, end - k), part, panel, width,
                                           c + k * columns + first, columns);
        }
      }
    }
  }
}

template <class Scalar>
void move(const Scalar* __restrict from, int64_t n, bool accumulate, Scalar* __restrict to) {
  if (accumulate) {
    for (int64_t i = 0; i < n; ++i) {
      to[i] += from[i];
    }
  } else {
    for (int64_t i = 0; i < n; ++i) {
      to[i] = from[i];
    }
  }
}

template <class Scalar>
double dot(const Scalar* a, const Scalar* b, int64_t n) {
  // Several sums in parallel, because a single one would wait for each addition.
  constexpr int64_t lanes = 16;
  double sums[lanes] = {};
  int64_t i = 0;
  for (; i + lanes <= n; i += lanes) {
    for (int64_t j = 0; j < lanes; ++j) {
      sums[j] += static_cast<double>(a[i + j]) * static_cast<double>(b[i + j]);
    }
  }
  double total = 0;
  for (; i < n; ++i) {
    total += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  }
  for (const double sum : sums) {
    total += sum;
  }
  return total;
}

template <class Scalar>
constexpr Kernels<Scalar> table{.name = DT4ECG_ISA_NAME,
                                .panel = kPanel<Scalar>,
                                .pack = pack<Scalar>,
                                .matmul = matmul<Scalar>,
                                .outer = outer<Scalar>,
                                .moments = moments<Scalar>,
                                .normalize = normalize<Scalar>,
                                .mask_and_sum = mask_and_sum<Scalar>,
                                .combine = combine<Scalar>,
                                .column_sums = column_sums<Scalar>,
                                .row_sums = row_sums<Scalar>,
                                .sca_gate = sca_gate<Scalar>,
                                .sca_gate_backward = sca_gate_backward<Scalar>,
                                .spread = spread<Scalar>,
                                .move = move<Scalar>,
                                .dot = dot<Scalar>,
                                .relu = activate<Scalar, Relu>,
                                .silu = activate<Scalar, Silu>,
                                .multiply = multiply<Scalar>,
                                .depthwise = depthwise<Scalar>,
                                .depthwise_taps = depthwise_taps<Scalar>,
                                .depthwise_inputs = depthwise_inputs<Scalar>,
                                .max_pool = max_pool<Scalar>,
                                .max_pool_back = max_pool_back<Scalar>,
                                .winograd_taps = winograd_taps<Scalar>,
                                .winograd_inputs = winograd_inputs<Scalar>,
                                .winograd_outputs = winograd_outputs<Scalar>,
                                .winograd_cotangents = winograd_cotangents<Scalar>,
                                .winograd_input_cotangents = winograd_input_cotangents<Scalar>,
                                .winograd_tap_cotangents = winograd_tap_cotangents<Scalar>};

}  // namespace

namespace DT4ECG_ISA {
extern const Kernels<float>* const single_precision;
extern const Kernels<double>* const double_precision;
const Kernels<float>* const single_precision = &table<float>;
const Kernels<double>* const double_precision = &table<double>;
}  // namespace DT4ECG_ISA

}  // namespace dt4ecg::ops
