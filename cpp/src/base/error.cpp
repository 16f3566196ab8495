#include "base/error.hpp"

namespace dt4ecg {

InvalidArgument::InvalidArgument(const InvalidArgument& error, std::size_t index)
    : std::invalid_argument(join("record ", index, ": ", error.what())),
      operation_(error.operation_),
      parameter_(error.parameter_),
      index_(index) {}

InvalidArgument InvalidArgument::about_record(std::size_t index) const { return {*this, index}; }

}  // namespace dt4ecg
