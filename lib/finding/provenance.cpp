// SPDX-License-Identifier: Apache-2.0
#include "finding/provenance.hpp"

#include "finding/report_formats.hpp"

namespace lhcr::finding {
namespace {

void append_sources(std::string_view name, const std::vector<Source>& sources, std::string& out) {
  out += ",\"" + std::string(name) + "\":[";
  Commas commas;
  for (const Source& source : sources) {
    commas.before_item(out);
    out += "{\"name\":";
    append_string(source.name, out);
    append_member("sha256", source.sha256, out);
    out += '}';
  }
  out += ']';
}

std::string with_hash(const Source& source) {
  return source.name + (source.sha256.empty() ? "" : " (SHA-256 " + source.sha256 + ")");
}

}  // namespace

std::string provenance_members(const Provenance& provenance) {
  std::string out = "\"tool\":\"lhcr\"";
  append_member("version", provenance.version, out);
  append_member("date", provenance.date, out);
  append_sources("packages", provenance.packages, out);
  append_sources("terminology", provenance.terminology, out);
  out += ",\"options\":[";
  Commas commas;
  for (const auto& [name, value] : provenance.options) {
    commas.before_item(out);
    out += "{\"name\":";
    append_string(name, out);
    out += ",\"value\":";
    append_string(value, out);
    out += '}';
  }
  return out + ']';
}

std::vector<std::pair<std::string, std::string>> provenance_rows(const Provenance& provenance) {
  std::vector<std::pair<std::string, std::string>> rows = {{"tool", "lhcr " + provenance.version}};
  if (provenance.date.empty()) return rows;
  rows.emplace_back("date", provenance.date);
  for (const Source& source : provenance.packages) rows.emplace_back("package", with_hash(source));
  for (const Source& source : provenance.terminology) {
    rows.emplace_back("terminology", with_hash(source));
  }
  for (const auto& [name, value] : provenance.options) {
    rows.emplace_back("option", value == "true" ? name : name + " " + value);
  }
  return rows;
}

std::string provenance_lines(const Provenance& provenance, std::string_view mark) {
  std::string lines;
  if (provenance.date.empty()) return lines;
  for (const auto& [name, value] : provenance_rows(provenance)) {
    lines.append(mark).append(name).append(": ");
    append_plain(value, lines);
    lines += '\n';
  }
  return lines;
}

}  // namespace lhcr::finding
