// SPDX-License-Identifier: Apache-2.0
#include "format/xml/xml_namespaces.hpp"

#include <algorithm>

namespace lhcr::format {
namespace {

constexpr std::string_view xml_uri = "http://www.w3.org/XML/1998/namespace";
constexpr std::string_view xmlns_uri = "http://www.w3.org/2000/xmlns/";
constexpr XmlDeclaration predeclared[] = {{"", no_space}, {"xml", xml_space}};
// In scope at one place. They are searched one by one, and no record needs more than a few.
constexpr std::size_t most_declarations = 256;
constexpr std::size_t most_namespaces = 1024;

}  // namespace

XmlNamespaces::XmlNamespaces()
    : uris_{"", xml_uri}, declarations_(std::begin(predeclared), std::end(predeclared)) {}

XmlSpace XmlNamespaces::know(std::string_view uri) {
  const auto found = std::find(uris_.begin(), uris_.end(), uri);
  if (found != uris_.end()) {
    return static_cast<XmlSpace>(found - uris_.begin());
  }
  uris_.push_back(uri);
  return static_cast<XmlSpace>(uris_.size() - 1);
}

std::string XmlNamespaces::fault_of(std::string_view prefix, std::string_view uri) {
  if (prefix == "xmlns" || uri == xmlns_uri || (prefix == "xml") != (uri == xml_uri)) {
    return "the prefixes xml and xmlns and their namespaces are not to be declared";
  }
  if (uri.empty() && !prefix.empty()) {
    return "the prefix " + std::string(prefix) + " is declared without a namespace";
  }
  return {};
}

bool XmlNamespaces::declare(std::string_view prefix, std::string_view uri) {
  if (declarations_.size() >= most_declarations + std::size(predeclared) ||
      uris_.size() >= most_namespaces) {
    return false;
  }
  declarations_.push_back({prefix, know(uri)});
  ++scope_;
  return true;
}

std::optional<XmlSpace> XmlNamespaces::find(std::string_view prefix) const noexcept {
  const auto found =
      std::find_if(declarations_.rbegin(), declarations_.rend(),
                   [prefix](const XmlDeclaration& known) { return known.prefix == prefix; });
  return found == declarations_.rend() ? std::nullopt : std::optional(found->space);
}

}  // namespace lhcr::format
