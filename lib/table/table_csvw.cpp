// SPDX-License-Identifier: Apache-2.0
// CSV on the Web: metadata (https://www.w3.org/TR/tabular-metadata/) to layouts.
#include <algorithm>

#include <nlohmann/json.hpp>
#include <re2/re2.h>

#include "base/date_picture.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "table/table.hpp"

namespace lhcr::validate {
namespace {

using Json = nlohmann::json;

constexpr std::optional<double> none;

struct TypeRow {
  std::string_view name;
  TableKind kind;
  std::string_view expects;
  std::optional<double> least, most;
};
constexpr TypeRow csvw_types[] = {
#define LHCR_TABLE_TYPE(name, kind, expects, least, most) \
  {name, TableKind::kind, expects, least, most},
#define LHCR_FHIR_TYPE(name, kind, expects, least, most)
#include "table/table_types.def"
#undef LHCR_TABLE_TYPE
#undef LHCR_FHIR_TYPE
};
constexpr TypeRow fhir_types[] = {
#define LHCR_TABLE_TYPE(name, kind, expects, least, most)
#define LHCR_FHIR_TYPE(name, kind, expects, least, most) \
  {name, TableKind::kind, expects, least, most},
#include "table/table_types.def"
#undef LHCR_TABLE_TYPE
#undef LHCR_FHIR_TYPE
};

const TypeRow* find_type(std::span<const TypeRow> rows, std::string_view name) {
  const auto row = std::find_if(rows.begin(), rows.end(),
                                [&](const TypeRow& each) { return each.name == name; });
  return row == rows.end() ? nullptr : &*row;
}

TableType type_of(const TypeRow& row) {
  TableType type;
  type.kind = row.kind;
  type.expects = row.expects;
  type.min = row.least;
  type.max = row.most;
  return type;
}

/// Whether a format is nothing but words with bars between them.
bool is_enumeration(std::string_view format) {
  return std::all_of(format.begin(), format.end(), [](char c) {
    const char lower = static_cast<char>(c | 0x20);
    const bool word = (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9');
    return word || static_cast<unsigned char>(c) >= 0x80U || c == ' ' || c == '-' || c == '_' ||
           c == '/' || c == '|';
  });
}

std::string line_of(std::string_view text, std::size_t offset) {
  LineCounter counter(text);
  const LineColumn place = counter.at(offset);
  return std::to_string(place.line) + ":" + std::to_string(place.column);
}

class CsvwReader {
 public:
  explicit CsvwReader(std::string origin) : origin_(std::move(origin)) {}

  TableSet read(std::string_view text) {
    TableSet set;
    set.name = origin_;
    Json root;
    try {
      root = Json::parse(text);
    } catch (const Json::parse_error& error) {
      throw Error(ErrorKind::input, origin_ + ":" + line_of(text, error.byte) + ": invalid JSON");
    } catch (const Json::out_of_range&) {
      throw Error(ErrorKind::input, origin_ + ": a number is too large");
    }
    if (!root.is_object()) fail("", "an object is expected");
    const Json* tables = member(root, "tables");
    if (tables == nullptr) {
      set.tables.push_back(table(root, Json::object(), ""));
    } else {
      if (!tables->is_array()) fail("tables", "an array is expected");
      for (std::size_t at = 0; at < tables->size(); ++at) {
        set.tables.push_back(table((*tables)[at], root, "tables[" + std::to_string(at) + "]."));
      }
    }
    set.notes = std::move(notes_);
    return set;
  }

 private:
  [[noreturn]] void fail(const std::string& place, const std::string& what) const {
    throw Error(ErrorKind::input, origin_ + ": " + (place.empty() ? "" : place + ": ") + what);
  }
  static const Json* member(const Json& object, const char* name) {
    const auto place = object.find(name);
    return place == object.end() || place->is_null() ? nullptr : &*place;
  }
  std::string text(const Json& object, const char* name, const std::string& place) const {
    const Json* value = member(object, name);
    if (value == nullptr) return {};
    if (!value->is_string()) fail(place + name, "a string is expected");
    return value->get<std::string>();
  }
  bool flag(const Json& object, const char* name, bool otherwise, const std::string& place) const {
    const Json* value = member(object, name);
    if (value == nullptr) return otherwise;
    if (!value->is_boolean()) fail(place + name, "true or false is expected");
    return value->get<bool>();
  }
  std::size_t number(const Json& object, const char* name, std::size_t otherwise,
                     const std::string& place) const {
    const Json* value = member(object, name);
    if (value == nullptr) return otherwise;
    if (!value->is_number_unsigned()) fail(place + name, "a whole number is expected");
    return value->get<std::size_t>();
  }
  /// A string, or an array of strings.
  [[nodiscard]] std::vector<std::string> texts(const Json& value, const std::string& place) const {
    std::vector<std::string> out;
    const auto add = [&](const Json& each) {
      if (!each.is_string()) fail(place, "a string is expected");
      out.push_back(each.get<std::string>());
    };
    if (!value.is_array()) {
      add(value);
    } else {
      for (const Json& each : value) add(each);
    }
    return out;
  }

  TableLayout table(const Json& object, const Json& group, const std::string& place) {
    if (!object.is_object()) fail(place, "an object is expected");
    TableLayout layout;
    layout.in_order = true;
    layout.file = text(object, "url", place);
    for (const Json* from : {&group, &object}) dialect(*from, place, layout);
    const Json* schema = member(object, "tableSchema");
    if (schema == nullptr) schema = member(group, "tableSchema");
    if (schema == nullptr) fail(place + "tableSchema", "it is missing");
    if (!schema->is_object())
      fail(place + "tableSchema", "an object is expected; put the schema here");
    const std::string inner = place + "tableSchema.";
    const Json* list = member(*schema, "columns");
    if (list == nullptr || !list->is_array()) fail(inner + "columns", "an array is expected");
    for (std::size_t at = 0; at < list->size(); ++at) {
      const std::string where = inner + "columns[" + std::to_string(at) + "].";
      if (!(*list)[at].is_object()) fail(where, "an object is expected");
      if (flag((*list)[at], "virtual", false, where)) continue;
      layout.columns.push_back(column({&group, &object, schema, &(*list)[at]}, where));
    }
    if (const Json* key = member(*schema, "primaryKey")) {
      layout.primary_key = texts(*key, inner + "primaryKey");
      known(layout, layout.primary_key, inner + "primaryKey");
    }
    references(*schema, inner, layout);
    return layout;
  }

  void known(const TableLayout& layout, const std::vector<std::string>& names,
             const std::string& place) const {
    for (const std::string& name : names) {
      const bool there = std::any_of(layout.columns.begin(), layout.columns.end(),
                                     [&](const TableColumn& each) { return each.name == name; });
      if (!there) fail(place, "there is no column " + name);
    }
  }

  void references(const Json& schema, const std::string& place, TableLayout& layout) {
    const Json* list = member(schema, "foreignKeys");
    if (list == nullptr) return;
    if (!list->is_array()) fail(place + "foreignKeys", "an array is expected");
    for (std::size_t at = 0; at < list->size(); ++at) {
      const std::string where = place + "foreignKeys[" + std::to_string(at) + "].";
      const Json& each = (*list)[at];
      const Json* columns = each.is_object() ? member(each, "columnReference") : nullptr;
      const Json* reference = each.is_object() ? member(each, "reference") : nullptr;
      const Json* target = reference != nullptr && reference->is_object()
                               ? member(*reference, "columnReference")
                               : nullptr;
      if (columns == nullptr || target == nullptr) fail(where, "columnReference is missing");
      TableReference made;
      made.columns = texts(*columns, where + "columnReference");
      made.target = texts(*target, where + "reference.columnReference");
      made.file = text(*reference, "resource", where + "reference.");
      known(layout, made.columns, where + "columnReference");
      if (made.columns.size() != made.target.size()) {
        fail(where, "both sides need as many columns");
      }
      if (made.file.empty()) {
        note(where + "reference names no resource");
      } else {
        layout.references.push_back(std::move(made));
      }
    }
  }

  void dialect(const Json& from, const std::string& place, TableLayout& layout) const {
    const Json* it = member(from, "dialect");
    if (it == nullptr) return;
    const std::string where = place + "dialect.";
    if (!it->is_object()) fail(where, "an object is expected; put the dialect here");
    const std::string delimiter = text(*it, "delimiter", where);
    if (delimiter.size() > 1) fail(where + "delimiter", "one ASCII character is expected");
    if (!delimiter.empty()) layout.delimiter = delimiter[0];
    layout.header = flag(*it, "header", layout.header, where);
    const std::size_t headers = number(*it, "headerRowCount", layout.header ? 1 : 0, where);
    if (headers > 1) fail(where + "headerRowCount", "more than one header row is not supported");
    layout.header = headers == 1;
    layout.skip_rows = number(*it, "skipRows", layout.skip_rows, where);
    layout.comment = text(*it, "commentPrefix", where);
    layout.trimmed = flag(*it, "skipInitialSpace", layout.trimmed, where);
    if (const Json* trim = member(*it, "trim")) {
      layout.trimmed = trim->is_boolean() ? trim->get<bool>() : *trim != "false";
    }
    const std::string quote = text(*it, "quoteChar", where);
    const std::string encoding = text(*it, "encoding", where);
    const bool plain = (quote.empty() || quote == "\"") && flag(*it, "doubleQuote", true, where) &&
                       number(*it, "skipColumns", 0, where) == 0;
    if (!plain)
      fail(where, "another quoteChar, doubleQuote false and skipColumns are not supported");
    if (!encoding.empty() && encoding != "utf-8" && encoding != "UTF-8" && encoding != "utf8") {
      fail(where + "encoding", "only utf-8 is supported; convert the file first (iconv)");
    }
  }

  /// `levels`: from the group to the column; a nearer one counts.
  TableColumn column(std::initializer_list<const Json*> levels, const std::string& place) {
    const Json& own = **(levels.end() - 1);
    TableColumn made;
    titles(own, place, made);
    made.name = text(own, "name", place);
    if (made.name.empty() && !made.titles.empty()) made.name = made.titles.front();
    if (made.name.empty()) fail(place, "it has neither name nor titles");
    for (const Json* level : levels) {
      made.required = flag(*level, "required", made.required, place);
      if (const Json* nulls = member(*level, "null")) made.nulls = texts(*nulls, place + "null");
      const std::string separator = text(*level, "separator", place);
      if (separator.size() > 1) fail(place + "separator", "one ASCII character is expected");
      if (!separator.empty()) made.separator = separator[0];
      if (const Json* type = member(*level, "datatype")) {
        made.type = datatype(*type, place + "datatype");
      }
    }
    return made;
  }

  void titles(const Json& own, const std::string& place, TableColumn& made) const {
    const Json* titles = member(own, "titles");
    if (titles == nullptr) return;
    if (!titles->is_object()) {
      made.titles = texts(*titles, place + "titles");
      return;
    }
    for (const auto& [language, each] : titles->items()) {
      for (std::string& title : texts(each, place + "titles")) {
        made.titles.push_back(std::move(title));
      }
    }
  }

  TableType datatype(const Json& value, const std::string& place) {
    const bool is_object = value.is_object();
    if (!is_object && !value.is_string()) fail(place, "a name or an object is expected");
    std::string base = is_object ? text(value, "base", place + ".") : value.get<std::string>();
    if (base.empty()) base = "string";
    const TypeRow* row = find_type(csvw_types, base);
    TableType type;
    if (row != nullptr) {
      type = type_of(*row);
    } else {
      note(place + ": values are not checked to be " + base);
    }
    if (is_object) constraints(value, place + ".", type);
    return type;
  }

  void constraints(const Json& value, const std::string& place, TableType& type) {
    const auto size = [&](const char* name, std::optional<std::size_t>& to) {
      if (member(value, name) != nullptr) to = number(value, name, 0, place);
    };
    size("length", type.length);
    size("minLength", type.min_length);
    size("maxLength", type.max_length);
    bound(value, "minimum", place, type.min, type.earliest);
    bound(value, "minInclusive", place, type.min, type.earliest);
    bound(value, "maximum", place, type.max, type.latest);
    bound(value, "maxInclusive", place, type.max, type.latest);
    type.min_excluded = bound(value, "minExclusive", place, type.min, type.earliest);
    type.max_excluded = bound(value, "maxExclusive", place, type.max, type.latest);
    if (const Json* format = member(value, "format")) form(*format, place + "format", type);
  }

  bool bound(const Json& value, const char* name, const std::string& place,
             std::optional<double>& to, std::string& moment) const {
    const Json* it = member(value, name);
    if (it == nullptr) return false;
    if (it->is_number()) {
      to = it->get<double>();
    } else if (it->is_string()) {
      moment = it->get<std::string>();
    } else {
      fail(place + name, "a number or a string is expected");
    }
    return true;
  }

  void form(const Json& format, const std::string& place, TableType& type) {
    const bool is_number = type.kind == TableKind::integer || type.kind == TableKind::decimal ||
                           type.kind == TableKind::number;
    if (format.is_object() && is_number) {
      const std::string mark = text(format, "decimalChar", place + ".");
      const std::string group = text(format, "groupChar", place + ".");
      if (mark.size() > 1 || group.size() > 1) fail(place, "one ASCII character is expected");
      if (!mark.empty()) type.decimal_mark = mark[0];
      if (!group.empty()) type.group_mark = group[0];
      if (member(format, "pattern") != nullptr) note(place + ".pattern is not checked");
      return;
    }
    if (!format.is_string()) fail(place, "a string is expected");
    const auto text = format.get<std::string>();
    switch (type.kind) {
      case TableKind::boolean:
        type.picture = text;
        type.expects = text.substr(0, text.find('|')) + " or " + text.substr(text.find('|') + 1);
        return;
      case TableKind::date:
      case TableKind::date_time:
      case TableKind::fhir_instant:
      case TableKind::time:
        if (!is_date_picture(text)) return note(place + ": '" + text + "' is not checked");
        type.picture = text;
        type.expects = (type.kind == TableKind::time ? "a time" : "a date") +
                       std::string(" of the form ") + text;
        return;
      default:
        if (is_number) return note(place + ": '" + text + "' is not checked");
        return pattern(text, place, type);
    }
  }

  void pattern(const std::string& text, const std::string& place, TableType& type) {
    if (is_enumeration(text)) {
      for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find('|', at), text.size());
        type.codes.insert(text.substr(at, end - at));
        at = end + 1;
      }
      return;
    }
    auto made = std::make_shared<re2::RE2>(text, re2::RE2::Quiet);
    if (!made->ok()) return note(place + ": '" + text + "' is not checked: " + made->error());
    type.pattern = std::move(made);
  }

  void note(std::string text) { notes_.push_back(std::move(text)); }

  std::string origin_;
  std::vector<std::string> notes_;
};

}  // namespace

TableType fhir_table_type(std::string_view name) {
  const TypeRow* row = find_type(fhir_types, name);
  if (row == nullptr && name == "time") row = find_type(csvw_types, name);
  return row == nullptr ? TableType() : type_of(*row);
}

TableSet read_csvw(std::string_view json, const std::string& origin) {
  return CsvwReader(origin).read(json);
}

}  // namespace lhcr::validate
