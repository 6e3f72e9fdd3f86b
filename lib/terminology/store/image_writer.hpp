// SPDX-License-Identifier: Apache-2.0
/// Writes a terminology image section by section, so that what is written can be given back.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/file.hpp"
#include "terminology/store/image.hpp"

namespace lhcr::terminology {

/// Strings of Section::string, equal ones once.
class StringPool {
 public:
  StringPool();
  std::uint32_t add(std::string_view text);
  [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::string_view text(std::uint32_t at) const noexcept;
  /// 0 when it is not here, or empty.
  [[nodiscard]] std::uint32_t find(std::string_view text) const noexcept;

 private:
  void grow();
  std::string bytes_;
  std::vector<std::uint32_t> slots_;
  std::size_t used_ = 0;
};

/// The file gets its name, readable by its owner only, at finish(); before that there is nothing
/// under it. Throws Error{input} when it cannot be written.
class ImageWriter {
 public:
  /// `strings`: what rows that will be added speak of.
  explicit ImageWriter(const std::string& path, StringPool strings = {});

  template <typename Row>
  void add(Section section, std::span<const Row> rows) {
    add_bytes(section, {reinterpret_cast<const char*>(rows.data()), rows.size_bytes()});
  }
  template <typename Row>
  void add(Section section, const std::vector<Row>& rows) {
    add(section, std::span<const Row>(rows));
  }
  void add_bytes(Section section, std::string_view bytes);
  void set_meta(std::string_view key, std::string_view value);
  [[nodiscard]] StringPool& strings() noexcept { return strings_; }
  void finish();

 private:
  void write(std::string_view bytes);

  AtomicFile file_;
  Sha256 hash_;
  std::uint64_t offset_ = 0;
  ImageTrailer trailer_;
  StringPool strings_;
  std::string meta_;
};

}  // namespace lhcr::terminology
