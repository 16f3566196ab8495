#include "dt4ecg/ops/operator.hpp"

#include <stdexcept>

#include "dt4ecg/ops/batch_norm.hpp"
#include "dt4ecg/ops/conv_norm.hpp"
#include "dt4ecg/ops/linear.hpp"
#include "dt4ecg/ops/mean_pool.hpp"
#include "dt4ecg/ops/sca.hpp"

namespace dt4ecg::ops {

namespace {

// Pointers, because the operators are constants of other translation units.
const std::vector<const Operator*>& table() {
  static const std::vector<const Operator*> operators{&batch_norm_operator, &conv_norm_operator,
                                                      &linear_operator, &mean_pool_operator,
                                                      &sca_operator};
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
