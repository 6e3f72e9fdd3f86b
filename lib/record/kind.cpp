// SPDX-License-Identifier: Apache-2.0
#include "record/kind.hpp"

#include <string>

namespace lhcr::record {
namespace {

constexpr std::string_view fhir_namespace = "http://hl7.org/fhir";
constexpr std::string_view v3_namespace = "urn:hl7-org:v3";
constexpr std::string_view document_name = "ClinicalDocument";
// An envelope declares the namespace of what it holds near its beginning.
constexpr std::size_t envelope_head = 16384;

/// Names and namespaces are ASCII: of UTF-16 every other byte says all of them.
std::string narrowed(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() / 2);
  for (const char byte : bytes) {
    if (byte != '\0') text += byte;
  }
  return text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF") ? text.substr(2) : text;
}

bool is_wide(std::string_view bytes) {
  return bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF") ||
         bytes.substr(0, 2).find('\0') != std::string_view::npos;
}

bool holds(std::string_view text, std::string_view what) {
  return text.find(what) != std::string_view::npos;
}

Kind kind_of_xml(std::string_view bytes) {
  const format::XmlRoot root = format::xml_root(bytes);
  if (root.name.empty()) return Kind::unknown;
  if (root.space == fhir_namespace) return Kind::fhir_xml;
  const bool v3 = root.space == v3_namespace;
  if (v3 && root.name == document_name) return Kind::cda;
  const std::string narrow = is_wide(bytes) ? narrowed(bytes) : std::string();
  const std::string_view text = narrow.empty() ? bytes : narrow;
  if (!v3 && !holds(text.substr(0, envelope_head), v3_namespace)) return Kind::unknown;
  return holds(text, document_name) ? Kind::cda : Kind::hl7_v3;
}

}  // namespace

Kind kind_of(const format::Record& record) {
  switch (record.format) {
    case format::Format::json:
    case format::Format::ndjson:
      return Kind::fhir_json;
    case format::Format::xml:
      return kind_of_xml(record.bytes);
    case format::Format::unknown:
      break;
  }
  return Kind::unknown;
}

}  // namespace lhcr::record
