// SPDX-License-Identifier: Apache-2.0
/// Resources of FHIR, as the readers of lists ask them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <simdjson.h>

#include "release/source.hpp"

namespace lhcr::release {

using JsonElement = simdjson::dom::element;

/// The text of a member; empty when there is none.
[[nodiscard]] inline std::string_view text_of(JsonElement object, std::string_view name) {
  std::string_view value;
  return object[name].get(value) == simdjson::SUCCESS ? value : std::string_view{};
}

/// Calls `visit` with each item of a member that is a list.
template <typename Visit>
void each_item(JsonElement object, std::string_view name, const Visit& visit) {
  simdjson::dom::array items;
  if (object[name].get(items) != simdjson::SUCCESS) {
    return;
  }
  for (const JsonElement item : items) {
    visit(item);
  }
}

/// FHIR XML as JSON; nullopt: XML of another kind. The first argument is what messages call the
/// file. Throws Error{input} when it is malformed.
using XmlAsJson =
    std::function<std::optional<std::string>(const std::string& where, std::string_view xml)>;

/// Reads resources. Each is good until the next one.
class ResourceReader {
 public:
  /// `xml_as_json` must outlive it.
  explicit ResourceReader(const XmlAsJson& xml_as_json) : xml_as_json_(xml_as_json) {}
  /// False, and a note, when the file is neither JSON nor FHIR XML.
  [[nodiscard]] bool read(const SourceFile& file, JsonElement& root, Notes& notes);

 private:
  const XmlAsJson& xml_as_json_;
  simdjson::dom::parser parser_;
};

}  // namespace lhcr::release
