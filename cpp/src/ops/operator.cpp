#include "ops/operator.hpp"

#include "base/error.hpp"
#include "ops/activation.hpp"
#include "ops/batch_norm.hpp"
#include "ops/cbam.hpp"
#include "ops/concat.hpp"
#include "ops/conv.hpp"
#include "ops/conv_norm.hpp"
#include "ops/depthwise_norm.hpp"
#include "ops/flatten.hpp"
#include "ops/gate.hpp"
#include "ops/linear.hpp"
#include "ops/lstm.hpp"
#include "ops/mean_pool.hpp"
#include "ops/mha.hpp"
#include "ops/sca.hpp"
#include "ops/standardize.hpp"
#include "ops/window_pool.hpp"

namespace dt4ecg::ops {

namespace {

// These are pointers, because the operators are constants of other translation units.
const std::vector<const Operator*>& table() {
  static const std::vector<const Operator*> operators{
      &average_pool_operator, &batch_norm_operator, &cbam_operator,           &concat_operator,
      &conv_operator,         &conv_norm_operator,  &depthwise_norm_operator, &flatten_operator,
      &gate_operator,         &linear_operator,     &lstm_operator,           &max_pool_operator,
      &mean_pool_operator,    &mha_operator,        &relu_operator,           &sca_operator,
      &silu_operator,         &standardize_operator};
  return operators;
}

}  // namespace

const Operator& find_operator(const std::string& name) {
  for (const Operator* entry : table()) {
    if (entry->name == name) {
      return *entry;
    }
  }
  std::string legal;
  for (const Operator* entry : table()) {
    legal += (legal.empty() ? "" : ", ") + entry->name;
  }
  throw_invalid("graph", "op", "no operator is called '", name, "'; there are ", legal);
}

}  // namespace dt4ecg::ops
