#include "dt4ecg/ops/window_pool.hpp"

#include <ATen/ops/avg_pool1d.h>
#include <ATen/ops/max_pool1d.h>

#include "require.hpp"

namespace dt4ecg::ops {

namespace {

constexpr char kMax[] = "max_pool", kAverage[] = "average_pool";

template <const char* Name>
Signature describe(const Attributes& attributes, std::span<const Shape> inputs) {
  const auto [channels, length] = inputs[0];
  const int64_t size = attributes.at("size");
  require_time(Name, inputs[0]);
  require_between(Name, "size", size, 1, kLongestKernel);
  if (length < size)
    throw std::invalid_argument(std::string(Name) + ": a window of " + std::to_string(size) +
                                " steps does not fit into " + std::to_string(length) +
                                "; take longer segments");
  return {.output = {channels, length / size}, .parameters = {}, .buffers = {}};
}

at::Tensor max(const Attributes& attributes, Tensors inputs, Tensors, Tensors, bool) {
  return at::max_pool1d(inputs[0], attributes.at("size"));
}

at::Tensor average(const Attributes& attributes, Tensors inputs, Tensors, Tensors, bool) {
  return at::avg_pool1d(inputs[0], attributes.at("size"));
}

}  // namespace

const Operator max_pool_operator{
    .name = kMax, .attributes = {"size"}, .describe = describe<kMax>, .forward = max};

const Operator average_pool_operator{
    .name = kAverage, .attributes = {"size"}, .describe = describe<kAverage>, .forward = average};

}  // namespace dt4ecg::ops
