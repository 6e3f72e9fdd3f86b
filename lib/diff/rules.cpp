// SPDX-License-Identifier: Apache-2.0
#include "diff/rules.hpp"

#include <algorithm>
#include <array>

namespace lhcr::diff {
namespace {

using definition::no_type;
using definition::TypeId;
using definition::TypeInfo;
using definition::TypeKind;

}  // namespace

struct TableRow {
  enum class Kind : std::uint8_t {
    key,
    ordered,
    noise,
    minor,
    label,
    text,
    whole,
    value,
    date,
    who
  };
  Kind kind;
  std::string_view type;
  std::string_view what = {};
  std::string_view child = {};
  std::string_view values = {};
};

namespace {

constexpr TableRow table[] = {
#define LHCR_DIFF_KEY(type, paths) {TableRow::Kind::key, type, paths},
#define LHCR_DIFF_ORDERED(type, name) {TableRow::Kind::ordered, type, name},
#define LHCR_DIFF_NOISE(type, name) {TableRow::Kind::noise, type, name},
#define LHCR_DIFF_NOISE_IF(type, name, child, values) \
  {TableRow::Kind::noise, type, name, child, values},
#define LHCR_DIFF_MINOR(type, name) {TableRow::Kind::minor, type, name},
#define LHCR_DIFF_LABEL(type, paths) {TableRow::Kind::label, type, paths},
#define LHCR_DIFF_TEXT(type, paths) {TableRow::Kind::text, type, paths},
#define LHCR_DIFF_WHOLE(type) {TableRow::Kind::whole, type},
#define LHCR_DIFF_VALUE(type, paths) {TableRow::Kind::value, type, paths},
#define LHCR_DIFF_DATE(type, paths) {TableRow::Kind::date, type, paths},
#define LHCR_DIFF_WHO(type, paths) {TableRow::Kind::who, type, paths},
#define LHCR_DIFF_NOT_MEANT(name)
#include "diff/rules.def"
#undef LHCR_DIFF_NOT_MEANT
#undef LHCR_DIFF_WHO
#undef LHCR_DIFF_DATE
#undef LHCR_DIFF_VALUE
#undef LHCR_DIFF_WHOLE
#undef LHCR_DIFF_NOISE_IF
#undef LHCR_DIFF_KEY
#undef LHCR_DIFF_ORDERED
#undef LHCR_DIFF_NOISE
#undef LHCR_DIFF_MINOR
#undef LHCR_DIFF_LABEL
#undef LHCR_DIFF_TEXT
};

struct LeafRow {
  std::string_view type;
  Leaf leaf;
};
constexpr LeafRow leaf_rows[] = {
    {"decimal", Leaf::decimal}, {"dateTime", Leaf::moment},   {"instant", Leaf::moment},
    {"date", Leaf::exact},      {"time", Leaf::exact},        {"xhtml", Leaf::xhtml},
    {"code", Leaf::exact},      {"id", Leaf::exact},          {"uri", Leaf::exact},
    {"url", Leaf::exact},       {"canonical", Leaf::exact},   {"oid", Leaf::exact},
    {"uuid", Leaf::exact},      {"base64Binary", Leaf::text}, {"boolean", Leaf::exact},
    {"integer", Leaf::exact},   {"positiveInt", Leaf::exact}, {"unsignedInt", Leaf::exact},
};

const std::vector<Row>& find_rows(const std::unordered_map<TypeId, std::vector<Row>>& rows,
                                  TypeId type) {
  static const std::vector<Row> none;
  const auto found = rows.find(type);
  return found == rows.end() ? none : found->second;
}

bool has_word(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (words.substr(0, end) == word) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

std::string_view cut(std::string_view& rest, char separator) {
  const std::size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

}  // namespace

TypeId type_named(const definition::Definitions& definitions, const SymbolTable& symbols,
                  std::string_view name) {
  TypeId type = definitions.type(cut(name, '.'));
  while (type != no_type && !name.empty()) {
    const Symbol symbol = symbols.find(cut(name, '.'));
    const definition::Child* row = symbol == no_symbol ? nullptr : definitions.child(type, symbol);
    type = row == nullptr ? no_type : row->type;
  }
  return type;
}

Rules::Rules(const definition::Definitions& definitions, const SymbolTable& symbols)
    : definitions_(definitions),
      symbols_(symbols),
      shared_(symbols.size()),
      reference_(definitions.type("Reference")),
      noise_(symbols.size(), false) {
  for (const TableRow& row : table) {
    switch (row.kind) {
      case TableRow::Kind::key:
        add_row(keys_, row.type, row.what);
        break;
      case TableRow::Kind::label:
        add_row(labels_, row.type, row.what);
        break;
      case TableRow::Kind::text:
        add_row(texts_, row.type, row.what);
        break;
      case TableRow::Kind::value:
        add_row(values_, row.type, row.what);
        break;
      case TableRow::Kind::date:
        add_row(dates_, row.type, row.what);
        break;
      case TableRow::Kind::who:
        add_row(subjects_, row.type, row.what);
        break;
      case TableRow::Kind::whole:
        whole_.push_back(type_named(definitions_, symbols_, row.type));
        break;
      case TableRow::Kind::ordered:
        add_element(ordered_, row.type, row.what);
        break;
      case TableRow::Kind::noise:
        add_noise(row);
        break;
      case TableRow::Kind::minor:
        add_element(minor_, row.type, row.what);
        break;
    }
  }
  for (const Element& row : noise_rows_) noise_[row.name] = true;
  give_to_resources(keys_, true);
  for (RowTable* rows : {&labels_, &dates_, &subjects_}) give_to_resources(*rows, false);
  set_leaves();
}

void Rules::add_row(RowTable& rows, std::string_view type, std::string_view paths) {
  const TypeId id = type_named(definitions_, symbols_, type);
  if (id == no_type) return;
  Row row;
  while (!paths.empty()) {
    std::string_view path = cut(paths, ' ');
    if (path.starts_with('*')) {
      row.any = true;
      path.remove_prefix(1);
    }
    Steps steps;
    while (!path.empty()) steps.push_back(symbols_.find(cut(path, '.')));
    row.paths.push_back(std::move(steps));
  }
  rows[id].push_back(std::move(row));
}

void Rules::add_element(std::vector<Element>& rows, std::string_view type, std::string_view name) {
  const TypeId id = type_named(definitions_, symbols_, type);
  const Symbol symbol = symbols_.find(name);
  const bool any = type == "*";
  if ((any || id != no_type) && symbol != no_symbol) rows.push_back({id, symbol, any});
}

void Rules::add_noise(const TableRow& row) {
  const std::size_t before = noise_rows_.size();
  add_element(noise_rows_, row.type, row.what);
  if (noise_rows_.size() == before || row.child.empty()) return;
  noise_rows_.back().child = symbols_.find(row.child);
  noise_rows_.back().values = row.values;
}

/// The rows of "Resource" hold for every resource type, before or behind its own.
void Rules::give_to_resources(RowTable& rows, bool first) {
  const std::vector<Row> shared = find_rows(rows, definitions_.type("Resource"));
  for (const TypeInfo& info : definitions_.types()) {
    if (info.kind != TypeKind::resource || info.name == "Resource") continue;
    std::vector<Row>& own = rows[definitions_.type(info.name)];
    own.insert(first ? own.begin() : own.end(), shared.begin(), shared.end());
  }
}

void Rules::set_leaves() {
  for (const LeafRow& row : leaf_rows) {
    const TypeId id = definitions_.type(row.type);
    if (id == no_type) continue;
    if (leaves_.size() <= id) leaves_.resize(id + std::size_t{1}, Leaf::text);
    leaves_[id] = row.leaf;
  }
}

const std::vector<Row>& Rules::keys(TypeId type) const {
  return find_rows(keys_, type);
}
const std::vector<Row>& Rules::labels(TypeId type) const {
  return find_rows(labels_, type);
}
const std::vector<Row>& Rules::texts(TypeId type) const {
  return find_rows(texts_, type);
}

const std::vector<Row>& Rules::values(TypeId type) const {
  return find_rows(values_, type);
}
const std::vector<Row>& Rules::dates(TypeId type) const {
  return find_rows(dates_, type);
}
const std::vector<Row>& Rules::subjects(TypeId type) const {
  return find_rows(subjects_, type);
}

bool Rules::whole(TypeId type) const {
  if (type == no_type) return false;
  return std::any_of(whole_.begin(), whole_.end(), [&](TypeId row) {
    return row != no_type && (row == type || definitions_.derives(type, row));
  });
}

bool Rules::matches(const Element& row, TypeId parent, Symbol element) const {
  return row.name == element && (row.any_parent || row.parent == parent ||
                                 (parent != no_type && definitions_.derives(parent, row.parent)));
}

bool Rules::holds(const std::vector<Element>& rows, TypeId parent, Symbol element) const {
  return std::any_of(rows.begin(), rows.end(),
                     [&](const Element& row) { return matches(row, parent, element); });
}

bool Rules::ordered(TypeId parent, Symbol element) const {
  return holds(ordered_, parent, element);
}
bool Rules::minor(TypeId parent, Symbol element) const {
  return holds(minor_, parent, element);
}
bool Rules::noise_of(const tree::Tree& tree, tree::NodeId node) const {
  const TypeId parent = tree[tree[node].parent].type;
  return std::any_of(noise_rows_.begin(), noise_rows_.end(), [&](const Element& row) {
    if (!matches(row, parent, tree[node].element)) return false;
    if (row.values.empty()) return true;
    const tree::NodeId child = row.child == no_symbol ? tree::no_node : tree.child(node, row.child);
    return child != tree::no_node && has_word(row.values, tree[child].text());
  });
}

}  // namespace lhcr::diff
