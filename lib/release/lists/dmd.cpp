// SPDX-License-Identifier: Apache-2.0
/// dm+d: its products, packs, ingredients, and the look-up file whose codes are SNOMED CT's.
#include <array>

#include "base/check_digit.hpp"
#include "release/lists/lists.hpp"
#include "release/lists/xml_rows.hpp"

namespace lhcr::release {
namespace {

/// Of a row: which leaf is its code, which its display, and what else is kept.
struct RowKind {
  std::string_view element;
  std::string_view top;  ///< what UK Core's value sets call the parent of all such codes
  std::string_view code;
  std::string_view display;
  std::string_view parent;    ///< leaf with the code of what it is a kind of
  std::string_view previous;  ///< leaf with the code that it had before
};
constexpr std::array row_kinds = {
    RowKind{"VTM", "VTM", "VTMID", "NM", "", "VTMIDPREV"},
    RowKind{"VMP", "VMP", "VPID", "NM", "VTMID", "VPIDPREV"},
    RowKind{"VMPP", "VMPP", "VPPID", "NM", "VPID", ""},
    RowKind{"AMP", "AMP", "APID", "DESC", "VPID", ""},
    RowKind{"AMPP", "AMPP", "APPID", "NM", "APID", ""},
    RowKind{"ING", "INGREDIENT", "ISID", "NM", "", "ISIDPREV"},
    RowKind{"INFO", "", "CD", "DESC", "", "CDPREV"},
};

const RowKind* kind_of_row(std::string_view element) {
  for (const RowKind& kind : row_kinds) {
    if (kind.element == element) {
      return &kind;
    }
  }
  return nullptr;
}

/// Of the look-up file only FORM, ROUTE, UNIT_OF_MEASURE and SUPPLIER have identifiers of SNOMED
/// CT; the other codes are small numbers of their own.
bool is_identifier(std::string_view code) {
  constexpr std::size_t shortest = 6;
  return code.size() >= shortest && is_digits(code) && has_verhoeff_check_digit(code);
}

/// The file of historic codes: what a code was before.
void add_history(const XmlRow& row, ListBuilder& list) {
  const std::string_view now = row.get("IDCURRENT");
  const std::string_view before = row.get("IDPREVIOUS");
  if (!before.empty() && before != now) {
    const std::uint32_t older = list.code(before, {}, false);
    list.property(older, "successor", now);
  }
}

void add_row(const XmlRow& row, ListBuilder& list) {
  if (!row.get("IDCURRENT").empty()) {
    add_history(row, list);
    return;
  }
  const RowKind* kind = kind_of_row(row.name);
  const std::string_view code = kind == nullptr ? std::string_view{} : row.get(kind->code);
  if (code.empty() || (row.name == "INFO" && !is_identifier(code))) {
    return;
  }
  const std::string_view invalid = row.get("INVALID");
  const bool active = invalid.empty() || invalid.find('1') == std::string_view::npos;
  const std::uint32_t at = list.code(code, row.get(kind->display), active);
  list.property(at, "class",
                row.name == "INFO" ? std::string_view(row.group) : std::string_view(row.name));
  list.property(at, "parent", kind->top);
  if (!kind->parent.empty()) {
    list.property(at, "parent", row.get(kind->parent));
  }
  if (row.name == "AMPP") {
    list.property(at, "parent", row.get("VPPID"));
  }
  if (!kind->previous.empty() && !row.get(kind->previous).empty()) {
    const std::uint32_t older = list.code(row.get(kind->previous), row.get(kind->display), false);
    list.property(older, "successor", code);
    list.property(at, "previous", row.get(kind->previous));
  }
}

}  // namespace

ListName read_dmd(const std::vector<const SourceFile*>& files, ListBuilder& list,
                  Notes& /*notes*/) {
  std::string day;
  for (const SourceFile* file : files) {
    each_xml_row(
        *file, [](std::string_view name, std::size_t) { return kind_of_row(name) != nullptr; },
        [&](const XmlRow& row) { add_row(row, list); });
    // "f_vmp2_3260821.xml": the week's number and DDMMYY
    const std::string name = file->name();
    const std::size_t end = name.rfind(".xml");
    if (end != std::string::npos && end >= 6 && is_digits(name.substr(end - 6, 6))) {
      const std::string text = name.substr(end - 6, 6);
      day = std::max(day, "20" + text.substr(4, 2) + text.substr(2, 2) + text.substr(0, 2));
    }
  }
  return {"dmd", day.empty() ? "1" : day, {}, {}};
}

}  // namespace lhcr::release
