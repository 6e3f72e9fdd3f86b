// SPDX-License-Identifier: Apache-2.0
/// Resources of FHIR in JSON, as the readers of lists ask them.
#pragma once

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

/// Reads a file with `parser`; false, and a note, when it is no JSON.
[[nodiscard]] inline bool read_json(const SourceFile& file, simdjson::dom::parser& parser,
                                    JsonElement& root, Notes& notes) {
  constexpr std::size_t most = std::size_t{512} << 20U;
  const bool good =
      parser.parse(simdjson::padded_string(read_all(file, most))).get(root) == simdjson::SUCCESS;
  if (!good) {
    notes.say(file.shown + " was passed over: it is no valid JSON");
  }
  return good;
}

}  // namespace lhcr::release
