#pragma once

#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <vector>

namespace dt4ecg::ops {

// Memory aligned to a cache line, so that a vector load never crosses two lines.
template <class Scalar>
struct CacheAligned {
  using value_type = Scalar;
  static constexpr std::align_val_t kLine{64};
  CacheAligned() = default;
  template <class Other>
  CacheAligned(const CacheAligned<Other>&) {}
  Scalar* allocate(std::size_t n) {
    return static_cast<Scalar*>(::operator new(n * sizeof(Scalar), kLine));
  }
  void deallocate(Scalar* p, std::size_t) { ::operator delete(p, kLine); }
  bool operator==(const CacheAligned&) const = default;
};
template <class Scalar>
using Buffer = std::vector<Scalar, CacheAligned<Scalar>>;

// A view of feature maps (batch, length, channels). `halo` rows of zeros lie before and after each
// map; a convolution reads them as its padding. Pooled features (batch, channels) have length 1.
template <class Scalar>
struct Map {
  Scalar* data = nullptr;
  int64_t length = 0, channels = 0, halo = 0;

  int64_t sample_stride() const { return (length + 2 * halo) * channels; }
  int64_t size() const { return length * channels; }  // of one sample, without the halo
  Scalar* sample(int64_t b) const { return data + b * sample_stride() + halo * channels; }
};

// The memory that a node reads and writes in a forward pass.
template <class Scalar>
struct Binding {
  int64_t capacity = 0;    // the largest batch
  bool inference = false;  // only infer() will be called
  std::vector<Map<Scalar>> inputs;
  Map<Scalar> output;
  std::vector<const Scalar*> parameters;
  std::vector<Scalar*> buffers;
};

// The memory that a node reads and writes in a backward pass, for one cotangent (of a task, or of
// the weighted sum of the tasks).
template <class Scalar>
struct Cotangents {
  Map<Scalar> output;  // the node may overwrite it
  std::vector<Map<Scalar>>
      inputs;  // written from the last to the first; no data where it is not needed
  std::vector<bool> accumulate;  // per input: add to the present values
  std::vector<Scalar*>
      parameters;  // gradients to add to, in the node's own layout; null where frozen
};

// One node of a network that runs its own loops instead of ATen's. It is bound to its memory once,
// so after the first step the loops allocate nothing. (The substitute for an operator without loops
// does allocate.)
template <class Scalar>
class Fused {
 public:
  virtual ~Fused() = default;

  // Copies the parameters into the layout of the loops. Call it once before each forward pass.
  virtual void prepare(bool /*backward_too*/) {}
  virtual void forward(int64_t batch, bool training) = 0;
  // Call it after a forward pass with the same arguments. All cotangents are processed together,
  // because they share masks, saved activations and loads. scratch has scratch_size() elements per
  // cotangent.
  virtual void backward(int64_t batch, bool training, std::span<const Cotangents<Scalar>> tasks,
                        Scalar* scratch) = 0;
  virtual int64_t scratch_size() const { return 0; }
  // Whether an input's cotangent may reuse the memory of the output's cotangent.
  virtual bool hands_over(std::size_t /*input*/) const { return false; }

  // For predictions only. prepare_inference() folds batch norm with its running statistics into the
  // weights as they are at that moment.
  virtual void prepare_inference() { prepare(/*backward_too=*/false); }
  virtual void infer(int64_t batch) { forward(batch, /*training=*/false); }

  // Copies the gradient of a parameter from the node's layout into the parameter's.
  virtual void unpack(std::size_t parameter, const Scalar* from, Scalar* to) const = 0;
};

}  // namespace dt4ecg::ops
