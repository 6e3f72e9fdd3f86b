// SPDX-License-Identifier: Apache-2.0
#include "map/run/complete.hpp"

#include <algorithm>

#include "base/check_digit.hpp"
#include "base/names.hpp"
#include "base/text.hpp"
#include "map/codec/codec_functions.hpp"
#include "map/run/edit.hpp"
#include "map/run/vital_signs.hpp"

namespace lhcr::map {

using tree::NodeId;
using tree::Tree;

namespace {

constexpr std::string_view snomed = "http://snomed.info/sct";

/// Identifiers of SNOMED CT have 6 to 18 digits, the last a check digit; expressions begin with
/// one.
bool may_be_concept(std::string_view code) {
  const std::size_t digits = std::min(code.find_first_not_of("0123456789"), code.size());
  return digits < code.size() ? digits > 0 && code.find_first_of(":+|") != code.npos
                              : digits >= 6 && digits <= 18 && has_verhoeff_check_digit(code);
}

}  // namespace

Completion::Completion(const definition::Definitions& definitions,
                       const definition::Definitions* other, const TypePairs* pairs)
    : definitions_(definitions),
      other_(other),
      pairs_(pairs),
      coding_(definitions.type("Coding")),
      known_(definitions.types().size()) {}

void Completion::run(const Map& map, Tree& tree) const {
  demand(tree);
  for (NodeId node = tree::root_node; node < tree.size(); ++node) {
    if (tree[node].type == coding_ && tree[node].child != tree::no_node) {
      judge_coding(map, tree, node);
    }
  }
  settle_vital_signs(definitions_, tree);
}

void Completion::demand(Tree& tree) const {
  for (NodeId node = tree::root_node; node < tree.size(); ++node) {
    const definition::TypeId type = tree[node].type;
    if (type != definition::no_type && type != coding_ && tree[node].child != tree::no_node &&
        definitions_.info(type).kind != definition::TypeKind::primitive && fill(tree, node)) {
      definition::attach_types(tree, definitions_, node, type);
    }
  }
}

bool Completion::fill(Tree& tree, NodeId node) const {
  bool any = false;
  for (const Demand& demand : demands(tree[node].type)) {
    if (tree.child(node, demand.element) != tree::no_node) {
      continue;
    }
    any = true;
    const NodeId made = append_node(tree, node, demand.written);
    const NodeId extension = append_extension(tree, made, absent_reason_url);
    append_node(tree, extension, name::value_code, "unknown");
    if (demand.primitive) {
      tree[made].kind = tree::Kind::null;
    }
  }
  return any;
}

const Completion::Demands& Completion::demands(definition::TypeId type) const {
  std::atomic<const Demands*>& slot = known_[type];
  if (const Demands* found = slot.load(std::memory_order_acquire); found != nullptr) {
    return *found;
  }
  const std::lock_guard lock(lock_);
  store_.push_back(look_up(type));
  slot.store(&store_.back(), std::memory_order_release);
  return store_.back();
}

Completion::Demands Completion::look_up(definition::TypeId type) const {
  Demands out;
  for (const definition::Child& child : definitions_.children(type)) {
    const bool again = !out.empty() && out.back().element == child.element;
    if (!again && child.definition != definition::no_element &&
        definitions_.element(child.definition).min > 0 && !other_demands(type, child)) {
      out.push_back({child.written, child.element,
                     definitions_.info(child.type).kind == definition::TypeKind::primitive});
    }
  }
  return out;
}

/// What changes its form (oid, Coding) may be there and not be carried; it is asked for then.
bool Completion::other_demands(definition::TypeId type, const definition::Child& child) const {
  const bool plain = definitions_.info(child.type).kind == definition::TypeKind::primitive;
  const auto demands = [&](definition::TypeId source) {
    const auto rows = other_->children(source);
    return std::any_of(rows.begin(), rows.end(), [&](const definition::Child& row) {
      return row.element == child.element && row.definition != definition::no_element &&
             other_->element(row.definition).min > 0 &&
             plain == (other_->info(row.type).kind == definition::TypeKind::primitive);
    });
  };
  return other_ != nullptr && pairs_ != nullptr && pairs_->all_sources(type, demands);
}

void Completion::judge_coding(const Map& map, Tree& tree, NodeId node) const {
  const NodeId system = tree.child(node, name::system);
  const NodeId code = tree.child(node, name::code);
  const NodeId display = tree.child(node, name::display);
  if (system == tree::no_node || code == tree::no_node) {
    return;
  }
  if (tree[system].text() == snomed && !may_be_concept(tree[code].text())) {
    replace_text(tree, system, tree.arena().copy(root_url(map.systems.oid(snomed))));
    return;
  }
  const definition::CodeSystemId known = definitions_.code_system(tree[system].text());
  if (known == definition::no_code_system) {
    return;
  }
  if (!definitions_.code_system_has(known, tree[code].text())) {
    const std::string_view oid = map.systems.oid(tree[system].text());
    if (definitions_.code_system_complete(known) && !oid.empty()) {
      const std::string_view urn = tree.arena().copy("urn:oid:" + std::string(oid));
      replace_text(tree, system, urn);
    }
    return;
  }
  if (display == tree::no_node) {
    return;
  }
  const std::string_view given = tree[display].text();
  const auto same = [&](std::string_view other) { return same_display(other, given); };
  const std::vector<std::string_view> good = definitions_.displays(known, tree[code].text());
  if (good.empty() || std::any_of(good.begin(), good.end(), same)) {
    return;
  }
  remove_node(tree, display);
  const NodeId extension = append_extension(tree, node, display_url);
  append_node(tree, extension, name::value_string, given);
  definition::attach_types(tree, definitions_, node, coding_);
}

}  // namespace lhcr::map
