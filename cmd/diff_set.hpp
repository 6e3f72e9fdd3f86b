// SPDX-License-Identifier: Apache-2.0
/// The records of one side of `lhcr diff`, found once and read again when they are needed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "cmd/inputs.hpp"
#include "cmd/record_reader.hpp"
#include "format/format.hpp"

namespace lhcr::cmd {

/// Where a record is, and what is known of it without keeping it.
struct RecordPlace {
  std::uint32_t input = 0;
  std::uint32_t size = 0;
  std::uint64_t offset = 0;
  std::uint64_t line = 1;
  std::uint64_t index = 0;
  std::uint64_t hash = 0;  ///< of its bytes
  format::Format format = format::Format::unknown;
  bool in_lines = false;  ///< one of an NDJSON's
};

class RecordSet {
 public:
  /// Finds the records of a file or folder. Throws Error{input} when one cannot be read.
  RecordSet(const std::string& path, const Io& io);

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
  /// Makes records of the resources in the only record, when that is a Bundle.
  void split_bundle(RecordReader& reader);

 private:
  void add_input(std::uint32_t number);

  std::vector<Input> inputs_;
  std::vector<std::unique_ptr<MappedFile>> files_;
  std::vector<RecordPlace> places_;
  std::string held_;     // what has no file: standard input, entries of a Bundle
  std::string scratch_;  // a record with padding
};

}  // namespace lhcr::cmd
