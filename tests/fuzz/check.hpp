// SPDX-License-Identifier: Apache-2.0
/// What the fuzz targets share.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "finding/finding.hpp"
#include "finding/id.hpp"
#include "format/format.hpp"
#include "tree/tree.hpp"

namespace lhcr::fuzz {

/// Ends the run with a message when something that must hold does not.
inline void expect(bool holds, const char* what, std::string_view detail = {}) {
  if (!holds) {
    std::fprintf(stderr, "fuzz: %s: %s\n", what, std::string(detail).c_str());
    std::abort();
  }
}

/// A text with just the padding that a reader is promised, on the heap, so that a sanitizer sees a
/// step beyond.
class Padded {
 public:
  explicit Padded(std::string_view text) : bytes_(text.begin(), text.end()), size_(text.size()) {
    bytes_.resize(size_ + format::read_padding, '"');
  }
  [[nodiscard]] std::string_view text() const { return {bytes_.data(), size_}; }

 private:
  std::vector<char> bytes_;
  std::size_t size_;
};

inline bool has_fatal(const finding::Collector& sink) {
  return sink.count(finding::Severity::fatal) > 0;
}

/// Whether reading ended for the number of findings only.
inline bool gave_up(const finding::Collector& sink) {
  return !sink.findings().empty() && sink.findings()[0].id == finding::id<"reading-stopped">;
}

/// Writes a tree as JSON, which must be read again.
inline void expect_json(const tree::Tree& tree) {
  std::string written;
  format::write_json(tree, tree::root_node, {false}, written);
  const Padded input(written);
  const SymbolTable symbols;
  tree::Tree again(symbols);
  finding::Collector sink;
  format::JsonReader reader;
  const bool done = reader.read(input.text(), again, sink);
  expect(done || gave_up(sink), "written JSON is read", written);
}

/// What stays from run to run. It interns the names that inputs bring, so it is made anew at times.
template <typename Means, int runs>
Means& kept_for() {
  static std::optional<Means> kept;
  static int used = 0;
  if (used++ % runs == 0) kept.emplace();
  return *kept;
}

/// Whether a name is the same in JSON and XML, and cannot be taken for a resource or narrative.
inline bool is_plain(std::string_view name) {
  const auto letter_or_digit = [](char byte) {
    const char lower = static_cast<char>(byte | 0x20);
    return (lower >= 'a' && lower <= 'z') || (byte >= '0' && byte <= '9');
  };
  return !name.empty() && name[0] >= 'a' && name[0] <= 'z' && name != "div" && name != "xmlns" &&
         name != "value" && std::all_of(name.begin(), name.end(), letter_or_digit);
}

}  // namespace lhcr::fuzz
