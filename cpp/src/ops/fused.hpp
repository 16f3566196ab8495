#pragma once

#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <vector>

namespace dt4ecg::ops {

// Memory that begins at a cache line, so that no vector of a row lies in two.
template <class Scalar>
struct CacheAligned {
  using value_type = Scalar;
  static constexpr std::align_val_t kLine{64};
  CacheAligned() = default;
  template <class Other>
  CacheAligned(const CacheAligned<Other>&) {}
  Scalar* allocate(size_t n) {
    return static_cast<Scalar*>(::operator new(n * sizeof(Scalar), kLine));
  }
  void deallocate(Scalar* p, size_t) { ::operator delete(p, kLine); }
  bool operator==(const CacheAligned&) const = default;
};
template <class Scalar>
using Buffer = std::vector<Scalar, CacheAligned<Scalar>>;

// A view of feature maps (batch, length, channels), each between `halo` rows of zeros, which a
// convolution reads as its padding. Pooled features (batch, channels) have length 1.
template <class Scalar>
struct Map {
  Scalar* data = nullptr;
  int64_t length = 0, channels = 0, halo = 0;

  int64_t sample_stride() const { return (length + 2 * halo) * channels; }
  int64_t size() const { return length * channels; }  // of a sample, without its halo
  Scalar* sample(int64_t b) const { return data + b * sample_stride() + halo * channels; }
};

// What a node reads and writes in a forward pass.
template <class Scalar>
struct Binding {
  int64_t capacity = 0;    // the largest batch
  bool inference = false;  // infer() alone will be called
  std::vector<Map<Scalar>> inputs;
  Map<Scalar> output;
  std::vector<const Scalar*> parameters;
  std::vector<Scalar*> buffers;
};

// What a node reads and writes on the way back, for one cotangent (that of a task, or of the sum).
template <class Scalar>
struct Cotangents {
  Map<Scalar> output;  // consumed: the node may write over it
  std::vector<Map<Scalar>>
      inputs;  // written from the last to the first; without data where nobody asks
  std::vector<bool> accumulate;     // per input: add to what is there
  std::vector<Scalar*> parameters;  // added to, in the node's own layout; null where frozen
};

// One node of a network with its own loops instead of ATen's, bound to memory once: after the first
// step the loops allocate nothing. (The stand-in of an operator without loops does.)
template <class Scalar>
class Fused {
 public:
  virtual ~Fused() = default;

  // Brings the parameters into the layout of the loops. Once before each forward.
  virtual void prepare(bool /*backward_too*/) {}
  virtual void forward(int64_t batch, bool training) = 0;
  // After a forward with the same arguments. All cotangents at once: they share masks, saved
  // activations and loads. scratch has scratch_size() elements per cotangent.
  virtual void backward(int64_t batch, bool training, std::span<const Cotangents<Scalar>> tasks,
                        Scalar* scratch) = 0;
  virtual int64_t scratch_size() const { return 0; }
  // Whether the cotangent of an input may be the output's memory, left there by backward().
  virtual bool hands_over(size_t /*input*/) const { return false; }

  // For predictions alone: batch norm with its running statistics, folded into the weights of the
  // moment when prepare_inference() is called.
  virtual void prepare_inference() { prepare(/*backward_too=*/false); }
  virtual void infer(int64_t batch) { forward(batch, /*training=*/false); }

  // The gradient of a parameter from the node's own layout to the parameter's.
  virtual void unpack(size_t parameter, const Scalar* from, Scalar* to) const = 0;
};

}  // namespace dt4ecg::ops
