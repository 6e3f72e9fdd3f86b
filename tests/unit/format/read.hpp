// SPDX-License-Identifier: Apache-2.0
/// Reading text in tests of the format room.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include "finding/finding.hpp"
#include "format/format.hpp"
#include "tree/tree.hpp"

namespace lhcr::test {

/// The tree and the findings of one text.
class Reading {
 public:
  explicit Reading(std::string_view text, bool xml = false, const format::ReadLimits& limits = {})
      : bytes_(text), tree(symbols_) {
    bytes_.resize(text.size() + format::read_padding,
                  '}');  // padding that would be seen if it were read
    const std::string_view input(bytes_.data(), text.size());
    done =
        xml ? format::read_xml(input, tree, sink, limits) : reader_.read(input, tree, sink, limits);
  }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  [[nodiscard]] const std::vector<finding::Finding>& findings() const { return sink.findings(); }
  /// Whether there is exactly one finding, of this kind and at this byte.
  [[nodiscard]] bool only(finding::Id id, std::size_t offset) const {
    return findings().size() == 1 && findings()[0].id == id &&
           findings()[0].position.offset == offset;
  }
  /// As only(), and reading could not go on.
  [[nodiscard]] bool fatal(finding::Id id, std::size_t offset) const {
    return !done && only(id, offset) && findings()[0].severity == finding::Severity::fatal;
  }
  /// As only(), and reading went on to the end.
  [[nodiscard]] bool error(finding::Id id, std::size_t offset) const {
    return done && only(id, offset) && findings()[0].severity != finding::Severity::fatal;
  }
  [[nodiscard]] std::string json(bool pretty = false) const {
    std::string out;
    format::write_json(tree, tree::root_node, {pretty}, out);
    return out;
  }
  [[nodiscard]] std::string xml(bool pretty = false) const {
    std::string out;
    format::write_xml(tree, tree::root_node, {pretty}, out);
    return out;
  }
  /// The node at a path of child names, lists taken at their first member; no_node when there is
  /// none.
  [[nodiscard]] tree::NodeId at(const std::vector<std::string_view>& path) const {
    tree::NodeId node = tree::root_node;
    for (const std::string_view name : path) {
      const auto children = tree.children(node);
      const auto found = std::find_if(children.begin(), children.end(), [&](tree::NodeId child) {
        return tree.name_of(child) == name;
      });
      node = found == children.end() ? tree::no_node : *found;
    }
    return node;
  }

 private:
  SymbolTable symbols_;
  std::string bytes_;
  format::JsonReader reader_;

 public:
  tree::Tree tree;
  finding::Collector sink;
  bool done = false;
};

/// A text with one fault, and where.
struct FaultyText {
  std::string text;
  finding::Id id;
  std::size_t offset;
};

/// Each text has its fault alone, at which reading ends where that is `fatal`.
inline void check_faults(const std::vector<FaultyText>& faults, bool xml, bool fatal) {
  for (const FaultyText& one : faults) {
    CAPTURE(one.text);
    const Reading read(one.text, xml);
    for (const finding::Finding& found : read.findings()) {
      INFO(found.position.offset, " ", found.text());
      CHECK((fatal ? read.fatal(one.id, one.offset) : read.error(one.id, one.offset)));
    }
    CHECK(read.findings().size() == 1);
  }
}

inline std::string repeated(std::string_view text, std::size_t times) {
  std::string whole;
  for (std::size_t at = 0; at < times; ++at) {
    whole += text;
  }
  return whole;
}

}  // namespace lhcr::test
