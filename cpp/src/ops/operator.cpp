#include "dt4ecg/ops/operator.hpp"

#include <stdexcept>

#include "dt4ecg/ops/activation.hpp"
#include "dt4ecg/ops/batch_norm.hpp"
#include "dt4ecg/ops/cbam.hpp"
#include "dt4ecg/ops/concat.hpp"
#include "dt4ecg/ops/conv.hpp"
#include "dt4ecg/ops/conv_norm.hpp"
#include "dt4ecg/ops/depthwise_norm.hpp"
#include "dt4ecg/ops/flatten.hpp"
#include "dt4ecg/ops/gate.hpp"
#include "dt4ecg/ops/linear.hpp"
#include "dt4ecg/ops/lstm.hpp"
#include "dt4ecg/ops/mean_pool.hpp"
#include "dt4ecg/ops/mha.hpp"
#include "dt4ecg/ops/sca.hpp"
#include "dt4ecg/ops/standardize.hpp"
#include "dt4ecg/ops/window_pool.hpp"

namespace dt4ecg::ops {

namespace {

// Pointers, because the operators are constants of other translation units.
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
  for (const Operator* entry : table())
    if (entry->name == name) return *entry;
  std::string legal;
  for (const Operator* entry : table()) legal += (legal.empty() ? "" : ", ") + entry->name;
  throw std::invalid_argument("graph: no operator is called '" + name + "'; there are " + legal);
}

std::vector<std::string> operator_names() {
  std::vector<std::string> names;
  for (const Operator* entry : table()) names.push_back(entry->name);
  return names;
}

}  // namespace dt4ecg::ops
