// SPDX-License-Identifier: Apache-2.0
#include "diff/side.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "base/names.hpp"
#include "base/reference_text.hpp"
#include "diff/names.hpp"
#include "fhirpath/value.hpp"
#include "tree/nodes.hpp"

namespace lhcr::diff {

namespace {

constexpr Hash contained_seed = 0x5BD1E9955BD1E995U;
constexpr Hash pair_seed = 0xA0761D6478BD642FU;

bool is_leaf(const Node& node) {
  return node.kind != Kind::object && node.kind != Kind::null;
}

Hash word_at(std::string_view text, std::size_t at) noexcept {
  Hash word = 0;
  std::memcpy(&word, text.data() + at, sizeof word);
  return word;
}

/// Four words at a time, each into a sum of its own, so that none waits for the one before: lines
/// have kilobytes. A step can be undone, so that what differs in one word differs in the end.
constexpr std::size_t stripe = 4 * sizeof(Hash);

Hash hash_stripes(std::string_view text) noexcept {
  constexpr Hash odd = 0x9E3779B185EBCA87U;
  constexpr Hash other_odd = 0xC2B2AE3D27D4EB4FU;
  std::array<Hash, 4> sums = {odd + other_odd, other_odd, 0, 0 - odd};
  for (std::size_t at = 0; at < text.size(); at += stripe) {
    for (std::size_t lane = 0; lane < sums.size(); ++lane) {
      sums[lane] += word_at(text, at + lane * sizeof(Hash)) * other_odd;
      sums[lane] = std::rotl(sums[lane], 31) * odd;
    }
  }
  return mix(mix(sums[0], sums[1]), mix(sums[2], sums[3]));
}

}  // namespace

Hash hash_text(std::string_view text) noexcept {
  Hash hash = 0x27D4EB2F165667C5U ^ text.size();
  std::size_t at = text.size() / stripe * stripe;
  if (at != 0) hash = mix(hash, hash_stripes(text.substr(0, at)));
  for (; at + 8 <= text.size(); at += 8) hash = mix(hash, word_at(text, at));
  Hash last = 0;
  if (at < text.size()) std::memcpy(&last, text.data() + at, text.size() - at);
  return mix(hash, last);
}

std::uint64_t hash_of_target(std::string_view type, std::string_view id) {
  return mix(hash_text(type), hash_text(id));
}

Side::Side(const Record& record, const Rules& rules, const Options& options)
    : tree_(*record.tree),
      top_(record.node),
      rules_(rules),
      options_(options),
      targets_(record.targets),
      marks_(tree_.size(), 0),
      references_(&rules.definitions()) {
  references_.reset(tree_, top_);
  find_resources(top_);
  if (!options.strict) mark_noise_below(top_);
  if (options.paths != nullptr) mark_paths(*options.paths);
}

std::optional<Hash> Side::user_key(NodeId node) const {
  const auto found = user_keys_.find(node);
  return found == user_keys_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Hash> Side::outside(std::string_view reference) const {
  if (targets_ == nullptr) return std::nullopt;
  const auto by_url = targets_->find(hash_of_target({}, reference));
  if (by_url != targets_->end()) return by_url->second;
  const ReferenceText cut = cut_reference(reference);
  if (cut.id.empty()) return std::nullopt;
  const auto found = targets_->find(hash_of_target(cut.type, cut.id));
  return found == targets_->end() ? std::nullopt : std::optional(found->second);
}

std::optional<Hash> Side::pair(NodeId resource) const {
  const auto found = pairs_.find(resource);
  return found == pairs_.end() ? std::nullopt : std::optional(found->second);
}

Hash Side::name_key(Symbol name) const noexcept {
  return name < rules_.shared_symbols() ? name : hash_text(tree_.name(name)) | (Hash{1} << 63U);
}

Hash Side::element_key(NodeId node) const noexcept {
  const Node& found = tree_[node];
  return name_key(found.element != no_symbol ? found.element : found.name);
}

// --- what is ignored ---

/// Whether all of a node is noise: an element that holds nothing else is noise itself.
bool Side::mark_noise_below(NodeId node) {
  bool any = false;
  bool all = true;
  for (const NodeId child : tree_.children(node)) {
    const bool noise = rules_.noise(tree_, child) || mark_noise_below(child);
    if (noise) marks_[child] |= mark_ignored | mark_noise_row;
    any = any || noise;
    all = all && noise;
  }
  return any && all && !is_leaf(tree_[node]);
}

void Side::mark_below(NodeId node, std::uint8_t mark) {
  marks_[node] |= mark;
  for (const NodeId child : tree_.children(node)) mark_below(child, mark);
}

template <typename Visit>
void Side::each_match(const fhirpath::Expression& expression, const Visit& visit) {
  fhirpath::Evaluator evaluator(rules_.definitions());
  fhirpath::Context context;
  context.tree = &tree_;
  std::vector<NodeId> focuses{top_};
  for (const Resource& resource : resources_) {
    if (resource.node != top_) focuses.push_back(resource.node);
  }
  for (const NodeId focus : focuses) {
    context.resource = focus;
    for (const fhirpath::Value& value : evaluator.evaluate(expression, context, focus)) {
      if (value.is_node()) visit(value.node());
    }
  }
}

void Side::mark_matches(const fhirpath::Expression& expression, std::uint8_t mark) {
  each_match(expression, [&](NodeId node) { mark_below(node, mark); });
}

void Side::mark_paths(const Paths& paths) {
  for (const auto& expression : paths.ignore) mark_matches(expression, mark_ignored);
  for (const auto& expression : paths.only) {
    // What was asked for by name counts even where it is noise.
    each_match(expression, [&](NodeId node) {
      marks_[node] &= static_cast<std::uint8_t>(~mark_ignored);
      for (NodeId at = tree_[node].parent; at != no_node; at = tree_[at].parent) {
        marks_[at] &= static_cast<std::uint8_t>(~mark_ignored);
      }
      mark_below(node, mark_kept);
    });
  }
  if (!paths.only.empty()) drop_what_is_not_kept(top_, false);
  for (const auto& expression : paths.key) add_user_keys(expression);
}

bool Side::holds_kept(NodeId node) const {
  if ((marks_[node] & mark_kept) != 0) return true;
  const auto children = tree_.children(node);
  return std::any_of(children.begin(), children.end(),
                     [this](NodeId child) { return holds_kept(child); });
}

void Side::drop_what_is_not_kept(NodeId node, bool kept) {
  for (const NodeId child : tree_.children(node)) {
    const bool inside = kept || (marks_[child] & mark_kept) != 0;
    if (inside || tree_[child].is(Flag::meta)) continue;
    if (holds_kept(child)) {
      drop_what_is_not_kept(child, false);
    } else {
      marks_[child] |= mark_ignored;
    }
  }
}

/// The key belongs to the nearest repeating element around what the path finds, or to the resource.
void Side::add_user_keys(const fhirpath::Expression& expression) {
  each_match(expression, [&](NodeId node) {
    NodeId item =
        tree_[node].is(Flag::list) && tree_[node].child == no_node ? tree_[node].parent : node;
    while (item != top_ && !tree_[item].is(Flag::list) && !tree_[item].is(Flag::resource)) {
      item = tree_[item].parent;
    }
    Hash& key = user_keys_[item];
    key = mix(key, plain_hash(node));
  });
}

// --- resources and references ---

void Side::find_resources(NodeId node) {
  if (tree_[node].is(Flag::resource)) add_resource(node);
  for (const NodeId child : tree_.children(node)) {
    if (tree_[child].child != no_node && tree_[child].element != name::contained)
      find_resources(child);
  }
}

void Side::add_resource(NodeId node) {
  Resource made;
  made.node = node;
  made.entry = node == top_ ? no_node : tree_[node].parent;
  made.type = tree_.resource_type(node);
  made.id = tree::child_text(tree_, node, name::id);
  if (made.entry != no_node) made.full_url = tree::child_text(tree_, made.entry, name::full_url);
  resources_.push_back(made);
}

NodeId Side::resource_of(NodeId item) const {
  if (tree_[item].is(Flag::resource)) return item;
  const NodeId held = tree_.child(item, name::resource);
  return held != no_node && tree_[held].is(Flag::resource) ? held : no_node;
}

NodeId Side::resolve(NodeId from, std::string_view reference) const {
  return references_.meant(from, reference);
}

bool Side::is_reference(NodeId node) const {
  const Node& found = tree_[node];
  return found.element == name::reference && tree_[found.parent].type == rules_.reference_type();
}

// --- hashes ---

void Side::hash_all() {
  hashes_.assign(tree_.size(), 0);
  hash_below(top_);
}

bool Side::ordered(NodeId node) const {
  return options_.strict || rules_.ordered(tree_[tree_[node].parent].type, tree_[node].element);
}

Hash Side::hash_leaf(NodeId node) const {
  const Node& found = tree_[node];
  const Hash text = hash_text(found.text());
  return options_.strict
             ? mix(text, static_cast<Hash>(found.kind) * 2 + (found.is(Flag::list) ? 1U : 0U))
             : text;
}

/// A reference is what it leads to.
Hash Side::hash_reference(NodeId node) const {
  const std::string_view text = tree_[node].text();
  const NodeId target = resolve(node, text);
  if (target == no_node) {
    const auto number = outside(text);
    return number ? mix(pair_seed, *number) : hash_text(text);
  }
  const std::optional<Hash> number = pair(target);
  if (number) return mix(pair_seed, *number);
  return text.starts_with('#') ? mix(contained_seed, plain_hash(target)) : hash_text(text);
}

/// Content without following references, for what may lead back to itself.
Hash Side::plain_hash(NodeId node) const {
  const Node& found = tree_[node];
  Hash hash = is_leaf(found) ? hash_text(is_reference(node) && found.text().starts_with('#')
                                             ? std::string_view("#")
                                             : found.text())
                             : contained_seed;
  for (const NodeId child : tree_.children(node)) {
    if (!ignored(child)) hash += mix(name_key(tree_[child].name), plain_hash(child));
  }
  return hash;
}

Hash Side::hash_below(NodeId node) {
  const Node& found = tree_[node];
  Hash hash = 0;
  if (is_leaf(found)) {
    hash = !options_.strict && is_reference(node) ? hash_reference(node) : hash_leaf(node);
  } else if (options_.strict && found.is(Flag::list)) {
    hash = 1;
  }
  Symbol previous = no_symbol;
  Hash index = 0;
  for (const NodeId child : tree_.children(node)) {
    const Hash below = hash_below(child);
    const Symbol name = tree_[child].name;
    index = name == previous ? index + 1 : 0;
    previous = name;
    if (ignored(child)) continue;
    const Hash item = mix(name_key(name), below);
    hash += index > 0 && ordered(child) ? mix(item, index) : item;
  }
  hashes_[node] = hash;
  return hash;
}

// --- keys ---

std::vector<NodeId> Side::follow(NodeId node, const Steps& steps) const {
  std::vector<NodeId> nodes{node};
  for (const Symbol step : steps) {
    std::vector<NodeId> next;
    for (const NodeId from : nodes) {
      for (const NodeId child : tree_.children(from)) {
        if (tree_[child].element == step && step != no_symbol) next.push_back(child);
      }
    }
    nodes = std::move(next);
  }
  return nodes;
}

Hash Side::key_hash(NodeId node) const {
  for (const Row& row : rules_.keys(tree_[node].type)) {
    Hash sum = 0;
    const std::vector<Hash> found = keys(node, row);
    for (const Hash key : found) sum += key;
    if (!found.empty()) return sum;
  }
  return is_reference(node) ? hash_reference(node) : plain_hash(node);
}

std::vector<Hash> Side::keys(NodeId node, const Row& row) const {
  std::vector<Hash> found;
  Hash all = 0;
  for (const Steps& steps : row.paths) {
    const std::vector<NodeId> nodes = follow(node, steps);
    if (nodes.empty() && !row.any) return {};
    Hash part = 0;
    for (const NodeId at : nodes) {
      part += key_hash(at);
      if (row.any) found.push_back(mix(pair_seed, key_hash(at)));
    }
    all = mix(all, part);
  }
  if (!row.any) found.push_back(all);
  return found;
}

}  // namespace lhcr::diff
