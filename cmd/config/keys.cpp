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
  for (const auto& [word, format] : finding::report_formats())
    members.emplace_back(word, "Path of the report");
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
        {"path", "In place of the name: a tarball, a folder or a file"},
        {"sha256",
         "Hash that 'lhcr packages show' prints; a package with another one is refused"}}},
      {"profiles",
       "A profile that records must conform to",
       {{"url", "Its canonical URL"}, {"files", "Glob of the inputs; without it, every record"}}},
      {"ignore",
       "Findings that are known and accepted",
       {{"id", "Id of the findings"},
        {"constraint", "In place of the id: the key of a constraint, such as dom-6"},
        {"path", "Only at this element or below it"},
        {"files", "Only in inputs whose name matches this glob"},
        {"reason", "Why they are accepted, for readers of the file"},
        {"until", "Last day on which the entry applies, such as 2026-12-31"}}},
      {"severity", "Severity by finding or constraint: error, warning or information", {}, false},
      {"reports", "Additional reports of validate: for each format, the file to write", reports(),
       false},
  };
  return tables;
}

}  // namespace lhcr::cmd
