// SPDX-License-Identifier: Apache-2.0
/// From bytes to a tree without types, as a whole or the named elements of it.
#pragma once

#include <optional>
#include <string_view>

#include "finding/finding.hpp"
#include "format/format.hpp"
#include "format/json/json_lines.hpp"
#include "record/kind.hpp"
#include "tree/tree.hpp"

namespace lhcr::record {

/// Keeps its scratch memory from call to call; one reader belongs to one worker.
class PlainReader {
 public:
  explicit PlainReader(const format::ReadLimits& limits = {}) : limits_(limits) {}

  /// Reads a record as what kind_of() says. False when it could not be read to its end; what is
  /// wrong with it goes to `sink`. The record's bytes must outlive the tree's use.
  bool read(const format::Record& record, tree::Tree& tree, finding::Sink& sink);
  /// Reads a record as `kind`, whatever it is.
  bool read_as(Kind kind, const format::Record& record, tree::Tree& tree, finding::Sink& sink);
  /// JSON in `bytes`, which format::read_padding readable bytes follow.
  bool read_json(std::string_view bytes, tree::Tree& tree, finding::Sink& sink) {
    return json_.read(bytes, tree, sink, limits_);
  }
  /// Of the latest record.
  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  [[nodiscard]] format::ReadLimits& limits() noexcept { return limits_; }

 private:
  format::ReadLimits limits_;
  format::JsonReader json_;
  Kind kind_ = Kind::unknown;
};

/// Reads the elements of a set of names only, wherever they stand. What is out of the ordinary is
/// left to PlainReader. One reader belongs to one worker.
class NamedReader {
 public:
  /// `names` with resourceType among them.
  explicit NamedReader(format::NameSet names) : names_(std::move(names)), lines_(names_) {}
  NamedReader(const NamedReader&) = delete;
  NamedReader& operator=(const NamedReader&) = delete;

  /// One record of JSON, see format::JsonLines::read_one().
  bool read(std::string_view json, tree::Tree& tree) { return lines_.read_one(json, tree); }

  using Result = format::JsonLines::Result;
  /// Begins a block of NDJSON, see format::JsonLines.
  bool start(std::string_view lines) { return lines_.start(lines); }
  Result next(tree::Tree& tree, std::string_view& line) { return lines_.next(tree, line); }

 private:
  format::NameSet names_;
  format::JsonLines lines_;
};

}  // namespace lhcr::record
