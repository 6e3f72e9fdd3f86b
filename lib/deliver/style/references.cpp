// SPDX-License-Identifier: Apache-2.0
#include "deliver/style/references.hpp"

#include <algorithm>
#include <utility>

#include "base/names.hpp"
#include "base/reference_text.hpp"

namespace lhcr::deliver {
namespace {

bool keeps_own_id(const Entry& entry) {
  return entry.method == "PUT" && entry.url.find('/') != std::string_view::npos &&
         entry.url.find('?') == std::string_view::npos;
}

/// What two entries are called leads nowhere.
void add_name(Work& work, std::string name, std::uint32_t index) {
  const auto [known, is_new] = work.names.emplace(std::move(name), index);
  if (!is_new && known->second != index) {
    known->second = static_cast<std::uint32_t>(work.entries.size());
  }
}

void add_names(Work& work, std::uint32_t index) {
  const Entry& entry = work.entries[index];
  if (keeps_own_id(entry)) add_name(work, std::string(entry.url), index);
  if (!child_text(work.record->tree, entry.resource, "id").empty()) return;
  const std::string_view name = cut_reference(entry.full_url).type_and_id();
  if (!name.empty()) add_name(work, std::string(name), index);
}

void index_entries(Work& work) {
  if (std::exchange(work.indexed, true)) return;
  work.references.reset(work.record->tree);
  work.by_resource.clear();
  work.names.clear();
  for (std::uint32_t index = 0; index < work.entries.size(); ++index) {
    const tree::NodeId resource = work.entries[index].resource;
    if (resource != tree::no_node) work.by_resource.emplace(resource, index);
    add_names(work, index);
  }
}

/// Takes entries with everything they need, depth first, without recursion.
class Picker {
 public:
  Picker(Work& work, const CutOptions& options)
      : work_(work), options_(options), taken_(work.entries.size()), needed_(work.entries.size()) {}

  std::vector<std::uint32_t> pick() {
    auto& entries = work_.entries;
    while (work_.first_open < entries.size() && entries[work_.first_open].state != State::fresh) {
      ++work_.first_open;
    }
    for (std::uint32_t index = work_.first_open; index < entries.size() && !full(); ++index) {
      const bool open = entries[index].state == State::fresh && !entries[index].flying;
      if (open && !taken_[index]) take(index, false);
    }
    return std::move(picked_);
  }

 private:
  [[nodiscard]] bool full() const { return options_.most != 0 && picked_.size() >= options_.most; }

  /// Whether an entry may leave although `target` is not in the same parcel.
  [[nodiscard]] bool settled(const Entry& target) const {
    if (target.state == State::applied)
      return !options_.needs_names || !server_name(target).empty();
    const bool over = target.state == State::refused || target.state == State::failed ||
                      target.state == State::unknown;
    return (over || options_.trust_own_ids) && keeps_own_id(target);
  }

  /// Everything that has to travel with `first`, itself first; empty when something else must be
  /// applied before.
  std::vector<std::uint32_t> needed_by(std::uint32_t first) {
    std::vector<std::uint32_t> need{first};
    needed_[first] = ++round_;
    for (std::size_t at = 0; at < need.size(); ++at) {
      for (const std::uint32_t target : work_.targets[need[at]]) {
        const Entry& entry = work_.entries[target];
        const bool here = options_.together && (taken_[target] || needed_[target] == round_);
        if (here || settled(entry)) continue;
        if (!options_.together || entry.state != State::fresh || entry.flying) return {};
        needed_[target] = round_;
        need.push_back(target);
      }
    }
    return need;
  }

  void take(std::uint32_t first, bool whole_or_nothing) {
    const std::vector<std::uint32_t> need = needed_by(first);
    const bool fits = options_.most == 0 || picked_.size() + need.size() <= options_.most;
    if (fits) {
      for (auto place = need.rbegin(); place != need.rend(); ++place) {
        taken_[*place] = true;
        picked_.push_back(*place);
      }
      return;
    }
    if (whole_or_nothing) return;
    // What an entry needs may fit without it; what comes last in the list needs least.
    for (auto place = need.rbegin(); place != need.rend() && !full(); ++place) {
      if (!taken_[*place]) take(*place, true);
    }
  }

  Work& work_;
  const CutOptions& options_;
  std::vector<bool> taken_;
  std::vector<std::uint32_t> needed_;
  std::uint32_t round_ = 0;
  std::vector<std::uint32_t> picked_;
};

void put_text(tree::Tree& tree, tree::NodeId node, std::string_view text) {
  const std::string_view kept = tree.arena().copy(text);
  tree[node].bytes = kept.data();
  tree[node].length = static_cast<std::uint32_t>(kept.size());
}

}  // namespace

void each_reference(const tree::Tree& tree, tree::NodeId resource,
                    const std::function<void(tree::NodeId)>& call) {
  if (resource == tree::no_node) return;
  tree::NodeId node = tree[resource].child;
  while (node != tree::no_node && node != resource) {
    const std::string_view text = tree[node].text();
    const bool named = tree[node].element == name::reference &&
                       tree[node].kind == tree::Kind::string && !text.starts_with("#");
    if (named || text.starts_with("urn:uuid:") || text.starts_with("urn:oid:")) call(node);
    if (tree[node].child != tree::no_node) {
      node = tree[node].child;
      continue;
    }
    while (node != resource && tree[node].next == tree::no_node) node = tree[node].parent;
    if (node != resource) node = tree[node].next;
  }
}

std::string_view reference_key(std::string_view reference) {
  const ReferenceText cut = cut_reference(reference);
  return cut.version.empty() ? reference : cut.without_version();
}

std::optional<std::uint32_t> target_of(Work& work, tree::NodeId node) {
  if (work.entries.size() < 2) return std::nullopt;
  index_entries(work);
  const std::string_view text = work.record->tree[node].text();
  const auto meant = work.by_resource.find(work.references.meant(node, text));
  if (meant != work.by_resource.end()) return meant->second;
  const auto named = work.names.find(std::string(reference_key(text)));
  const bool known = named != work.names.end() && named->second < work.entries.size();
  return known ? std::optional(named->second) : std::nullopt;
}

void find_targets(Work& work) {
  if (!work.targets.empty()) return;
  work.targets.resize(work.entries.size());
  if (work.entries.size() < 2) return;
  for (std::uint32_t index = 0; index < work.entries.size(); ++index) {
    auto& targets = work.targets[index];
    const tree::Tree& tree = work.record->tree;
    each_reference(tree, work.entries[index].resource, [&](tree::NodeId node) {
      const auto target = target_of(work, node);
      if (target && *target != index) targets.push_back(*target);
    });
    std::sort(targets.begin(), targets.end());
    targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
  }
}

std::vector<std::uint32_t> cut(Work& work, const CutOptions& options) {
  find_targets(work);
  return Picker(work, options).pick();
}

std::string why_not_sent(std::string_view name, bool applied) {
  return "not sent: it refers to " + std::string(name) +
         (applied ? ", and the endpoint does not say what it calls that"
                  : ", which was not applied");
}

std::size_t refuse_blocked(Work& work, const CutOptions& options) {
  if (work.flying > 0) return 0;
  std::size_t count = 0;
  for (std::uint32_t index = 0; index < work.entries.size(); ++index) {
    Entry& entry = work.entries[index];
    if (entry.state != State::fresh) continue;
    entry.state = State::refused;
    entry.words = options.together && options.most != 0
                      ? "not sent: it and what it refers to are more than a request may hold"
                      : "not sent: its references go round in a circle";
    for (const std::uint32_t place : work.targets[index]) {
      const Entry& target = work.entries[place];
      const bool applied = target.state == State::applied;
      const bool named = !options.needs_names || !server_name(target).empty();
      if (applied && named) continue;
      if (target.words.rfind("not sent: its", 0) == 0) continue;
      entry.words = why_not_sent(label_of(work, target), applied);
    }
    ++count;
  }
  return count;
}

std::string server_name(const Entry& entry) {
  if (!entry.location.empty()) return entry.location;
  return keeps_own_id(entry) ? std::string(entry.url) : std::string();
}

void rewrite_references(tree::Tree& tree, tree::NodeId resource, const ReferenceLookup& lookup) {
  std::vector<tree::NodeId> nodes;
  each_reference(tree, resource, [&](tree::NodeId node) { nodes.push_back(node); });
  for (const tree::NodeId node : nodes) {
    const auto found = lookup(node, reference_key(tree[node].text()));
    if (found && !found->empty()) put_text(tree, node, *found);
  }
}

}  // namespace lhcr::deliver
