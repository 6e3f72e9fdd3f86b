// SPDX-License-Identifier: Apache-2.0
#include "record/kind.hpp"

#include <algorithm>
#include <string>

#include "base/text.hpp"

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

/// Follows JSON, which need be neither whole nor well-formed.
class JsonLook {
 public:
  explicit JsonLook(std::string_view bytes) : bytes_(bytes) {}

  [[nodiscard]] bool has_resource_type() {
    // A resource in an array, or in what some interfaces put around it.
    constexpr std::size_t deepest = 2;
    while (at_ < bytes_.size()) {
      const char byte = bytes_[at_++];
      if (byte == '"') {
        const std::string_view text = rest_of_string();
        if (depth_ <= deepest && text == "resourceType" && colon_follows()) return true;
      } else if (byte == '{' || byte == '[') {
        ++depth_;
      } else if ((byte == '}' || byte == ']') && depth_ > 0) {
        --depth_;
      }
    }
    return false;
  }

 private:
  std::string_view rest_of_string() {
    const std::size_t start = at_;
    for (; at_ < bytes_.size() && bytes_[at_] != '"'; ++at_) {
      at_ += bytes_[at_] == '\\' ? 1U : 0U;
    }
    const std::size_t end = std::min(at_++, bytes_.size());
    return bytes_.substr(start, end - start);
  }

  [[nodiscard]] bool colon_follows() const {
    std::size_t at = at_;
    while (at < bytes_.size() && is_space(bytes_[at])) ++at;
    return at < bytes_.size() && bytes_[at] == ':';
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
};

format::Sight sight_of_xml(std::string_view text, bool whole) {
  const format::XmlRoot root = format::xml_root(text);
  if (root.name.empty()) return whole ? format::Sight::wanted : format::Sight::unsure;
  switch (kind_of_xml(text)) {
    case Kind::fhir_xml:
    case Kind::cda:
      return format::Sight::wanted;
    case Kind::hl7_v3:
      return whole ? format::Sight::other : format::Sight::unsure;  // it may be an envelope
    default:
      break;
  }
  const bool like_type = root.name[0] >= 'A' && root.name[0] <= 'Z';
  return root.space.empty() && like_type ? format::Sight::wanted : format::Sight::other;
}

}  // namespace

format::Sight sight_of(std::string_view beginning, bool whole) {
  if (beginning.starts_with(utf8_bom)) beginning.remove_prefix(utf8_bom.size());
  const bool blank = std::all_of(beginning.begin(), beginning.end(), is_space);
  if (blank) return whole ? format::Sight::wanted : format::Sight::unsure;
  switch (format::detect(beginning)) {
    case format::Format::xml:
      return sight_of_xml(beginning, whole);
    case format::Format::json:
    case format::Format::ndjson:
      if (JsonLook(beginning).has_resource_type()) return format::Sight::wanted;
      return whole ? format::Sight::other : format::Sight::unsure;
    case format::Format::unknown:
      break;
  }
  return format::Sight::other;
}

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
