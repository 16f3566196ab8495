#pragma once

#include <cstdint>
#include <vector>

namespace dt4ecg::ops {

// The operations that matmul applies to each row of a product before it stores the row:
// c = relu?(product + bias + skip + (accumulate ? c : 0)); bias (columns,), skip laid out as c.
template <class Scalar>
struct Epilogue {
  const Scalar* bias = nullptr;
  const Scalar* skip = nullptr;
  bool relu = false;
  bool accumulate = false;
};

// The mapping from a weight to a packed matrix: the element in row tap * inner + i, column n is
// source[taps[tap] + i * inner_stride + n * column_stride].
template <class Scalar>
struct PackSource {
  const Scalar* source;
  const int64_t* taps;
  int64_t tap_count;
  int64_t inner, inner_stride;
  int64_t columns, column_stride;
  const Scalar* column_scale = nullptr;  // multiplies the columns, if given
};

// `samples` matrices of `rows` rows. Rows lie `row_stride` apart, matrices `sample_stride`.
template <class Scalar>
struct RowsOf {
  const Scalar* data;
  int64_t samples, rows;
  int64_t row_stride, sample_stride;
};

// A depthwise convolution with "same" zero padding: output row t reads `taps` input rows from row t
// stride - taps / 2 on.
struct Depthwise {
  int64_t rows, channels;  // of the output
  int64_t taps, stride;
};

// The loops that take nearly all the time. They are compiled once for each instruction set. Feature
// maps are (length, channels), so the taps of a convolution are contiguous, and a row of the
// product of overlapping rows (`row_stride` below `depth`) is one output step: no im2col.
template <class Scalar>
struct Kernels {
  const char* name;  // name of the instruction set
  int64_t panel;     // columns of a packed panel; the last panel is padded with zeros

  int64_t packed_size(int64_t depth, int64_t columns) const {
    return depth * ((columns + panel - 1) / panel) * panel;
  }
  void (*pack)(const PackSource<Scalar>&, Scalar* packed);

  // c (rows, columns) from a (rows, depth) and a packed matrix (depth, columns).
  void (*matmul)(const Scalar* a, int64_t row_stride, int64_t rows, const Scalar* packed,
                 int64_t depth, int64_t columns, Scalar* c, int64_t c_stride,
                 const Epilogue<Scalar>&);

  // c[k, n] += sum over all rows of a[row, k] d[row, n] for k in [begin, end); c (depth, columns).
  void (*outer)(const RowsOf<Scalar>& a, int64_t begin, int64_t end, const RowsOf<Scalar>& d,
                int64_t columns, Scalar* c);

  // Sums over the rows of y (rows, channels): sum[c] and square[c] of y - pivot[c].
  void (*moments)(const Scalar* y, int64_t rows, int64_t channels, const Scalar* pivot, Scalar* sum,
                  Scalar* square);
  // out = relu?(y scale[c] + shift[c] + skip); skip may be null.
  void (*normalize)(const Scalar* y, int64_t rows, int64_t channels, const Scalar* scale,
                    const Scalar* shift, const Scalar* skip, bool relu, Scalar* out);
  // g = dout where out > 0 (everywhere if out is null) and 0 elsewhere, in place; sum[c] of g and
  // product[c] of g (y - mean[c]).
  void (*mask_and_sum)(Scalar* dout, const Scalar* out, const Scalar* y, int64_t rows,
                       int64_t channels, const Scalar* mean, Scalar* sum, Scalar* product);
  // dy (= or +=) g p[c] + (y - mean[c]) q[c] + r[c].
  void (*combine)(const Scalar* g, const Scalar* y, int64_t rows, int64_t channels,
                  const Scalar* mean, const Scalar* p, const Scalar* q, const Scalar* r,
                  bool accumulate, Scalar* dy);

  // sum[c] over the rows of x (rows, channels).
  void (*column_sums)(const Scalar* x, int64_t rows, int64_t channels, Scalar* sum);
  // sum[row] = factor * sum over c of x v[c], times y if it is given.
  void (*row_sums)(const Scalar* x, const Scalar* y, int64_t rows, int64_t channels,
                   const Scalar* v, Scalar factor, Scalar* sum);
  // out = x a[c] b[row].
  void (*sca_gate)(const Scalar* x, int64_t rows, int64_t channels, const Scalar* a,
                   const Scalar* b, Scalar* out);
  // g = g b[row] + e[row], in place; product[c] = sum over rows of g x.
  void (*sca_gate_backward)(Scalar* g, const Scalar* x, int64_t rows, int64_t channels,
                            const Scalar* b, const Scalar* e, Scalar* product);
  // to (= or +=) g a[c] + f[c]; if g and a are null, only f[c].
  void (*spread)(const Scalar* g, int64_t rows, int64_t channels, const Scalar* a, const Scalar* f,
                 bool accumulate, Scalar* to);

  // to = or += from.
  void (*move)(const Scalar* from, int64_t n, bool accumulate, Scalar* to);
  // The sum of a b, accumulated in double.
  double (*dot)(const Scalar* a, const Scalar* b, int64_t n);

  // y = f(x), slope = f'(x) unless it is null.
  void (*relu)(const Scalar* x, int64_t n, Scalar* y, Scalar* slope);
  void (*silu)(const Scalar* x, int64_t n, Scalar* y, Scalar* slope);
  // to (= or +=) a b; `to` may be a or b.
  void (*multiply)(const Scalar* a, const Scalar* b, int64_t n, bool accumulate, Scalar* to);

  // y = relu?(sum over taps of w[tap] x + bias), w (taps, channels), bias may be null; x is the
  // first row that output row 0 reads.
  void (*depthwise)(const Depthwise&, const Scalar* x, const Scalar* w, const Scalar* bias,
                    bool relu, Scalar* y);
  // dw += the cotangent of w.
  void (*depthwise_taps)(const Depthwise&, const Scalar* x, const Scalar* dy, Scalar* dw);
  // dx (length, channels) += the cotangent of x.
  void (*depthwise_inputs)(const Depthwise&, const Scalar* dy, const Scalar* w, int64_t length,
                           Scalar* dx);

  // y and place (windows, channels): the largest value of each window of `size` rows, and its row.
  void (*max_pool)(const Scalar* x, int64_t windows, int64_t size, int64_t channels, Scalar* y,
                   int32_t* place);
  // dx (windows size, channels) (= or +=) dy at the places, 0 elsewhere.
  void (*max_pool_back)(const Scalar* dy, const int32_t* place, int64_t windows, int64_t size,
                        int64_t channels, bool accumulate, Scalar* dx);

  // The transforms of Winograd's F(4, 3) on tiles of four rows, see convolution/winograd.hpp. The
  // six parts (tiles, channels) lie `part` apart.
  // u (6, n) = G g from taps (3, n).
  void (*winograd_taps)(const Scalar* g, int64_t n, Scalar* u);
  // t from rows 4 i to 4 i + 5 of x, of which `rows` exist; row 0 is padding.
  void (*winograd_inputs)(const Scalar* x, int64_t rows, int64_t tiles, int64_t channels,
                          int64_t part, Scalar* t);
  // y (rows, channels) from m, with bias, skip and relu.
  void (*winograd_outputs)(const Scalar* m, int64_t part, int64_t rows, int64_t channels, Scalar* y,
                           const Epilogue<Scalar>&);
  // dm from dy (rows, channels).
  void (*winograd_cotangents)(const Scalar* dy, int64_t rows, int64_t channels, int64_t part,
                              Scalar* dm);
  // dx (rows, channels) (= or +=) from dt.
  void (*winograd_input_cotangents)(const Scalar* dt, int64_t part, int64_t rows, int64_t channels,
                                    bool accumulate, Scalar* dx);
  // dg (3, n) += G^T du; the parts of du lie `part` apart as well.
  void (*winograd_tap_cotangents)(const Scalar* du, int64_t part, int64_t n, Scalar* dg);
};

// The fastest kernels that this processor supports.
template <class Scalar>
const Kernels<Scalar>& kernels();

// All kernels that this processor supports, the fastest last. For tests.
template <class Scalar>
std::vector<const Kernels<Scalar>*> runnable_kernels();

}  // namespace dt4ecg::ops
