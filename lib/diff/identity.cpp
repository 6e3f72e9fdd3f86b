// SPDX-License-Identifier: Apache-2.0
/// What a record is, in numbers that two runs of records can be matched by.
#include "base/names.hpp"
#include "base/reference_text.hpp"
#include "diff/diff.hpp"
#include "diff/names.hpp"
#include "diff/patient.hpp"
#include "diff/side.hpp"
#include "tree/nodes.hpp"

namespace lhcr::diff {
namespace {

/// Keys of one kind of rows, with the type's name: numbers of types differ between FHIR versions.
void add_keys(const Side& side, const Record& record, const Rules& rules, bool any,
              std::vector<std::uint64_t>& out) {
  const Hash type = hash_text(record.tree->resource_type(record.node));
  Hash number = 0;
  for (const Row& row : rules.keys((*record.tree)[record.node].type)) {
    ++number;
    if (row.any != any) continue;
    for (const Hash key : side.keys(record.node, row)) out.push_back(mix(mix(key, type), number));
  }
}

std::string_view text_at(const tree::Tree& tree, NodeId node, std::string_view name) {
  const Symbol symbol = tree.find(name);
  const NodeId child = symbol == no_symbol ? no_node : tree.child(node, symbol);
  return child == no_node ? std::string_view{} : tree[child].text();
}

NodeId find_patient(const tree::Tree& tree, NodeId node) {
  if (tree.resource_type(node) == "Patient") return node;
  for (const NodeId child : tree.children(node)) {
    if (tree[child].child == no_node) continue;
    const NodeId found = find_patient(tree, child);
    if (found != no_node) return found;
  }
  return no_node;
}

}  // namespace

std::uint64_t Comparer::content_hash(const Record& record) const {
  Side side(record, *rules_, options_);
  side.hash_all();
  return side.hash(side.top());
}

std::vector<std::uint64_t> Comparer::identity(const Record& record) const {
  const Side side(record, *rules_, options_);
  std::vector<std::uint64_t> found;
  if (const auto key = side.user_key(record.node)) found.push_back(*key);
  const Resource& top = side.resources().front();
  if (!top.id.empty()) found.push_back(hash_of_target(top.type, top.id));
  add_keys(side, record, *rules_, true, found);
  return found;
}

std::vector<std::uint64_t> Comparer::clinical_keys(const Record& record) const {
  std::vector<std::uint64_t> found;
  add_keys(Side(record, *rules_, options_), record, *rules_, false, found);
  return found;
}

std::optional<Subject> subject_of(const Record& record, const Rules& rules) {
  const tree::Tree& tree = *record.tree;
  Subject made;
  const NodeId patient = find_patient(tree, record.node);
  if (patient == no_node) {
    for (const std::string_view name : {"subject", "patient"}) {
      const Symbol symbol = tree.find(name);
      const NodeId held = symbol == no_symbol ? no_node : tree.child(record.node, symbol);
      if (held == no_node) continue;
      made.reference = cut_reference(text_at(tree, held, "reference")).type_and_id();
      if (!made.reference.empty()) return made;
    }
    return std::nullopt;
  }
  made.label = label_of(tree, patient, rules);
  made.birth_date = text_at(tree, patient, "birthDate");
  const std::string_view id = text_at(tree, patient, "id");
  if (!id.empty()) made.reference = "Patient/" + std::string(id);
  for (const NodeId child : tree::named(tree, patient, name::identifier)) {
    made.identifiers.emplace_back(text_at(tree, child, "system"), text_at(tree, child, "value"));
  }
  return made;
}

bool are_different(const Subject& left, const Subject& right) {
  bool comparable = false;
  for (const auto& [system, value] : left.identifiers) {
    for (const auto& [other_system, other_value] : right.identifiers) {
      if (system != other_system) continue;
      if (value == other_value) return false;
      comparable = true;
    }
  }
  if (comparable) return true;
  const bool named = !left.label.empty() && !right.label.empty();
  if (named) return left.label != right.label && left.birth_date != right.birth_date;
  return left.label.empty() && right.label.empty() && left.reference != right.reference;
}

std::string Subject::text() const {
  std::string out = label.empty() ? reference : label;
  if (!identifiers.empty()) out += " (" + identifiers.front().second + ")";
  return out;
}

}  // namespace lhcr::diff
