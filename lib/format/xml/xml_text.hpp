// SPDX-License-Identifier: Apache-2.0
/// The character data between two tags: the bytes of the source as long as they are what is meant,
/// a copy from where they are not (references, line ends, a comment in between).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/arena.hpp"

namespace lhcr::format {

class XmlText {
 public:
  [[nodiscard]] bool empty() const noexcept { return empty_; }
  /// Of the first byte in the source.
  [[nodiscard]] std::size_t offset() const noexcept { return offset_; }

  /// Bytes of the source as they stand there, not none.
  void add(std::string_view bytes, std::size_t offset) {
    if (empty_) {
      begin(offset);
      view_ = bytes;
    } else if (!is_copy_ && view_.data() + view_.size() == bytes.data()) {
      view_ = {view_.data(), view_.size() + bytes.size()};
    } else {
      copy();
      copy_ += bytes;
    }
  }
  /// What is meant where the source has other bytes.
  void add_meant(std::string_view text, std::size_t offset) {
    if (empty_) {
      begin(offset);
      view_ = {};
    }
    copy();
    copy_ += text;
  }
  /// The text, which is empty from then on.
  std::string_view take(Arena& arena) {
    empty_ = true;
    return is_copy_ ? arena.copy(copy_) : view_;
  }

 private:
  void begin(std::size_t offset) noexcept {
    empty_ = false;
    is_copy_ = false;
    offset_ = offset;
  }
  void copy() {
    if (!is_copy_) {
      copy_ = view_;
      is_copy_ = true;
    }
  }

  bool empty_ = true;
  bool is_copy_ = false;
  std::size_t offset_ = 0;
  std::string_view view_;
  std::string copy_;
};

}  // namespace lhcr::format
