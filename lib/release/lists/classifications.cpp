// SPDX-License-Identifier: Apache-2.0
/// ICD-10 5th edition and OPCS-4: codes and titles.
#include "base/text.hpp"
#include "release/lists/lists.hpp"

namespace lhcr::release {
namespace {

std::string with_modifiers(std::string_view title, std::string_view four, std::string_view five) {
  std::string made(trim(title));
  for (const std::string_view more : {trim(four), trim(five)}) {
    made += more.empty() ? "" : " " + std::string(more);
  }
  return made;
}

}  // namespace

ListName read_icd10(const std::vector<const SourceFile*>& files, ListBuilder& list, Notes& notes) {
  std::string day;
  for (const SourceFile* file : files) {
    TabRows rows(*file, notes);
    const std::size_t code = rows.column("CODE");
    const std::size_t other = rows.column("ALT_CODE");
    const std::size_t title = rows.column("DESCRIPTION");
    const auto four = rows.find("MODIFIER_4");
    const auto five = rows.find("MODIFIER_5");
    while (rows.next()) {
      std::string_view written = trim(rows[code]);
      written.remove_suffix(written.ends_with(".-") ? 2 : 0);
      if (written.empty()) {
        rows.refuse("there is no code");
        continue;
      }
      const std::uint32_t row =
          list.code(written, with_modifiers(rows[title], rows.get(four), rows.get(five)), true);
      list.property(row, "alternative", trim(rows[other]));
    }
    day = std::max(day, day_in(file->name()));
  }
  return {"icd-10", day.empty() ? "5" : day, {}, {}};
}

ListName read_opcs4(const std::vector<const SourceFile*>& files, ListBuilder& list, Notes& notes) {
  std::string version;
  for (const SourceFile* file : files) {
    const auto source = file->open();
    Lines lines(*source);
    for (std::string_view line; lines.next(line);) {
      line.remove_prefix(line.starts_with(utf8_bom) ? utf8_bom.size() : 0);
      const std::size_t tab = line.find('\t');
      if (tab == std::string_view::npos || tab == 0) {
        if (!trim(line).empty()) {
          notes.refuse(file->shown, lines.number(), "there is no code and title");
        }
        continue;
      }
      list.code(trim(line.substr(0, tab)), trim(line.substr(tab + 1)), true);
    }
    // "OPCS411 CodesAndTitles": version 4.11
    const std::string name = file->name();
    const std::size_t at = name.find("OPCS4");
    std::string minor;
    for (std::size_t next = at + 5;
         at != std::string::npos && next < name.size() && name[next] >= '0' && name[next] <= '9';
         ++next) {
      minor += name[next];
    }
    version = minor.empty() ? version : "4." + minor;
  }
  return {"opcs-4", version.empty() ? "4" : version, {}, {}};
}

}  // namespace lhcr::release
