// SPDX-License-Identifier: Apache-2.0
#include "map/run/turning.hpp"

#include <algorithm>

#include "base/names.hpp"

namespace lhcr::map {
namespace {

/// Whether the result has an element, or a part of it.
bool is_carried(const tree::Tree& tree, tree::NodeId node, const Ledger& ledger) {
  const auto children = tree.children(node);
  return ledger.has(node) || std::any_of(children.begin(), children.end(), [&](tree::NodeId child) {
           return is_carried(tree, child, ledger);
         });
}

/// The codes of a code, a Coding or a CodeableConcept; what has none is its own text.
void add_codes(const tree::Tree& tree, tree::NodeId node, std::vector<std::string_view>& out) {
  if (tree[node].child == tree::no_node || tree[node].length > 0) {
    out.push_back(tree[node].text());
    return;
  }
  for (const tree::NodeId child : tree.children(node)) {
    if (tree[child].name == name::coding || tree[child].name == name::code ||
        tree[child].name == name::text) {
      add_codes(tree, child, out);
    }
  }
}

/// Nothing but why there is no value.
bool is_absent(const tree::Tree& tree, tree::NodeId node) {
  const auto children = tree.children(node);
  return tree[node].length == 0 && tree[node].element != name::extension &&
         std::all_of(children.begin(), children.end(), [&](tree::NodeId child) {
           return tree[child].name == name::extension || tree[child].name == name::id;
         });
}

}  // namespace

std::vector<tree::NodeId> Turning::unsaid(const tree::Tree& tree, tree::NodeId resource,
                                          const Ledger& ledger) const {
  std::vector<tree::NodeId> out;
  if (definitions_ != nullptr) {
    visit(tree, resource, ledger, std::string(tree.resource_type(resource)), out);
  }
  return out;
}

void Turning::visit(const tree::Tree& tree, tree::NodeId node, const Ledger& ledger,
                    const std::string& path, std::vector<tree::NodeId>& out) const {
  const Modifiers& modifiers = modifiers_of(tree, tree[node].type);
  for (const tree::NodeId child : tree.children(node)) {
    const Symbol element = tree[child].element;
    const auto below = [&] { return path + "." + std::string(tree.name(element)); };
    if (std::find(modifiers.begin(), modifiers.end(), element) != modifiers.end()) {
      if (!is_carried(tree, child, ledger) && !is_plain(tree, child, below())) {
        out.push_back(child);
      }
    } else if (tree[child].child != tree::no_node && !tree[child].is(tree::Flag::resource) &&
               is_carried(tree, child, ledger)) {
      visit(tree, child, ledger, below(), out);
    }
  }
}

/// A data type's own modifiers (Quantity.comparator, HumanName.use) are its codec's; that it may be
/// modified by an extension is everybody's.
const Turning::Modifiers& Turning::modifiers_of(const tree::Tree& tree,
                                                definition::TypeId type) const {
  const auto [known, added] = known_.try_emplace(type);
  if (!added || type == definition::no_type) {
    return known->second;
  }
  const bool data_type = definitions_->info(type).kind == definition::TypeKind::complex;
  const std::string path = std::string(definitions_->info(type).name) + ".";
  for (const definition::Child& child : definitions_->children(type)) {
    const bool modifier = child.definition != definition::no_element &&
                          definitions_->element(child.definition).modifier &&
                          (!data_type || tree.name(child.element) == "modifierExtension");
    if (modifier || map_->plain.contains(path + std::string(tree.name(child.element)))) {
      known->second.push_back(child.element);
    }
  }
  return known->second;
}

bool Turning::is_plain(const tree::Tree& tree, tree::NodeId node, const std::string& path) const {
  if (is_absent(tree, node)) {
    return true;
  }
  std::vector<std::string_view> codes;
  add_codes(tree, node, codes);
  codes.push_back({});  // what may say anything may have no code
  return std::any_of(codes.begin(), codes.end(),
                     [&](std::string_view code) { return map_->is_plain(path, code); });
}

std::string turning_text(const tree::Tree& tree, tree::NodeId modifier) {
  std::vector<std::string_view> codes;
  add_codes(tree, modifier, codes);
  std::string out(tree.name_of(modifier));
  for (const std::string_view code : codes) {
    out += (code.data() == codes[0].data() ? "=" : ",") + std::string(code);
  }
  return out;
}

}  // namespace lhcr::map
