// SPDX-License-Identifier: Apache-2.0
/// Organisations: the XML of TRUD 341 and the weekly files of 27 columns.
#include <algorithm>

#include "format/csv/csv.hpp"
#include "release/lists/lists.hpp"
#include "release/lists/xml_rows.hpp"

namespace lhcr::release {
namespace {

void add_organisation(const XmlRow& row, ListBuilder& list) {
  const std::string_view code = row.get("OrgId@extension");
  if (code.empty()) {
    return;
  }
  const bool active = row.get("Status@value") == "Active";
  const std::uint32_t at = list.code(code, row.get("Name"), active);
  list.set_display(at, row.get("Name"));
  list.set_active(at, active);
  // Of several dates the operational one says when it closed.
  bool operational = false;
  for (const auto& [name, value] : row.values) {
    operational = name == "Date/Type@value" ? value == "Operational" : operational;
    if (name == "Date/Start@value" && operational) {
      list.property(at, "opened", value);
    } else if (name == "Date/End@value" && operational) {
      list.property(at, "closed", value);
    } else if (name == "Roles/Role@id") {
      list.property(at, "role", value);
    } else if (name == "GeoLoc/Location/PostCode") {
      list.property(at, "postcode", value);
    }
  }
  bool successor = false;
  for (const auto& [name, value] : row.values) {
    if (name == "Succs/Succ@uniqueSuccId") {
      successor = false;
    } else if (name == "Succs/Succ/Type") {
      successor = value == "Successor";
    } else if (name == "Succs/Succ/Target/OrgId@extension") {
      list.property(at, successor ? "successor" : "predecessor", value);
    }
  }
}

std::string iso_day(std::string_view text) {
  constexpr std::size_t day = 8;
  return text.size() == day
             ? std::string(text.substr(0, 4)) + "-" + std::string(text.substr(4, 2)) + "-" +
                   std::string(text.substr(6, 2))
             : std::string(text);
}

void add_weekly(const SourceFile& file, ListBuilder& list, Notes& notes) {
  enum Column : std::size_t {
    code,
    name,
    postcode = 9,
    opened = 10,
    closed = 11,
    status = 12,
    columns = 27
  };
  format::CsvReader reader(file.on_disk(), ',');
  std::vector<std::string_view> fields;
  while (reader.next(fields)) {
    if (fields.size() != columns || fields[code].empty()) {
      notes.refuse(file.shown, reader.line(), "the row does not have 27 columns and a code");
      continue;
    }
    const bool active = fields[closed].empty() && fields[status] != "C" && fields[status] != "D";
    if (list.find(fields[code]) != ListBuilder::none) {
      continue;  // the XML says more
    }
    const std::uint32_t at = list.code(fields[code], fields[name], active);
    list.property(at, "opened", iso_day(fields[opened]));
    list.property(at, "closed", iso_day(fields[closed]));
    list.property(at, "postcode", fields[postcode]);
  }
}

}  // namespace

ListName read_ods(const std::vector<const SourceFile*>& files, ListBuilder& list, Notes& notes) {
  std::string day;
  for (const SourceFile* file : files) {
    if (file->kind != Kind::ods_xml) {
      continue;
    }
    std::size_t told = 0;
    std::size_t read = 0;
    each_xml_row(
        *file,
        [](std::string_view name, std::size_t depth) {
          return (name == "Organisation" && depth == 2) || (name == "Manifest" && depth == 1);
        },
        [&](const XmlRow& row) {
          if (row.name == "Manifest") {
            told = number_of(row.get("RecordCount@value")).value_or(0);
            day = std::max(day, std::string(row.get("PublicationDate@value")));
          } else {
            add_organisation(row, list);
            ++read;
          }
        });
    if (told != 0 && told != read) {
      notes.say(file->shown + ": it says that it has " + std::to_string(told) +
                " organisations, and has " + std::to_string(read));
    }
  }
  for (const SourceFile* file : files) {
    if (file->kind == Kind::ods_csv) {
      add_weekly(*file, list, notes);
    }
  }
  std::erase(day, '-');
  return {"ods", day.empty() ? "weekly" : day, {}, {}};
}

}  // namespace lhcr::release
