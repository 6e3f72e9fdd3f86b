// SPDX-License-Identifier: Apache-2.0
#include "cmd/config/config.hpp"
#include "finding/report.hpp"

namespace lhcr::cmd {
namespace {

constexpr ConfigKey all_keys[] = {
#define KEY(table, name, kind, option, commands) {table, name, KeyKind::kind, option, commands},
#include "cmd/config/keys.def"
#undef KEY
};

std::vector<std::pair<std::string_view, std::string_view>> reports() {
  std::vector<std::pair<std::string_view, std::string_view>> members;
  for (const auto& [word, format] : finding::report_formats()) members.emplace_back(word, "A path");
  return members;
}

}  // namespace

std::span<const ConfigKey> config_keys() {
  return all_keys;
}

const std::vector<ConfigTable>& config_tables() {
  static const std::vector<ConfigTable> tables = {
      {"packages",
       "A package of profiles, extensions and codes",
       {{"name", "Name of a package that was added or lies in ~/.fhir/packages"},
        {"version", "Its version"},
        {"path", "Instead of the name: a tarball, a folder or a file"},
        {"sha256", "What 'lhcr packages show' says; another package of that name is refused"}}},
      {"profiles",
       "A profile that records must conform to",
       {{"url", "Its canonical URL"}, {"files", "A glob; without it, every record"}}},
      {"ignore",
       "Findings that are known and accepted",
       {{"id", "Id of the findings"},
        {"constraint", "Instead of the id: the key of a constraint, such as dom-6"},
        {"path", "At this element or below it"},
        {"files", "In inputs whose name fits this glob"},
        {"reason", "Why; for readers of the file"},
        {"until", "The last day on which this holds, as 2026-12-31"}}},
      {"severity", "By finding or constraint: error, warning or information", {}, false},
      {"reports", "Further reports of validate: by format the file that one is written to",
       reports(), false},
  };
  return tables;
}

}  // namespace lhcr::cmd
