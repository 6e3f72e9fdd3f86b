// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "base/ascii.hpp"
#include "base/suggest.hpp"
#include "view/model.hpp"

namespace lhcr::view {

using Json = nlohmann::json;

void view_fault(const std::string& file, const std::string& place, const std::string& what) {
  throw Error(ErrorKind::input, file + ": " + (place.empty() ? "" : place + ": ") + what);
}

namespace {

constexpr std::size_t max_depth = 50;

// The properties that SQL on FHIR v2 gives each part, besides those of every FHIR element.
constexpr std::array<std::string_view, 8> select_names = {
    "column", "select", "forEach", "forEachOrNull", "repeat", "unionAll", "id", "extension"};
constexpr std::array<std::string_view, 9> column_names = {
    "name", "path", "type", "collection", "description", "tag", "id", "extension", "comment"};

struct IterationName {
  const char* name;
  Iteration iteration;
};
constexpr std::array<IterationName, 3> iterations = {{
    {"forEach", Iteration::each},
    {"forEachOrNull", Iteration::each_or_null},
    {"repeat", Iteration::repeat},
}};

struct Tag {
  std::string_view name;
  bool (*set)(ColumnRole& role, const std::string& value);  ///< false: no such value
};
constexpr std::array<Tag, 5> tags = {{
    {"lhcr/key",
     [](ColumnRole& role, const std::string& value) { return role.key = value == "true"; }},
    {"lhcr/required",
     [](ColumnRole& role, const std::string& value) { return role.required = value == "true"; }},
    {"lhcr/references",
     [](ColumnRole& role, const std::string& value) {
       role.may_miss = value.ends_with('?');
       role.references = value.substr(0, value.size() - (role.may_miss ? 1 : 0));
       return !role.references.empty();
     }},
    {"lhcr/domain",
     [](ColumnRole& role, const std::string& value) {
       role.domain = value;
       return !value.empty();
     }},
    {"lhcr/merge",
     [](ColumnRole& role, const std::string& value) {
       using Merge = ColumnRole::Merge;
       role.merge = value == "least"      ? Merge::least
                    : value == "greatest" ? Merge::greatest
                    : value == "last"     ? Merge::last
                                          : Merge::none;
       return role.merge != Merge::none;
     }},
}};

class Reader {
 public:
  Reader(ViewModel& view, std::string file) : view_(view), file_(std::move(file)) {}

  void all(const Json& json) {
    if (!json.is_object()) fail("", "a ViewDefinition is a JSON object");
    const std::string type = text(json, "resourceType", "");
    // An instance of a logical model names it by its canonical.
    if (!type.empty() && type.substr(type.find_last_of('/') + 1) != "ViewDefinition") {
      fail("resourceType", "it is a " + type + ", not a ViewDefinition");
    }
    view_.name = text(json, "name", "");
    view_.resource = text(json, "resource", "");
    if (view_.resource.empty()) {
      fail("resource", "it is missing: name the type of record that the view reads");
    }
    read_versions(json);
    for (const auto& [item, place] : list(json, "constant", "")) read_constant(*item, place);
    for (const auto& [item, place] : list(json, "where", "")) {
      view_.where.push_back(required(*item, "path", place));
      view_.reasons.push_back(text(*item, "description", place));
    }
    for (const auto& [item, place] : list(json, "select", "")) {
      view_.selects.push_back(read_select(*item, place, 0));
    }
    if (view_.selects.empty()) fail("select", "it is missing: a view needs columns");
  }

 private:
  using Items = std::vector<std::pair<const Json*, std::string>>;

  [[noreturn]] void fail(const std::string& place, const std::string& what) const {
    view_fault(file_, place, what);
  }

  static std::string join(const std::string& place, const std::string& name) {
    return place.empty() ? name : place + "." + name;
  }

  std::string text(const Json& json, const char* name, const std::string& place) const {
    const auto found = json.find(name);
    if (found == json.end()) return {};
    if (!found->is_string()) fail(join(place, name), "it must be a string");
    return found->get<std::string>();
  }

  std::string required(const Json& json, const char* name, const std::string& place) const {
    if (!json.is_object()) fail(place, "it must be an object");
    std::string value = text(json, name, place);
    if (value.empty()) fail(place, "'" + std::string(name) + "' is missing");
    return value;
  }

  Items list(const Json& json, const char* name, const std::string& place) const {
    Items items;
    const auto found = json.find(name);
    if (found == json.end()) return items;
    if (!found->is_array()) fail(join(place, name), "it must be an array");
    for (std::size_t i = 0; i < found->size(); ++i) {
      items.emplace_back(&(*found)[i], join(place, name) + "[" + std::to_string(i) + "]");
    }
    return items;
  }

  template <std::size_t size>
  void note_unknown(const Json& json, const std::array<std::string_view, size>& known,
                    const std::string& place) {
    for (const auto& member : json.items()) {
      const std::string& name = member.key();
      if (std::find(known.begin(), known.end(), name) != known.end()) continue;
      const std::string_view meant = closest(name, known);
      std::string& note = view_.notes.emplace_back(place);
      note.append(": '").append(name).append("' has no meaning here");
      if (!meant.empty()) note.append(", did you mean '").append(meant).append("'?");
    }
  }

  void read_versions(const Json& json) {
    const auto found = json.find("fhirVersion");
    if (found == json.end()) return;
    if (found->is_string()) view_.versions.push_back(found->get<std::string>());
    for (const Json& item : *found) {
      if (item.is_string() && found->is_array()) view_.versions.push_back(item.get<std::string>());
    }
  }

  void read_constant(const Json& json, const std::string& place) {
    ConstantModel constant;
    constant.name = required(json, "name", place);
    for (const auto& member : json.items()) {
      if (!member.key().starts_with("value")) continue;
      if (!constant.type.empty()) fail(place, "%" + constant.name + " has more than one value");
      constant.type = member.key().substr(5);
      const Json& value = member.value();
      if (value.is_structured() || value.is_null() || constant.type.empty()) {
        fail(place, "the value of %" + constant.name + " must be a primitive in value[x]");
      }
      constant.value = value.is_string() ? value.get<std::string>() : value.dump();
    }
    if (constant.type.empty()) {
      fail(place, "%" + constant.name + " has no value: add valueString, valueCode, ...");
    }
    view_.constants.push_back(std::move(constant));
  }

  SelectModel read_select(const Json& json, const std::string& place, std::size_t depth) {
    if (!json.is_object()) fail(place, "it must be an object");
    if (depth >= max_depth) fail(place, "selects are nested too deeply");
    note_unknown(json, select_names, place);
    SelectModel select;
    select.place = place;
    read_iteration(json, select);
    for (const auto& [item, at] : list(json, "column", place)) {
      select.columns.push_back(read_column(*item, at));
    }
    for (const auto& [item, at] : list(json, "select", place)) {
      select.selects.push_back(read_select(*item, at, depth + 1));
    }
    for (const auto& [item, at] : list(json, "unionAll", place)) {
      select.unions.push_back(read_select(*item, at, depth + 1));
    }
    if (select.columns.empty() && select.selects.empty() && select.unions.empty()) {
      fail(place, "it has neither column, select nor unionAll");
    }
    return select;
  }

  void read_iteration(const Json& json, SelectModel& select) const {
    for (const auto& [name, iteration] : iterations) {
      if (!json.contains(name)) continue;
      if (select.iteration != Iteration::once) {
        fail(select.place, "only one of forEach, forEachOrNull and repeat can be used");
      }
      select.iteration = iteration;
      if (iteration != Iteration::repeat) {
        select.paths.push_back(required(json, name, select.place));
        continue;
      }
      for (const auto& [item, at] : list(json, name, select.place)) {
        if (!item->is_string()) fail(at, "it must be a string");
        select.paths.push_back(item->get<std::string>());
      }
      if (select.paths.empty()) fail(select.place, "repeat has no path");
    }
  }

  ColumnModel read_column(const Json& json, const std::string& place) {
    ColumnModel column;
    column.place = place;
    column.name = required(json, "name", place);
    column.path = required(json, "path", place);
    column.type = text(json, "type", place);
    column.description = text(json, "description", place);
    note_unknown(json, column_names, place);
    const auto list = json.find("collection");
    if (list != json.end() && !list->is_boolean()) {
      fail(join(place, "collection"), "it must be true or false");
    }
    column.list = list != json.end() && list->get<bool>();
    for (const auto& [item, at] : this->list(json, "tag", place)) read_tag(*item, at, column);
    check_name(column);
    return column;
  }

  /// Tags of others are theirs.
  void read_tag(const Json& json, const std::string& place, ColumnModel& column) {
    constexpr std::string_view own = "lhcr/";
    const std::string name = required(json, "name", place);
    const std::string value = text(json, "value", place);
    if (name == "ansi/type") column.sql_type = value;
    if (!name.starts_with(own)) return;
    const auto tag = std::find_if(tags.begin(), tags.end(),
                                  [&](const Tag& known) { return known.name == name; });
    if (tag == tags.end() || !tag->set(column.role, value)) {
      fail(place,
           "tag " + name + " with value '" + value +
               "': there are lhcr/key and lhcr/required (true), lhcr/references (the name "
               "of a table), lhcr/domain (that of a concept), lhcr/merge (least, greatest, last)");
    }
  }

  /// Constraint sql-name of ViewDefinition.
  void check_name(const ColumnModel& column) const {
    const bool good = is_letter(column.name.front()) &&
                      std::all_of(column.name.begin(), column.name.end(),
                                  [](char byte) { return is_alphanumeric(byte) || byte == '_'; });
    if (!good) {
      fail(column.place, "'" + column.name +
                             "' is not a name for a column: a letter, then letters, digits and "
                             "underscores");
    }
  }

  ViewModel& view_;
  std::string file_;
};

}  // namespace

ViewModel read_view(const std::string& name, const std::string& text) {
  ViewModel view;
  view.file = name;
  try {
    Reader(view, name).all(Json::parse(text));
  } catch (const Json::exception& fault) {
    view_fault(name, "", std::string("it is not JSON: ") + fault.what());
  }
  return view;
}

}  // namespace lhcr::view
