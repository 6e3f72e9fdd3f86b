// SPDX-License-Identifier: Apache-2.0
/// Literal records, read and typed, for the tests of the room.
#pragma once

#include <string>
#include <string_view>

#include "definition/definitions.hpp"
#include "finding/finding.hpp"
#include "format/format.hpp"
#include "record/record_reader.hpp"

namespace lhcr::test {

inline const definition::Library& library() {
  static const definition::Library known;
  return known;
}

/// A text followed by the padding that readers need.
class Bytes {
 public:
  explicit Bytes(std::string text) : text_(std::move(text)), size_(text_.size()) {
    text_.append(format::read_padding, '\0');
  }
  [[nodiscard]] format::Record record() const {
    format::Record made;
    made.bytes = std::string_view(text_).substr(0, size_);
    made.format = format::detect(made.bytes);
    return made;
  }

 private:
  std::string text_;
  std::size_t size_;
};

}  // namespace lhcr::test
