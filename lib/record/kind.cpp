// SPDX-License-Identifier: Apache-2.0
#include "record/kind.hpp"

#include <optional>
#include <string>

#include "base/text.hpp"

namespace lhcr::record {
namespace {

constexpr std::string_view fhir_namespace = "http://hl7.org/fhir";
constexpr std::string_view v3_namespace = "urn:hl7-org:v3";
constexpr std::string_view document_name = "ClinicalDocument";
// An envelope declares the namespace of what it holds near its beginning.
constexpr std::size_t envelope_head = 16384;

struct Outermost {
  std::string_view name;  ///< without prefix
  std::string_view uri;   ///< its namespace
};

/// Finds the start tag of the outermost element. Lenient: what is no XML is the reader's to tell.
class Prolog {
 public:
  explicit Prolog(std::string_view text) : text_(text) {}

  std::optional<Outermost> outermost() {
    if (text_.starts_with(utf8_bom)) at_ = utf8_bom.size();
    while (skip_space() && text_[at_] == '<') {
      const std::string_view rest = text_.substr(at_);
      if (rest.starts_with("<?")) {
        skip_to("?>");
      } else if (rest.starts_with("<!--")) {
        skip_to("-->");
      } else if (rest.starts_with("<!")) {
        skip_doctype();
      } else {
        ++at_;
        return start_tag();
      }
    }
    return std::nullopt;
  }

 private:
  /// False at the end.
  bool skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    return at_ < text_.size();
  }
  void skip_to(std::string_view end) {
    const std::size_t found = text_.find(end, at_);
    at_ = found == std::string_view::npos ? text_.size() : found + end.size();
  }
  void skip_doctype() {
    const std::size_t end = text_.find_first_of("[>", at_);
    at_ = std::min(end, text_.size());
    if (at_ < text_.size() && text_[at_] == '[') skip_to("]");
    skip_to(">");
  }
  std::string_view take_until(std::string_view ends) {
    const std::size_t from = at_;
    at_ = std::min(text_.find_first_of(ends, at_), text_.size());
    return text_.substr(from, at_ - from);
  }

  std::optional<Outermost> start_tag() {
    const std::string_view written = take_until(" \t\r\n/>");
    const std::size_t colon = written.find(':');
    const bool prefixed = colon != std::string_view::npos;
    Outermost found{prefixed ? written.substr(colon + 1) : written, {}};
    std::string declaration = "xmlns";
    if (prefixed) declaration.append(1, ':').append(written.substr(0, colon));
    while (skip_space() && text_[at_] != '>' && text_[at_] != '/') {
      const std::string_view name = take_until("= \t\r\n>");
      skip_space();
      if (at_ >= text_.size() || text_[at_] != '=') break;
      ++at_;
      if (!skip_space() || (text_[at_] != '"' && text_[at_] != '\'')) break;
      const std::string_view quote = text_.substr(at_++, 1);
      const std::string_view value = take_until(quote);
      ++at_;
      if (name == declaration) found.uri = value;
    }
    return found;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

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

Kind kind_of_xml(std::string_view text) {
  const std::optional<Outermost> root = Prolog(text).outermost();
  if (!root) return Kind::unknown;
  if (root->uri == fhir_namespace) return Kind::fhir_xml;
  const bool v3 = root->uri == v3_namespace;
  if (v3 && root->name == document_name) return Kind::cda;
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
      return is_wide(record.bytes) ? kind_of_xml(narrowed(record.bytes))
                                   : kind_of_xml(record.bytes);
    case format::Format::unknown:
      break;
  }
  return Kind::unknown;
}

}  // namespace lhcr::record
