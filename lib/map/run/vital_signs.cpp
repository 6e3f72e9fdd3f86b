// SPDX-License-Identifier: Apache-2.0
#include "map/run/vital_signs.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/names.hpp"
#include "base/text.hpp"
#include "base/ucum.hpp"
#include "map/run/edit.hpp"
#include "tree/nodes.hpp"

namespace lhcr::map {
namespace {

using tree::no_node;
using tree::NodeId;
using tree::Tree;

struct Vital {
  std::string_view code;
  std::string_view units;
};
struct Panel {
  std::string_view code;
  std::string_view element;
};
struct Compound {
  std::string_view code;
  std::string_view parts;
};
struct Spelling {
  std::string_view written;
  std::string_view unit;
};
constexpr std::array vitals = {
#define LHCR_VITAL(code, units) Vital{code, units},
#define LHCR_PARTS(code, parts)
#define LHCR_PANEL(code, element)
#define LHCR_SPELLING(written, unit)
#include "map/run/vital_units.def"
};
constexpr std::array panels = {
#define LHCR_VITAL(code, units)
#define LHCR_PARTS(code, parts)
#define LHCR_PANEL(code, element) Panel{code, element},
#define LHCR_SPELLING(written, unit)
#include "map/run/vital_units.def"
};
constexpr std::array compounds = {
#define LHCR_VITAL(code, units)
#define LHCR_PARTS(code, parts) Compound{code, parts},
#define LHCR_PANEL(code, element)
#define LHCR_SPELLING(written, unit)
#include "map/run/vital_units.def"
};
constexpr std::array spellings = {
#define LHCR_VITAL(code, units)
#define LHCR_PARTS(code, parts)
#define LHCR_PANEL(code, element)
#define LHCR_SPELLING(written, unit) Spelling{written, unit},
#include "map/run/vital_units.def"
};

constexpr std::string_view vital_category = "vital-signs";
constexpr std::string_view category_system =
    "http://terminology.hl7.org/CodeSystem/observation-category";
constexpr std::string_view loinc = "http://loinc.org";
constexpr std::string_view ucum_system = "http://unitsofmeasure.org";
constexpr std::string_view absent_system =
    "http://terminology.hl7.org/CodeSystem/data-absent-reason";
constexpr std::string_view translation_url =
    "http://hl7.org/fhir/StructureDefinition/iso21090-PQ-translation";

/// A number with its unit as a record has them.
struct Amount {
  std::string_view number;
  std::string unit;  ///< of UCUM, or as people write it
};

class VitalSignSettler {
 public:
  VitalSignSettler(const definition::Definitions& definitions, Tree& tree)
      : definitions_(definitions), tree_(tree) {}

  /// `holder` has a code and a value: an Observation, or a component of one.
  void settle(NodeId holder, NodeId resource) {
    const std::string_view units = units_of(holder);
    const NodeId value = units.empty() ? no_node : tree_.child(holder, name::value);
    if (value == no_node || is_good(value, units)) {
      return;
    }
    const Amount amount = amount_of(value);
    if (!amount.number.empty() && rewrite(holder, value, amount, units)) {
      return;
    }
    tell(holder, value, resource);
  }

  /// What a profile asks for beside values: members, components, or why there is no value (vs-2).
  void complete(NodeId holder) {
    const auto panel = row_of(panels, holder);
    if (panel.first != panels.end() && !has(holder, panel.first->element)) {
      remove_node(tree_, panel.second);
    }
    if (const auto compound = row_of(compounds, holder); compound.first != compounds.end()) {
      add_parts(holder, compound.first->parts);
    }
    if (tree_.child(holder, name::value) != no_node) {
      return;
    }
    const bool known = panel.first != panels.end() || is_vital(holder) || !units_of(holder).empty();
    if (known && !has(holder, "hasMember") && !has(holder, "component") &&
        !has(holder, "dataAbsentReason")) {
      absent(holder, "unknown");
    }
  }

  /// FHIR takes what has the code for a vital sign wherever it stands: the profile asks for the
  /// category.
  void classify(NodeId holder) {
    const bool known = !units_of(holder).empty() || row_of(panels, holder).first != panels.end() ||
                       row_of(compounds, holder).first != compounds.end();
    if (known && !is_vital(holder)) {
      append_concept(holder, name::category, category_system, vital_category);
      retype(holder);
    }
  }

  /// The profile says of a date that it has a day (vs-1): a month or a year is a period.
  void date(NodeId holder) {
    const NodeId effective = tree_.child(holder, name::effective);
    constexpr std::size_t day = 10;
    if (effective == no_node || tree_[effective].length == 0 || tree_[effective].length >= day ||
        (!is_vital(holder) && units_of(holder).empty())) {
      return;
    }
    const std::string_view said = tree_[effective].text();
    remove_node(tree_, effective);
    const NodeId made = append_node(tree_, holder, name::effective_period);
    append_node(tree_, made, name::start, said);
    append_node(tree_, made, name::end, said);
    retype(holder);
  }

 private:
  [[nodiscard]] bool has(NodeId holder, std::string_view element) const {
    return tree::child_node(tree_, holder, element) != no_node;
  }

  /// Whether the category says so.
  [[nodiscard]] bool is_vital(NodeId holder) const {
    for (const NodeId category : tree::all_named(tree_, holder, name::category)) {
      const auto codings = tree_.children(category);
      if (std::any_of(codings.begin(), codings.end(),
                      [&](NodeId coding) { return text(coding, name::code) == vital_category; })) {
        return true;
      }
    }
    return false;
  }

  void add_parts(NodeId holder, std::string_view parts) {
    for (std::string_view rest = parts; !rest.empty();) {
      const std::string_view code = rest.substr(0, rest.find(' '));
      rest.remove_prefix(std::min(rest.size(), code.size() + 1));
      if (!has_part(holder, code)) {
        const NodeId made = append_node(tree_, holder, name::component);
        append_concept(made, name::code, loinc, code);
        retype(holder);
        absent(made, "unknown");
      }
    }
  }

  [[nodiscard]] bool has_part(NodeId holder, std::string_view code) const {
    const auto parts = tree::all_named(tree_, holder, name::component);
    return std::any_of(parts.begin(), parts.end(), [&](NodeId part) {
      const auto row = row_of(vitals, part).first;
      return row != vitals.end() && row->code == code;
    });
  }

  [[nodiscard]] std::string_view text(NodeId node, Symbol name) const {
    return node == no_node ? std::string_view{} : tree::child_text(tree_, node, name);
  }

  void append_concept(NodeId holder, Symbol name, std::string_view system, std::string_view code) {
    const NodeId coding = append_node(tree_, append_node(tree_, holder, name), name::coding);
    append_node(tree_, coding, name::system, system);
    append_node(tree_, coding, name::code, code);
  }

  /// The row of a table with a code of LOINC that an element has, and the Coding.
  template <typename Table>
  [[nodiscard]] auto row_of(const Table& table, NodeId holder) const
      -> std::pair<typename Table::const_iterator, NodeId> {
    const NodeId code = tree_.child(holder, name::code);
    if (code == no_node) {
      return {table.end(), no_node};
    }
    for (const NodeId coding : tree_.children(code)) {
      const std::string_view said = text(coding, name::code);
      const auto found = std::find_if(table.begin(), table.end(),
                                      [&](const auto& row) { return row.code == said; });
      if (found != table.end() && text(coding, name::system) == loinc) {
        return {found, coding};
      }
    }
    return {table.end(), no_node};
  }

  [[nodiscard]] std::string_view units_of(NodeId holder) const {
    const auto row = row_of(vitals, holder).first;
    return row == vitals.end() ? std::string_view{} : row->units;
  }

  void absent(NodeId holder, std::string_view reason) {
    append_concept(holder, name::data_absent_reason, absent_system, reason);
    retype(holder);
  }

  [[nodiscard]] static bool lists(std::string_view units, std::string_view unit) {
    return !units.empty() && !unit.empty() && has_word(units, unit);
  }

  [[nodiscard]] bool is_good(NodeId value, std::string_view units) const {
    return text(value, name::system) == ucum_system && lists(units, text(value, name::code));
  }

  [[nodiscard]] std::string unit_of(NodeId quantity) const {
    const std::string_view code = text(quantity, name::code);
    return std::string(code.empty() ? text(quantity, name::unit) : code);
  }

  /// A ratio to one of something is so many of it.
  [[nodiscard]] Amount amount_of(NodeId value) const {
    const NodeId numerator = tree_.child(value, name::numerator);
    if (numerator == no_node) {
      return {text(value, name::value), unit_of(value)};
    }
    const NodeId denominator = tree_.child(value, name::denominator);
    const std::optional<Decimal> one = Decimal::parse(text(denominator, name::value));
    if (!one || !(*one == Decimal(1))) {
      return {};
    }
    const std::string above = unit_of(numerator);
    return {text(numerator, name::value),
            (above == "1" ? std::string() : above) + "/" + unit_of(denominator)};
  }

  [[nodiscard]] static std::string_view of_ucum(std::string_view unit) {
    const auto* const found =
        std::find_if(spellings.begin(), spellings.end(),
                     [&](const Spelling& row) { return row.written == unit; });
    return found == spellings.end() ? unit : found->unit;
  }

  /// With the precision of the number, and two places more where the factor is not one of ten.
  [[nodiscard]] static std::optional<std::string> converted(const Decimal& number,
                                                            const ucum::Unit& from,
                                                            const ucum::Unit& to) {
    const std::optional<Decimal> made = ucum::convert(number, from, to);
    return made ? std::optional(made->rounded(number.scale() + 2).normalized().text())
                : std::nullopt;
  }

  bool rewrite(NodeId holder, NodeId value, const Amount& amount, std::string_view units) {
    const std::string_view unit = of_ucum(amount.unit);
    const std::optional<Decimal> number = Decimal::parse(amount.number);
    const std::optional<ucum::Unit> from = ucum::parse(unit);
    if (!number || !from) {
      return false;
    }
    if (lists(units, unit) && tree_.child(value, name::numerator) == no_node) {
      put(value, name::system, ucum_system);
      put(value, name::code, unit);
      retype(holder);
      return true;
    }
    const std::string_view target = lists(units, unit) ? unit : units.substr(0, units.find(' '));
    const std::optional<ucum::Unit> to = ucum::parse(target);
    const std::optional<std::string> made =
        to && from->commensurable(*to) ? converted(*number, *from, *to) : std::nullopt;
    if (!made) {
      return false;
    }
    replace(holder, value, *made, target);
    return true;
  }

  /// A Quantity in place of a value, which stays beside it.
  void replace(NodeId holder, NodeId value, const std::string& number, std::string_view written) {
    const std::string_view unit = tree_.arena().copy(written);
    const Amount amount = amount_of(value);
    const NodeId made = append_node(tree_, holder, name::value_quantity);
    const NodeId kept = append_extension(tree_, made, translation_url);
    append_node(tree_, kept, name::id, "original");  // what the way back writes
    const NodeId before = append_node(tree_, kept, name::value_quantity);
    append_node(tree_, before, name::value, tree_.arena().copy(amount.number));
    tree_[tree_.child(before, name::value)].kind = tree::Kind::number;
    append_node(tree_, before, name::unit, tree_.arena().copy(amount.unit));
    if (ucum::is_valid(amount.unit)) {
      append_node(tree_, before, name::system, ucum_system);
      append_node(tree_, before, name::code, tree_.arena().copy(amount.unit));
    }
    append_node(tree_, made, name::value, tree_.arena().copy(number));
    tree_[tree_.child(made, name::value)].kind = tree::Kind::number;
    append_node(tree_, made, name::unit, unit);
    append_node(tree_, made, name::system, ucum_system);
    append_node(tree_, made, name::code, unit);
    keep_extensions(value, made);
    remove_node(tree_, value);
    retype(holder);
  }

  void keep_extensions(NodeId from, NodeId to) {
    for (const NodeId child : tree::all_named(tree_, from, name::extension)) {
      remove_node(tree_, child);
      move_node(tree_, to, child);
    }
  }

  /// In words, where nothing else is left.
  void tell(NodeId holder, NodeId value, NodeId resource) {
    const Amount amount = amount_of(value);
    const std::string words =
        amount.number.empty() ? plain(value) : std::string(amount.number) + " " + amount.unit;
    remove_node(tree_, value);
    if (!has(holder, "dataAbsentReason")) {
      absent(holder, "unsupported");
    }
    if (!words.empty()) {
      const NodeId note = append_node(tree_, resource, name::note);
      append_node(tree_, note, name::text, tree_.arena().copy(words));
      retype(resource);
    }
  }

  [[nodiscard]] std::string plain(NodeId node) const {
    std::string out(tree_[node].text());
    for (const NodeId child : tree_.children(node)) {
      const bool said = tree_[child].name != name::system && tree_[child].name != name::extension;
      const std::string below = said ? plain(child) : std::string();
      out += (out.empty() || below.empty() ? "" : " ") + below;
    }
    return out;
  }

  void put(NodeId parent, Symbol name, std::string_view content) {
    const NodeId there = tree_.child(parent, name);
    if (there == no_node) {
      append_node(tree_, parent, name, tree_.arena().copy(content));
    } else {
      replace_text(tree_, there, tree_.arena().copy(content));
    }
  }

  void retype(NodeId node) {
    definition::attach_types(tree_, definitions_, node, tree_[node].type);
  }

  const definition::Definitions& definitions_;
  Tree& tree_;
};

}  // namespace

void settle_vital_signs(const definition::Definitions& definitions, Tree& tree) {
  const definition::TypeId type = definitions.type("Observation");
  VitalSignSettler settler(definitions, tree);
  const NodeId end = tree.size();
  for (NodeId node = tree::root_node; node < end; ++node) {
    if (tree[node].type != type || tree[node].child == no_node) {
      continue;
    }
    settler.settle(node, node);
    for (const NodeId part : tree::all_named(tree, node, name::component)) {
      settler.settle(part, node);
      settler.complete(part);
    }
    settler.complete(node);
    settler.classify(node);
    settler.date(node);
  }
}

}  // namespace lhcr::map
