// SPDX-License-Identifier: Apache-2.0
/// keepCoded: what a published list has stays, and whatever else may hold what somebody wrote goes.
#include <algorithm>

#include "base/names.hpp"
#include "privacy/published.hpp"
#include "privacy/work.hpp"

namespace lhcr::privacy {
namespace {

Effect clear_value(Work& work, tree::NodeId node) {
  if (!work.has_value(node)) return Effect::none;
  work.clear(node);
  return Effect::redacted;
}

/// The official display of a code that the definitions list is nobody's own words.
bool is_official(const Work& work, std::string_view system, std::string_view code,
                 std::string_view display) {
  const definition::CodeSystemId list = work.definitions.code_system(system);
  if (list == definition::no_code_system) return false;
  const auto known = work.definitions.displays(list, code);
  return std::find(known.begin(), known.end(), display) != known.end();
}

/// The parts of a Coding or Quantity as they came in: each decides about the others.
struct Parts {
  Parts(const Work& work, tree::NodeId node)
      : system(work.child_text(node, name::system)),
        code(work.child_text(node, name::code)),
        unit(work.child_text(node, name::unit)) {}
  std::string_view system;
  std::string_view code;
  std::string_view unit;
};

template <typename Keeps>
Effect each_part(Work& work, tree::NodeId node, const Keeps& keeps) {
  Effect effect = Effect::none;
  for (const tree::NodeId child : work.tree.children(node)) {
    if (work.is_touched(child) || !work.has_value(child)) continue;
    if (!keeps(child)) effect = clear_value(work, child);
    work.touch(child);
  }
  return effect;
}

Effect coding(Work& work, tree::NodeId node) {
  const Parts parts(work, node);
  const bool published = work.published.is_coding(parts.system, parts.code);
  return each_part(work, node, [&](tree::NodeId child) {
    const Symbol element = work.tree[child].element;
    if (element == name::version) return published && is_version(work.text(child));
    if (element == name::display) {
      return published && is_official(work, parts.system, parts.code, work.text(child));
    }
    const bool part = element == name::system || element == name::code;
    return (part && published) || work.tree[child].kind == tree::Kind::boolean;
  });
}

/// A value without its unit says so: a reader must not take the usual one.
void mark_unit(Work& work, tree::NodeId node, const Parts& parts) {
  const auto is_left = [&](Symbol name) { return !work.child_text(node, name).empty(); };
  const bool had = !parts.unit.empty() || !parts.code.empty();
  if (!had || is_left(name::unit) || is_left(name::code)) return;
  if (work.child_text(node, name::value).empty()) return;
  const Symbol place = parts.unit.empty() ? name::code : name::unit;
  add_json(work, work.tree.child(node, place), masked);
}

Effect quantity(Work& work, tree::NodeId node) {
  const Parts parts(work, node);
  const bool published = work.published.is_coding(parts.system, parts.code);
  Effect effect = Effect::none;
  const tree::NodeId value = work.tree.child(node, name::value);
  if (value != tree::no_node && !work.is_touched(value)) {
    effect = coarsen_number(work, value);
    work.touch(value);
  }
  const Effect others = each_part(work, node, [&](tree::NodeId child) {
    const Symbol element = work.tree[child].element;
    if (element == name::unit) return is_unit(work.text(child));
    if (element == name::system || element == name::code) return published;
    return work.published.is_bound_code(work.tree, child);
  });
  mark_unit(work, node, parts);
  return others == Effect::none ? effect : others;
}

Effect primitive(Work& work, tree::NodeId node) {
  const tree::Node& value = work.tree[node];
  if (value.kind == tree::Kind::boolean) return Effect::none;
  if (value.kind == tree::Kind::number) return coarsen_number(work, node);
  const bool keeps = value.type == work.types.code && work.published.is_bound_code(work.tree, node);
  return keeps ? Effect::none : clear_value(work, node);
}

}  // namespace

Effect keep_coded(Work& work, const CompiledRule&, tree::NodeId node) {
  if (work.has_value(node)) return primitive(work, node);
  const definition::TypeId type = work.tree[node].type;
  if (type == work.types.coding) return coding(work, node);
  const bool measured = type != definition::no_type && work.types.quantity != definition::no_type &&
                        work.definitions.derives(type, work.types.quantity);
  return measured ? quantity(work, node) : Effect::none;
}

}  // namespace lhcr::privacy
