#pragma once

#include <ATen/TensorSubclassLikeUtils.h>

namespace dt4ecg::ops {

// Whether our own loops may read a tensor: it has memory on the CPU, is not wrapped by a functorch
// transform, and carries no forward-mode tangent.
inline bool is_plain(const at::Tensor& tensor) {
  return tensor.is_cpu() && !at::isTensorSubclassLike(tensor) && !tensor._fw_grad(0).defined();
}

}  // namespace dt4ecg::ops
