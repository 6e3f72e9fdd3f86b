// SPDX-License-Identifier: Apache-2.0
/// Validation of literal records for the tests of the room.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "definition/definitions.hpp"
#include "format/format.hpp"
#include "validate/validate.hpp"

namespace lhcr::test {

inline const definition::Library& library() {
  static const definition::Library known;
  return known;
}

/// The findings of one record as "id @ path", errors alone unless `all`.
struct Outcome {
  std::vector<std::string> errors;
  std::vector<std::string> others;
  std::vector<std::string> following;  ///< of all, those that follow from another one

  [[nodiscard]] bool has(std::string_view text) const {
    return std::find(errors.begin(), errors.end(), text) != errors.end();
  }
  [[nodiscard]] bool notes(std::string_view text) const {
    return std::find(others.begin(), others.end(), text) != others.end();
  }
  [[nodiscard]] bool follows(std::string_view text) const {
    return std::find(following.begin(), following.end(), text) != following.end();
  }
  [[nodiscard]] bool clean() const { return errors.empty(); }
};

inline validate::Options quiet_options() {
  validate::Options options;
  options.best_practice = false;
  return options;
}

/// By the definitions of a library that may have packages.
inline Outcome check_in(const definition::Library& known, std::string text,
                        validate::Options options = quiet_options(),
                        std::string_view version = "4.0.1") {
  const std::size_t size = text.size();
  text.append(format::read_padding, '\0');
  const std::string_view bytes = std::string_view(text).substr(0, size);
  tree::Tree tree(known.symbols());
  finding::Collector findings;
  const bool xml = format::detect(bytes) == format::Format::xml;
  format::JsonReader reader;
  if (xml ? format::read_xml(bytes, tree, findings) : reader.read(bytes, tree, findings)) {
    const definition::Definitions& definitions = *known.version(version);
    definition::attach_types(tree, definitions);
    options.xml_order = xml;
    validate::Validator(definitions, known.symbols(), options).validate(tree, findings);
  }
  Outcome outcome;
  for (const finding::Finding& found : findings.findings()) {
    std::string line = std::string(finding::entry(found.id).id) + " @ " + found.path;
    if (found.follows) outcome.following.push_back(line);
    (found.severity <= finding::Severity::error ? outcome.errors : outcome.others)
        .push_back(std::move(line));
  }
  return outcome;
}

inline Outcome check(std::string text, validate::Options options = quiet_options(),
                     std::string_view version = "4.0.1") {
  return check_in(library(), std::move(text), std::move(options), version);
}

/// Joined for messages of failed tests.
inline std::string shown(const Outcome& outcome) {
  std::string text;
  for (const std::string& line : outcome.errors) {
    text.append(text.empty() ? "" : "; ").append(line);
  }
  return text;
}

}  // namespace lhcr::test
