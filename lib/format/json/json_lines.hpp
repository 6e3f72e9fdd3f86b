// SPDX-License-Identifier: Apache-2.0
/// Reads only the wanted elements of JSON records: what is not named is stepped over token by
/// token.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tree/tree.hpp"

namespace lhcr::format {

/// Names of members and their symbols, found by their first eight bytes and their length.
class NameSet {
 public:
  NameSet();
  void add(std::string_view name, Symbol symbol);
  /// no_symbol: not in the set. Eight bytes from the start of `name` must be readable.
  [[nodiscard]] Symbol find(std::string_view name) const noexcept;
  [[nodiscard]] std::size_t size() const noexcept { return count_; }

 private:
  struct Slot {
    std::uint64_t head = 0;
    Symbol symbol = no_symbol;
    std::uint32_t length = 0;
    std::string name;
  };
  void place(Slot slot);
  [[nodiscard]] static std::uint64_t head_of(std::string_view name) noexcept;
  [[nodiscard]] std::size_t first_slot(std::uint64_t head, std::size_t length) const noexcept;

  std::vector<Slot> slots_;
  std::size_t count_ = 0;
};

/// Cuts a block of NDJSON into records and fills a tree with the members in the set, wherever they
/// stand. A record that has anything out of the ordinary there (a null, an `_name` part of a wanted
/// name, a repeated name, an empty array, a bad number or escape, deep nesting), or that is not
/// JSON anywhere, is left to JsonReader. One object belongs to one worker.
class JsonLines {
 public:
  /// `names` must outlive it and hold resourceType.
  explicit JsonLines(const NameSet& names);
  ~JsonLines();

  /// Finds the tokens of all lines; `read_padding` readable bytes must follow. False: the block is
  /// not valid JSON or UTF-8 somewhere, so each line is to be read by JsonReader.
  bool start(std::string_view lines);

  enum class Result : std::uint8_t { record, other, end };
  /// record: `tree` holds the wanted part of the next line. other: the line is for JsonReader.
  Result next(tree::Tree& tree, std::string_view& line);

  /// Reads a text that is one record, on however many lines; `read_padding` readable bytes must
  /// follow. The grammar of what is stepped over is checked too. False: it is for JsonReader.
  bool read_one(std::string_view text, tree::Tree& tree);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lhcr::format
