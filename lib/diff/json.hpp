// SPDX-License-Identifier: Apache-2.0
/// Any JSON as a tree of values that keeps the text it came from: what RFC 6902 works on, which the
/// element tree (no array in an array) cannot hold.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lhcr::diff {

/// Levels of arrays and objects in one another that are read and made.
constexpr std::size_t deepest_json = 500;

struct Json {
  enum class Kind : std::uint8_t { null, boolean, number, string, array, object };
  Kind kind = Kind::null;
  std::string_view raw;                 ///< in its document; of a string with quotes
  std::string_view text;                ///< of a string without escapes, of a number as written
  std::vector<std::string_view> names;  ///< of an object's members
  std::vector<Json> items;              ///< of an array or object

  [[nodiscard]] const Json* member(std::string_view name) const;
};

/// A JSON text, read. Values point into it and into `source`, which outlives it.
class JsonDocument {
 public:
  /// Throws Error{input} with "name:line:column: ..." when the text is not one JSON value.
  JsonDocument(std::string_view source, const std::string& name);
  JsonDocument(const JsonDocument&) = delete;
  JsonDocument& operator=(const JsonDocument&) = delete;
  [[nodiscard]] Json& root() noexcept { return root_; }
  [[nodiscard]] const Json& root() const noexcept { return root_; }
  /// Keeps a text as long as the document.
  std::string_view keep(std::string text) { return kept_.emplace_back(std::move(text)); }

 private:
  friend class JsonParser;
  Json root_;
  std::deque<std::string> kept_;
};

/// Equality of RFC 6902 section 4.6: numbers by value, objects without order.
[[nodiscard]] bool equal(const Json& left, const Json& right);

/// Appends `value` so that every part that `before` has too keeps the bytes it had there, and the
/// rest follows the style (indentation) of `before`.
void write_like(const Json& value, const Json& before, std::string_view source, std::string& out);

/// Appends `value` as it stands, without white space.
void write_plain(const Json& value, std::string& out);

}  // namespace lhcr::diff
