// SPDX-License-Identifier: Apache-2.0
/// The records of one side of `lhcr diff`, found once and read again when they are needed.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/mapped_file.hpp"
#include "cmd/convert/convert_csv.hpp"
#include "cmd/run/inputs.hpp"
#include "diff/uncarried.hpp"
#include "format/format.hpp"
#include "record/record_reader.hpp"

namespace lhcr::cmd {

/// Where a record is, and what is known of it without keeping it.
struct RecordPlace {
  std::uint32_t input = 0;
  std::uint32_t size = 0;
  std::uint64_t offset = 0;
  std::uint64_t line = 1;
  std::uint64_t index = 0;
  std::uint64_t hash = 0;  ///< of its bytes
  std::uint64_t url = 0;   ///< hash_of_target() of "" and its fullUrl, 0: it has none
  format::Format format = format::Format::unknown;
  bool in_lines = false;   ///< one of an NDJSON's
  bool converted = false;  ///< as the comparison wants it, whatever its file held
};

class RecordSet {
 public:
  /// Finds the records of a file or folder; those of CSV are made with these maps. Throws
  /// Error{input} when one cannot be read.
  RecordSet(const std::string& path, const std::vector<std::string>& maps, const Io& io);

  [[nodiscard]] const std::vector<RecordPlace>& places() const noexcept { return places_; }
  /// The record's bytes, as they lie in the file.
  [[nodiscard]] std::string_view bytes(const RecordPlace& place) const;
  /// The record for a reader; valid until the next call.
  [[nodiscard]] format::Record record(const RecordPlace& place);
  /// "FILE:LINE" for people.
  [[nodiscard]] std::string name(const RecordPlace& place) const;
  /// The input's name below its folder.
  [[nodiscard]] const std::string& input_name(const RecordPlace& place) const {
    return inputs_[place.input].name;
  }
  [[nodiscard]] const std::string& path(const RecordPlace& place) const {
    return inputs_[place.input].path;
  }
  /// Whether rows of CSV failed, which are then not among the records.
  [[nodiscard]] bool incomplete() const noexcept { return incomplete_; }
  /// What was converted, and lost, before there were records.
  [[nodiscard]] const std::vector<std::string>& notes() const noexcept { return notes_; }
  /// Columns of CSV that are not carried, each with what identifies its cells.
  [[nodiscard]] std::vector<diff::Uncarried> columns() const;
  /// Cells in them that are not empty.
  [[nodiscard]] std::size_t uncarried_cells() const;
  /// Yields a record, typed, or nullptr for one that cannot be read.
  using ReadPlace = std::function<const tree::Tree*(const RecordPlace&)>;
  /// Makes records of the resources in Bundles; other records stay.
  void split_bundles(const ReadPlace& read);

 private:
  void add_input(std::uint32_t number);
  void add_csv(const std::string& path, const std::vector<std::string>& maps, const Io& io);
  void add_entry(const tree::Tree& tree, tree::NodeId entry, const RecordPlace& bundle,
                 std::vector<RecordPlace>& made);

  std::vector<Input> inputs_;
  std::vector<std::unique_ptr<MappedFile>> files_;
  std::vector<RecordPlace> places_;
  std::vector<std::string> notes_;
  UnreadColumns unread_;
  bool incomplete_ = false;
  std::unordered_set<std::uint64_t> entries_;  // hashes of what Bundles held
  std::string held_;     // what has no file: standard input, entries of a Bundle, CSV
  std::string scratch_;  // a record with padding
};

}  // namespace lhcr::cmd
