// SPDX-License-Identifier: Apache-2.0
#include "definition/compiler/peek.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

namespace lhcr::definition::compiler {

json::Value Peek::parse(const std::string& where, std::string_view json) {
  if (json.starts_with(utf8_bom)) {
    json.remove_prefix(utf8_bom.size());
  }
  json::Value value;
  const auto error = parser_.parse(json.data(), json.size(), false).get(value);
  if (error != simdjson::SUCCESS) {
    throw Error(ErrorKind::input, where + ": " + simdjson::error_message(error));
  }
  return value;
}

std::string Peek::fhir_version(const std::string& where, std::string_view json) {
  const json::Value value = parse(where, json);
  // A list in an ImplementationGuide of R4 and later.
  const auto versions = json::strings(value, "fhirVersion");
  return versions.empty() ? std::string() : versions.front();
}

Peek::Head Peek::head(const std::string& where, std::string_view json) {
  const json::Value value = parse(where, json);
  return {json::string(value, "resourceType"), json::string(value, "url")};
}

void Peek::package(const std::string& where, std::string_view json, PackageInfo& info) {
  const json::Value value = parse(where, json);
  info.name = json::string(value, "name");
  info.version = json::string(value, "version");
  for (const std::string_view key : {"fhirVersions", "fhir-version-list", "fhirVersion"}) {
    if (info.fhir_versions.empty()) {
      info.fhir_versions = json::strings(value, key);
    }
  }
  json::Value dependencies;
  json::Object object;
  if (json::member(value, "dependencies", dependencies) &&
      dependencies.get(object) == simdjson::SUCCESS) {
    for (const auto field : object) {
      info.dependencies.emplace_back(field.key, json::scalar(field.value));
    }
  }
}

}  // namespace lhcr::definition::compiler
