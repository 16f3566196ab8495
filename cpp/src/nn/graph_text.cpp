#include <charconv>
#include <sstream>

#include "base/error.hpp"
#include "dt4ecg/nn/graph.hpp"

namespace dt4ecg::nn {

namespace {

[[noreturn]] void throw_unreadable(const std::string& line) {
  throw_invalid("graph", "text", "cannot read the line '", line.substr(0, 200), "'");
}

int64_t integer(std::string_view text, const std::string& line) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw_unreadable(line);
  }
  return value;
}

std::vector<int64_t> integers(std::string_view text, const std::string& line) {
  std::vector<int64_t> values;
  while (true) {
    const std::size_t comma = text.find(',');
    values.push_back(integer(text.substr(0, comma), line));
    if (comma == std::string_view::npos) {
      return values;
    }
    text.remove_prefix(comma + 1);
  }
}

ops::Attributes attributes(std::istringstream& words, const std::string& line) {
  ops::Attributes found;
  for (std::string word; words >> word;) {
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) {
      throw_unreadable(line);
    }
    const int64_t value = integer(std::string_view(word).substr(equals + 1), line);
    if (!found.emplace(word.substr(0, equals), value).second) {
      throw_unreadable(line);  // a duplicate attribute
    }
  }
  return found;
}

std::string joined(const std::vector<int64_t>& values) {
  std::string text;
  for (const int64_t value : values) {
    text += (text.empty() ? "" : ",") + std::to_string(value);
  }
  return text;
}

}  // namespace

Graph Graph::parse(const std::string& text) {
  std::istringstream lines(text);
  std::string line;
  std::string first;
  if (!std::getline(lines, line)) {
    throw_unreadable(line);
  }
  std::istringstream head(line);
  if (!(head >> first) || first != "input") {
    throw_unreadable(line);
  }
  const ops::Attributes shape = attributes(head, line);
  if (shape.size() != 2 || !shape.contains("channels") || !shape.contains("length")) {
    throw_unreadable(line);
  }
  Graph graph({shape.at("channels"), shape.at("length")});

  while (std::getline(lines, line)) {
    std::istringstream words(line);
    Node node;
    std::string inputs;
    if (!(words >> node.op >> inputs)) {
      throw_unreadable(line);
    }
    if (node.op == "output") {
      graph.set_outputs(integers(inputs, line));
      std::string more;
      if (words >> more || lines >> more) {
        throw_unreadable(more);
      }
      return graph;
    }
    node.name = inputs;
    if (!(words >> inputs)) {
      throw_unreadable(line);
    }
    node.inputs = integers(inputs, line);
    node.attributes = attributes(words, line);
    graph.add(std::move(node));
  }
  throw_invalid("graph", "text", "the text ends without its 'output' line");
}

std::string Graph::text() const {
  std::ostringstream out;
  out << "input channels=" << input().channels << " length=" << input().length << '\n';
  for (const Node& node : nodes_) {
    out << node.op << ' ' << node.name << ' ' << joined(node.inputs);
    for (const auto& [key, value] : node.attributes) {
      out << ' ' << key << '=' << value;
    }
    out << '\n';
  }
  out << "output " << joined(outputs_) << '\n';
  return out.str();
}

}  // namespace dt4ecg::nn
