#pragma once

#include <ATen/TensorSubclassLikeUtils.h>

namespace dt4ecg::ops {

// Whether loops of our own may read a tensor: it has memory on the CPU, and neither a transform
// nor a forward derivative rides on it.
inline bool is_plain(const at::Tensor& tensor) {
  return tensor.is_cpu() && !at::isTensorSubclassLike(tensor) && !tensor._fw_grad(0).defined();
}

}  // namespace dt4ecg::ops
