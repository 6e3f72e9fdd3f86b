// SPDX-License-Identifier: Apache-2.0
#include "map/tools/families.hpp"

#include <map>

#include "map/compiler/built_in.hpp"

namespace lhcr::map {
namespace {

constexpr std::string_view family = "family ";

/// The first word of "DiagnosticReport.where(...)".
std::string resource_of(const std::string& right) {
  return right.substr(0, std::min(right.find('.'), right.size()));
}

}  // namespace

std::string show_families(const std::vector<Overlay>& overlays) {
  const Source source = all_maps(overlays);
  std::multimap<std::string, std::string> sections;
  for (const SourceBlock& block : source.blocks) {
    for (const std::string& option : block.options) {
      if (!option.starts_with(family)) {
        continue;
      }
      for (std::size_t at = family.size(); at < option.size();) {
        const std::size_t end = std::min(option.find(' ', at), option.size());
        sections.emplace(option.substr(at, end - at), block.name + " " + resource_of(block.right));
        at = end + 1;
      }
    }
  }
  std::string out;
  for (const auto& [code, block] : sections) {
    out += "section " + code + " " + block + "\n";
  }
  for (const std::string& arc : source.arcs) {
    out += "arc " + arc + "\n";
  }
  for (const Source::Alias& alias : source.aliases) {
    out += "alias " + alias.root + " " + alias.known + "\n";
  }
  return out;
}

}  // namespace lhcr::map
