// SPDX-License-Identifier: Apache-2.0
#include "map/run/vital_signs.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ucum.hpp"
#include "map/run/edit.hpp"

namespace lhcr::map {
namespace {

using tree::no_node;
using tree::NodeId;
using tree::Tree;

struct Vital {
  std::string_view code;
  std::string_view units;
};
struct Spelling {
  std::string_view written;
  std::string_view unit;
};
constexpr std::array vitals = {
#define LHCR_VITAL(code, units) Vital{code, units},
#define LHCR_SPELLING(written, unit)
#include "map/run/vital_units.def"
};
constexpr std::array spellings = {
#define LHCR_VITAL(code, units)
#define LHCR_SPELLING(written, unit) Spelling{written, unit},
#include "map/run/vital_units.def"
};

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

class Settler {
 public:
  Settler(const Names& names, const definition::Definitions& definitions, Tree& tree)
      : names_(names), definitions_(definitions), tree_(tree) {}

  /// `holder` has a code and a value: an Observation, or a component of one.
  void settle(NodeId holder, NodeId resource) {
    const std::string_view units = units_of(holder);
    const NodeId value = units.empty() ? no_node : tree_.child(holder, names_.value);
    if (value == no_node || is_good(value, units)) {
      return;
    }
    const Amount amount = amount_of(value);
    if (!amount.number.empty() && rewrite(holder, value, amount, units)) {
      return;
    }
    tell(holder, value, resource);
  }

 private:
  [[nodiscard]] std::string_view text(NodeId node, Symbol name) const {
    const NodeId found = node == no_node ? no_node : tree_.child(node, name);
    return found == no_node ? std::string_view{} : tree_[found].text();
  }

  [[nodiscard]] std::string_view units_of(NodeId holder) const {
    const NodeId code = tree_.child(holder, names_.code);
    if (code == no_node) {
      return {};
    }
    for (const NodeId coding : tree_.children(code)) {
      if (text(coding, names_.system) != loinc) {
        continue;
      }
      const std::string_view said = text(coding, names_.code);
      const auto* const found = std::find_if(vitals.begin(), vitals.end(),
                                             [&](const Vital& row) { return row.code == said; });
      if (found != vitals.end()) {
        return found->units;
      }
    }
    return {};
  }

  [[nodiscard]] static bool lists(std::string_view units, std::string_view unit) {
    const std::string all = " " + std::string(units) + " ";
    return !unit.empty() && all.find(" " + std::string(unit) + " ") != std::string::npos;
  }

  [[nodiscard]] bool is_good(NodeId value, std::string_view units) const {
    return text(value, names_.system) == ucum_system && lists(units, text(value, names_.code));
  }

  [[nodiscard]] std::string unit_of(NodeId quantity) const {
    const std::string_view code = text(quantity, names_.code);
    return std::string(code.empty() ? text(quantity, names_.unit) : code);
  }

  /// A ratio to one of something is so many of it.
  [[nodiscard]] Amount amount_of(NodeId value) const {
    const NodeId numerator = tree_.child(value, names_.numerator);
    if (numerator == no_node) {
      return {text(value, names_.value), unit_of(value)};
    }
    const NodeId denominator = tree_.child(value, names_.denominator);
    const std::optional<Decimal> one = Decimal::parse(text(denominator, names_.value));
    if (!one || !(*one == Decimal(1))) {
      return {};
    }
    const std::string above = unit_of(numerator);
    return {text(numerator, names_.value),
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
    if (lists(units, unit) && tree_.child(value, names_.numerator) == no_node) {
      put(value, names_.system, ucum_system);
      put(value, names_.code, unit);
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
    const NodeId made = append_node(tree_, holder, names_.valueQuantity);
    const NodeId kept = append_extension(names_, tree_, made, translation_url);
    append_node(tree_, kept, names_.id, "original");  // what the way back writes
    const NodeId before = append_node(tree_, kept, names_.valueQuantity);
    append_node(tree_, before, names_.value, tree_.arena().copy(amount.number));
    tree_[tree_.child(before, names_.value)].kind = tree::Kind::number;
    append_node(tree_, before, names_.unit, tree_.arena().copy(amount.unit));
    if (ucum::is_valid(amount.unit)) {
      append_node(tree_, before, names_.system, ucum_system);
      append_node(tree_, before, names_.code, tree_.arena().copy(amount.unit));
    }
    append_node(tree_, made, names_.value, tree_.arena().copy(number));
    tree_[tree_.child(made, names_.value)].kind = tree::Kind::number;
    append_node(tree_, made, names_.unit, unit);
    append_node(tree_, made, names_.system, ucum_system);
    append_node(tree_, made, names_.code, unit);
    keep_extensions(value, made);
    remove_node(tree_, value);
    retype(holder);
  }

  void keep_extensions(NodeId from, NodeId to) {
    std::vector<NodeId> kept;
    for (const NodeId child : tree_.children(from)) {
      if (tree_[child].name == names_.extension) {
        kept.push_back(child);
      }
    }
    for (const NodeId child : kept) {
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
    const Symbol reason = tree_.find("dataAbsentReason");
    if (tree_.child(holder, reason) == no_node) {
      const NodeId coding =
          append_node(tree_, append_node(tree_, holder, reason), tree_.find("coding"));
      append_node(tree_, coding, names_.system, absent_system);
      append_node(tree_, coding, names_.code, "unsupported");
      retype(holder);
    }
    if (!words.empty()) {
      const NodeId note = append_node(tree_, resource, tree_.find("note"));
      append_node(tree_, note, names_.text, tree_.arena().copy(words));
      retype(resource);
    }
  }

  [[nodiscard]] std::string plain(NodeId node) const {
    std::string out(tree_[node].text());
    for (const NodeId child : tree_.children(node)) {
      const bool said = tree_[child].name != names_.system && tree_[child].name != names_.extension;
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

  const Names& names_;
  const definition::Definitions& definitions_;
  Tree& tree_;
};

}  // namespace

void settle_vital_signs(const Names& names, const definition::Definitions& definitions,
                        Tree& tree) {
  const Symbol component = tree.find("component");
  const definition::TypeId type = definitions.type("Observation");
  Settler settler(names, definitions, tree);
  const NodeId end = tree.size();
  for (NodeId node = tree::root_node; node < end; ++node) {
    if (tree[node].type != type || tree[node].child == no_node) {
      continue;
    }
    settler.settle(node, node);
    for (const NodeId child : tree.children(node)) {
      if (tree[child].element == component) {
        settler.settle(child, node);
      }
    }
  }
}

}  // namespace lhcr::map
