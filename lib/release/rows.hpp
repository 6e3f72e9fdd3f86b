// SPDX-License-Identifier: Apache-2.0
/// Tables of releases: lines of fields between tabs, with a header.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "release/source.hpp"

namespace lhcr::release {

/// The lines of a file in order, without their ends.
class Lines {
 public:
  /// `source` must outlive it.
  explicit Lines(format::ByteSource& source);
  /// False at the end. The line is good until the next call.
  bool next(std::string_view& line);
  /// Of the last line, from 1.
  [[nodiscard]] std::uint64_t number() const noexcept { return number_; }

 private:
  bool fill();

  format::ByteSource& source_;
  std::string buffer_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
  std::uint64_t number_ = 0;
  bool done_ = false;
};

/// Rows of a table whose first line names the columns.
class TabRows {
 public:
  TabRows(const SourceFile& file, Notes& notes);
  /// The number of a column, whose name may be in any case; nullopt when there is none.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view column) const;
  /// The same; throws Error{input} that names the file when there is none.
  [[nodiscard]] std::size_t column(std::string_view column) const;
  [[nodiscard]] std::string_view name(std::size_t column) const noexcept { return header_[column]; }
  /// Whether there are more columns than `count`.
  [[nodiscard]] bool has(std::size_t count) const noexcept { return header_.size() > count; }
  /// The next row that has as many fields as the header; others are refused.
  bool next();
  [[nodiscard]] std::string_view operator[](std::size_t column) const noexcept {
    return fields_[column];
  }
  /// The field, empty when there is no such column.
  [[nodiscard]] std::string_view get(std::optional<std::size_t> column) const noexcept {
    return column ? fields_[*column] : std::string_view{};
  }
  void refuse(const std::string& why) { notes_.refuse(file_.shown, lines_.number(), why); }

 private:
  void split(std::string_view line);

  const SourceFile& file_;
  Notes& notes_;
  std::unique_ptr<format::ByteSource> source_;
  Lines lines_;
  std::vector<std::string> header_;
  std::vector<std::string_view> fields_;
};

/// A whole number without sign; nullopt for anything else.
[[nodiscard]] std::optional<std::uint64_t> number_of(std::string_view text) noexcept;

}  // namespace lhcr::release
