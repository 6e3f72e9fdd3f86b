// SPDX-License-Identifier: Apache-2.0
/// Loinc.csv.
#include <algorithm>

#include "base/error.hpp"
#include "format/csv/csv.hpp"
#include "release/lists/lists.hpp"

namespace lhcr::release {
namespace {

std::size_t column(const std::vector<std::string>& header, std::string_view name,
                   const SourceFile& file) {
  const auto found = std::find(header.begin(), header.end(), name);
  if (found == header.end()) {
    throw Error(ErrorKind::input, file.shown + ":1: there is no column " + std::string(name));
  }
  return static_cast<std::size_t>(found - header.begin());
}

}  // namespace

ListName read_loinc(const std::vector<const SourceFile*>& files, ListBuilder& list, Notes& notes) {
  std::string version;
  constexpr std::string_view kept[] = {"CLASS",      "STATUS",   "COMPONENT", "PROPERTY",
                                       "TIME_ASPCT", "SYSTEM",   "SCALE_TYP", "METHOD_TYP",
                                       "CLASSTYPE",  "SHORTNAME"};
  for (const SourceFile* file : files) {
    format::CsvReader reader(file->on_disk(), ',');
    std::vector<std::string_view> fields;
    if (!reader.next(fields)) {
      continue;
    }
    const std::vector<std::string> header(fields.begin(), fields.end());
    const std::size_t code = column(header, "LOINC_NUM", *file);
    const std::size_t name = column(header, "LONG_COMMON_NAME", *file);
    const std::size_t status = column(header, "STATUS", *file);
    const auto changed = std::find(header.begin(), header.end(), "VersionLastChanged");
    while (reader.next(fields)) {
      if (fields.size() != header.size()) {
        notes.refuse(file->shown, reader.line(), "the row has not as many fields as the header");
        continue;
      }
      const bool active = fields[status] != "DEPRECATED" && fields[status] != "DISCOURAGED";
      const std::uint32_t at = list.code(fields[code], fields[name], active);
      for (const std::string_view property : kept) {
        const auto found = std::find(header.begin(), header.end(), property);
        if (found != header.end()) {
          list.property(at, property, fields[static_cast<std::size_t>(found - header.begin())]);
        }
      }
      if (changed != header.end()) {
        version = std::max(version,
                           std::string(fields[static_cast<std::size_t>(changed - header.begin())]));
      }
    }
  }
  return {"loinc", version, {}, {}};
}

}  // namespace lhcr::release
