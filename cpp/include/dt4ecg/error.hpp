#pragma once

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace dt4ecg {

// An operation cannot accept one of its arguments. The text is "operation: explanation"; in Python
// this is `dt4ecg._core.InvalidArgument`, a subclass of ValueError with these attributes.
class InvalidArgument : public std::invalid_argument {
 public:
  InvalidArgument(std::string operation, std::string parameter, const std::string& explanation)
      : std::invalid_argument(operation + ": " + explanation),
        operation_(std::move(operation)),
        parameter_(std::move(parameter)) {}

  const std::string& operation() const { return operation_; }
  // The argument's name; empty if the error is about several arguments at once.
  const std::string& parameter() const { return parameter_; }
  // Which of several records it is about, if the operation took a list of them.
  std::optional<std::size_t> index() const { return index_; }

  // The same error as one about record `index`; its text begins with "record <index>: ".
  InvalidArgument about_record(std::size_t index) const;

 private:
  InvalidArgument(const InvalidArgument& error, std::size_t index);

  std::string operation_, parameter_;
  std::optional<std::size_t> index_;
};

}  // namespace dt4ecg
