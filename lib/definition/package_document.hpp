// SPDX-License-Identifier: Apache-2.0
/// The conformance resources of a package as the compiler takes them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "definition/compiler/package.hpp"
#include "definition/definitions.hpp"
#include "definition/packages.hpp"

namespace lhcr::definition {

/// A file of a package as JSON.
struct PackageDocument {
  std::string where;  ///< for messages
  std::string json;   ///< compiler::package_padding bytes longer than its content
  const Definitions* version = nullptr;  ///< of the FHIR version it speaks; nullptr: not said
  bool alone = false;                    ///< no package.json says for which versions it is

  [[nodiscard]] std::string_view content() const noexcept {
    return std::string_view(json).substr(0, json.size() - compiler::package_padding);
  }
};

struct PackageDocuments {
  std::vector<PackageDocument> read;
  std::vector<std::string> unread;  ///< a note a file that is no FHIR JSON or XML at all
};

/// A resource in FHIR XML as JSON; nullopt: XML of another kind. Throws Error{input} when it is
/// malformed; `where` is for messages.
[[nodiscard]] std::optional<std::string> xml_as_json(const Library& library,
                                                     const std::string& where,
                                                     std::string_view xml);

/// Reads a package's files, XML converted to JSON. Other XML than FHIR's is passed over. One file
/// that is malformed, which is an example as a rule, does not keep the others away. Throws
/// Error{input} when the package cannot be read, or none of its files.
[[nodiscard]] PackageDocuments read_documents(const Library& library, const PackageInfo& package);

}  // namespace lhcr::definition
