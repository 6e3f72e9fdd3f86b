// SPDX-License-Identifier: Apache-2.0
#include "deliver/style/document.hpp"

#include <algorithm>
#include <filesystem>

#include "base/names.hpp"
#include "base/text.hpp"
#include "tree/nodes.hpp"

namespace lhcr::deliver {
namespace {

std::tm utc_of(std::time_t moment) {
  std::tm utc{};
  gmtime_r(&moment, &utc);
  return utc;
}

/// The first resource of a type: the record itself, or in an entry of the Bundle that it is.
tree::NodeId find_resource(const tree::Tree& tree, std::string_view type) {
  if (tree.resource_type(tree::root_node) == type) return tree::root_node;
  for (const tree::NodeId child : tree::named(tree, tree::root_node, name::entry)) {
    const tree::NodeId resource = child_node(tree, child, "resource");
    if (resource != tree::no_node && tree.resource_type(resource) == type) return resource;
  }
  return tree::no_node;
}

/// The one Patient of a record; of several the subject of its Composition, or none.
tree::NodeId find_patient(const tree::Tree& tree) {
  const tree::NodeId first = find_resource(tree, "Patient");
  std::size_t count = 0;
  for (const tree::NodeId child : tree::named(tree, tree::root_node, name::entry)) {
    const tree::NodeId resource = child_node(tree, child, "resource");
    const bool is_patient = resource != tree::no_node && tree.resource_type(resource) == "Patient";
    count += is_patient ? 1U : 0U;
  }
  if (count < 2) return first;
  const tree::NodeId document = find_resource(tree, "Composition");
  if (document == tree::no_node) return tree::no_node;
  const tree::NodeId subject = child_node(tree, document, "subject");
  if (subject == tree::no_node) return tree::no_node;
  record::References references;
  references.reset(tree);
  const tree::NodeId meant = references.meant_by(subject);
  const bool is_patient = meant != tree::no_node && tree.resource_type(meant) == "Patient";
  return is_patient ? meant : tree::no_node;
}

/// The first element of a name in document order.
tree::NodeId first_named(const tree::Tree& tree, std::string_view element) {
  const Symbol name = tree.find(element);
  if (name == no_symbol) return tree::no_node;
  for (tree::NodeId node = tree::root_node; node < tree.size(); ++node) {
    if (tree[node].element == name) return node;
  }
  return tree::no_node;
}

/// recordTarget.patientRole.id of an assigning authority.
std::string cda_patient_id(const tree::Tree& tree, std::string_view authority) {
  const tree::NodeId role = first_named(tree, "patientRole");
  if (role == tree::no_node) return {};
  for (const tree::NodeId child : tree.children(role)) {
    if (tree[child].element == name::id && child_text(tree, child, "root") == authority) {
      return std::string(child_text(tree, child, "extension"));
    }
  }
  return {};
}

}  // namespace

SharedCode parse_code(std::string_view text) {
  const std::size_t first = text.find('|');
  if (first == std::string_view::npos) return {"", std::string(text), ""};
  const std::size_t second = text.find('|', first + 1);
  SharedCode code{std::string(text.substr(0, first)), "", ""};
  code.code =
      text.substr(first + 1, second == std::string_view::npos ? second : second - first - 1);
  if (second != std::string_view::npos) code.display = text.substr(second + 1);
  return code;
}

std::string patient_identifier(const Record& record, const PatientDomain& domain) {
  const tree::Tree& tree = record.tree;
  if (record.cda) return cda_patient_id(tree, domain.authority);
  const tree::NodeId patient = find_patient(tree);
  if (patient == tree::no_node) return {};
  for (const tree::NodeId child : tree.children(patient)) {
    const bool fits = tree[child].element == name::identifier &&
                      child_text(tree, child, "system") == domain.system &&
                      !child_text(tree, child, "value").empty();
    if (fits) return std::string(child_text(tree, child, "value"));
  }
  return {};
}

std::string no_patient(const Record& record, const PatientDomain& domain) {
  return record.cda ? "not sent: its recordTarget has no id of the authority " + domain.authority
                    : "not sent: it has no Patient with an identifier of " + domain.system;
}

std::string document_title(const Record& record) {
  const tree::NodeId document = record.cda ? first_named(record.tree, "ClinicalDocument")
                                           : find_resource(record.tree, "Composition");
  const std::string_view title = child_text(record.tree, document, "title");
  return title.empty() ? std::filesystem::path(record.source).filename().string()
                       : std::string(title);
}

std::string_view document_media_type(const Record& record) {
  if (record.cda) return "text/xml";
  return record.format == format::Format::xml ? "application/fhir+xml" : "application/fhir+json";
}

std::string fhir_instant(std::time_t moment) {
  const std::tm utc = utc_of(moment);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

std::string xds_time(std::time_t moment) {
  const std::tm utc = utc_of(moment);
  char text[32];
  std::strftime(text, sizeof text, "%Y%m%d%H%M%S", &utc);
  return text;
}

std::string oid_of(const Key& uuid) {
  std::string digits;
  Key left = uuid;
  const auto zero = [](std::uint8_t byte) { return byte == 0; };
  while (!std::all_of(left.begin(), left.end(), zero)) {
    unsigned rest = 0;
    for (std::uint8_t& byte : left) {
      const unsigned value = rest * 256 + byte;
      byte = static_cast<std::uint8_t>(value / 10);
      rest = value % 10;
    }
    digits += static_cast<char>('0' + rest);
  }
  std::reverse(digits.begin(), digits.end());
  return "2.25." + (digits.empty() ? "0" : digits);
}

std::string xml_attribute(std::string_view text) {
  std::string out;
  append_xml_attribute(out, text);
  return out;
}

}  // namespace lhcr::deliver
