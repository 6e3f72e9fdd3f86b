// SPDX-License-Identifier: Apache-2.0
/// Data types whose parts constrain each other.
#include <algorithm>
#include <charconv>
#include <optional>

#include "base/names.hpp"
#include "base/sha1.hpp"
#include "base/text_rules.hpp"
#include "fhirpath/encoding.hpp"
#include "finding/id.hpp"
#include "validate/checks.hpp"

namespace lhcr::validate {

using finding::Id;
using finding::id;
using finding::Severity;
using tree::NodeId;

namespace {

bool system_scheme(std::string_view system) {
  return system.starts_with("http:") || system.starts_with("https:") ||
         system.starts_with("urn:") || system.starts_with("ldap:");
}

/// The bytes of a base64Binary; nullopt: it is none.
std::optional<std::string> decoded(std::string_view base64) {
  std::string text;
  std::remove_copy_if(base64.begin(), base64.end(), std::back_inserter(text),
                      [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); });
  const auto known = fhirpath::encodings();
  const auto form = std::find_if(known.begin(), known.end(),
                                 [](const auto& row) { return row.name == "base64"; });
  std::string bytes;
  return form != known.end() && form->backward(text, bytes) ? std::optional(bytes) : std::nullopt;
}

/// Attachment.hash: "The hash is calculated using SHA-1" (R4, datatypes.html#Attachment).
void check_hash(Run& run, NodeId node, std::string_view data) {
  const std::string_view stated = run.child_text(node, name::hash);
  const auto content = stated.empty() ? std::nullopt : decoded(data);
  if (content && decoded(stated) != sha1(*content)) {
    run.report(node, id<"attachment-hash-wrong">);
  }
}

}  // namespace

void check_identifier(Run& run, NodeId node) {
  const std::string_view system = run.child_text(node, name::system);
  if (system.empty()) {
    return;
  }
  if (!system_scheme(system)) {
    run.report(node, id<"identifier-system-relative">, {std::string(system)});
  }
  check_organisation(run, node);
  const std::string_view value = run.child_text(node, name::value);
  if (system == "urn:ietf:rfc:3986" && !value.empty() && !is_absolute_url(value)) {
    run.report(node, id<"identifier-value-not-uri">, {std::string(value)});
  } else if (system == "https://tools.ietf.org/html/rfc4122") {
    run.report(node, id<"identifier-system-is-grammar">, {std::string(system)});
  }
}

void check_attachment(Run& run, NodeId node) {
  const NodeId data = run.child(node, name::data);
  const NodeId url = run.child(node, name::url);
  const std::string_view size = run.child_text(node, name::size);
  if (run.has_text(data) && !size.empty() &&
      base64_form(run.tree[data].text()) != Base64::invalid) {
    std::size_t stated = 0;
    std::from_chars(size.data(), size.data() + size.size(), stated);
    const std::size_t actual = base64_size(run.tree[data].text());
    if (stated != actual) {
      run.report(node, id<"attachment-size-wrong">, {std::string(size), std::to_string(actual)});
    }
  }
  if (run.has_text(data)) {
    check_hash(run, node, run.tree[data].text());
  }
  const bool described = run.child(node, name::content_type) != tree::no_node ||
                         run.child(node, name::language) != tree::no_node;
  if (data == tree::no_node && url == tree::no_node && !described) {
    run.report(node, Severity::warning, id<"attachment-without-content">);
  }
}

}  // namespace lhcr::validate
