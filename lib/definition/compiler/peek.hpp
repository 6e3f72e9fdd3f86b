// SPDX-License-Identifier: Apache-2.0
/// What must be known of a conformance resource before it is compiled.
#pragma once

#include <string>
#include <string_view>

#include "definition/compiler/json.hpp"
#include "definition/packages.hpp"

namespace lhcr::definition::compiler {

/// Reads JSON with package_padding bytes behind it. Throws Error{input} when it is none.
class Peek {
 public:
  /// "4.0.1", or empty when the resource does not say.
  [[nodiscard]] std::string fhir_version(const std::string& where, std::string_view json);
  struct Head {
    std::string type, url;
  };
  [[nodiscard]] Head head(const std::string& where, std::string_view json);
  /// The fields of a package.json.
  void package(const std::string& where, std::string_view json, PackageInfo& info);

 private:
  json::Value parse(const std::string& where, std::string_view json);
  simdjson::dom::parser parser_;
};

}  // namespace lhcr::definition::compiler
