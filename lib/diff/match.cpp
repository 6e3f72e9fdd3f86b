// SPDX-License-Identifier: Apache-2.0
#include "diff/match.hpp"

#include <algorithm>
#include <functional>
#include <span>
#include <unordered_map>
#include <unordered_set>

#include "diff/names.hpp"

namespace lhcr::diff {

namespace {

constexpr std::size_t most_comparisons = 4'000'000;

/// What a key means that several things of one side have.
enum class Shared : std::uint8_t { in_order, says_nothing };

void append(std::vector<Hash>& all, const std::vector<Hash>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

/// Takes out the keys that several of the left side, or of the right (`others`), have.
template <typename Waiting>
void drop_shared(Waiting& waiting, const std::vector<Hash>& others) {
  std::unordered_map<Hash, std::size_t> count;
  for (const Hash key : others) ++count[key];
  std::erase_if(waiting, [&](const auto& entry) {
    const auto other = count.find(entry.first);
    return entry.second.size() > 1 || (other != count.end() && other->second > 1);
  });
}

class Pairer {
 public:
  Pairer(const Side& left, const Side& right, const Rules& rules, Pairing& pairing)
      : left_(left), right_(right), rules_(rules), pairing_(pairing) {}

  void run() {
    pass([](const Side& side, NodeId item) { return resource_number(side, item); });
    pass([](const Side& side, NodeId item) {
      const auto key = side.user_key(item);
      return key ? std::vector<Hash>{*key} : std::vector<Hash>{};
    });
    // Before content: two contained resources may say the same but for the id that leads to them.
    pass(contained_id, Shared::says_nothing);
    pass_same_place();
    pass([](const Side& side, NodeId item) { return std::vector<Hash>{side.hash(item)}; });
    pass(contained_id);
    if (!done()) pass_rows();
    if (!done()) pair_alike();
  }

 private:
  using KeysOf = std::function<std::vector<Hash>(const Side&, NodeId)>;

  [[nodiscard]] bool done() const { return alone_left() == 0 || alone_right() == 0; }
  [[nodiscard]] std::size_t alone_left() const {
    return static_cast<std::size_t>(std::count(pairing_.partner_of_left.begin(),
                                               pairing_.partner_of_left.end(), Pairing::alone));
  }
  [[nodiscard]] std::size_t alone_right() const {
    return static_cast<std::size_t>(std::count(pairing_.partner_of_right.begin(),
                                               pairing_.partner_of_right.end(), Pairing::alone));
  }

  static std::vector<Hash> resource_number(const Side& side, NodeId item) {
    const NodeId resource = side.resource_of(item);
    if (resource == no_node) return {};
    const auto number = side.pair(resource);
    return number ? std::vector<Hash>{*number} : std::vector<Hash>{};
  }

  /// Contained resources have ids of their own resource only; others have their numbers.
  static std::vector<Hash> contained_id(const Side& side, NodeId item) {
    if (!side.tree()[item].is(tree::resource) || side.pair(item)) return {};
    const std::string_view id = id_of(side, item);
    return id.empty() ? std::vector<Hash>{}
                      : std::vector<Hash>{hash_of_target(side.tree().resource_type(item), id)};
  }

  void join(std::size_t left, std::size_t right) {
    pairing_.partner_of_left[left] = static_cast<std::uint32_t>(right);
    pairing_.partner_of_right[right] = static_cast<std::uint32_t>(left);
  }

  /// Joins lonely items that share a key, in order.
  void pass(const KeysOf& keys_of, Shared shared = Shared::in_order) {
    std::unordered_map<Hash, std::vector<std::size_t>> waiting;
    for (std::size_t at = pairing_.left.size(); at-- > 0;) {
      if (pairing_.partner_of_left[at] != Pairing::alone) continue;
      for (const Hash key : keys_of(left_, pairing_.left[at])) waiting[key].push_back(at);
    }
    if (shared == Shared::says_nothing) {
      std::vector<Hash> others;
      for (const NodeId item : pairing_.right) append(others, keys_of(right_, item));
      drop_shared(waiting, others);
    }
    if (waiting.empty()) return;
    for (std::size_t at = 0; at < pairing_.right.size(); ++at) {
      if (pairing_.partner_of_right[at] == Pairing::alone) {
        take(waiting, keys_of(right_, pairing_.right[at]), at);
      }
    }
  }

  void take(std::unordered_map<Hash, std::vector<std::size_t>>& waiting,
            const std::vector<Hash>& keys, std::size_t right) {
    for (const Hash key : keys) {
      const auto found = waiting.find(key);
      if (found == waiting.end()) continue;
      std::vector<std::size_t>& candidates = found->second;
      while (!candidates.empty() && pairing_.partner_of_left[candidates.back()] != Pairing::alone) {
        candidates.pop_back();
      }
      if (candidates.empty() || !may_be_one(candidates.back(), right)) continue;
      join(candidates.back(), right);
      return;
    }
  }

  /// Resources that both have ids, but other ones, are one only by identifier or content.
  [[nodiscard]] bool may_be_one(std::size_t left, std::size_t right) const {
    const NodeId one = left_.resource_of(pairing_.left[left]);
    const NodeId other = right_.resource_of(pairing_.right[right]);
    if ((one == no_node) != (other == no_node)) return false;
    return one == no_node || left_.tree().resource_type(one) == right_.tree().resource_type(other);
  }

  /// Of several equal items those in the same place belong together.
  void pass_same_place() {
    const std::size_t most = std::min(pairing_.left.size(), pairing_.right.size());
    for (std::size_t at = 0; at < most; ++at) {
      const bool free = pairing_.partner_of_left[at] == Pairing::alone &&
                        pairing_.partner_of_right[at] == Pairing::alone;
      if (free && left_.hash(pairing_.left[at]) == right_.hash(pairing_.right[at]) &&
          may_be_one(at, at)) {
        join(at, at);
      }
    }
  }

  static NodeId keyed(const Side& side, NodeId item) {
    const NodeId resource = side.resource_of(item);
    return resource != no_node ? resource : item;
  }

  void pass_rows() {
    std::size_t most = 0;
    for (const NodeId item : pairing_.left) {
      most = std::max(most, rows_of(left_, item).size());
    }
    for (std::size_t number = 0; number < most && !done(); ++number) {
      pass([this, number](const Side& side, NodeId item) {
        const std::vector<Row>& rows = rows_of(side, item);
        if (number >= rows.size()) return std::vector<Hash>{};
        std::vector<Hash> found = side.keys(keyed(side, item), rows[number]);
        const Hash type = side.tree()[keyed(side, item)].type;
        for (Hash& key : found) key = mix(key, type);
        return found;
      });
    }
  }

  [[nodiscard]] const std::vector<Row>& rows_of(const Side& side, NodeId item) const {
    return rules_.keys(side.tree()[keyed(side, item)].type);
  }

  // --- what is alike ---

  struct Candidate {
    std::size_t score;
    std::size_t distance;
    std::size_t left;
    std::size_t right;
  };

  /// The hashes of what an item holds, names included.
  static std::vector<Hash> parts(const Side& side, NodeId item) {
    std::vector<Hash> found;
    for (const NodeId child : side.tree().children(item)) {
      if (!side.ignored(child)) {
        found.push_back(mix(side.name_key(side.tree()[child].name), side.hash(child)));
      }
    }
    std::sort(found.begin(), found.end());
    return found;
  }

  static std::size_t shared(const std::vector<Hash>& one, const std::vector<Hash>& other) {
    std::size_t count = 0;
    for (auto left = one.begin(), right = other.begin();
         left != one.end() && right != other.end();) {
      if (*left == *right) {
        ++count;
        ++left;
        ++right;
      } else {
        *left < *right ? ++left : ++right;
      }
    }
    return count;
  }

  static std::vector<std::size_t> lonely(const std::vector<std::uint32_t>& partners) {
    std::vector<std::size_t> found;
    for (std::size_t at = 0; at < partners.size(); ++at) {
      if (partners[at] == Pairing::alone) found.push_back(at);
    }
    return found;
  }

  void pair_alike() {
    const std::vector<std::size_t> lefts = lonely(pairing_.partner_of_left);
    const std::vector<std::size_t> rights = lonely(pairing_.partner_of_right);
    if (lefts.size() * rights.size() > most_comparisons) return;
    std::vector<Candidate> candidates = score(lefts, rights);
    std::stable_sort(
        candidates.begin(), candidates.end(), [](const Candidate& one, const Candidate& other) {
          return one.score != other.score ? one.score > other.score : one.distance < other.distance;
        });
    for (const Candidate& candidate : candidates) {
      if (pairing_.partner_of_left[candidate.left] == Pairing::alone &&
          pairing_.partner_of_right[candidate.right] == Pairing::alone) {
        join(candidate.left, candidate.right);
      }
    }
    pair_values(lonely(pairing_.partner_of_left), lonely(pairing_.partner_of_right));
  }

  [[nodiscard]] std::vector<Candidate> score(const std::vector<std::size_t>& lefts,
                                             const std::vector<std::size_t>& rights) const {
    std::vector<std::vector<Hash>> right_parts;
    right_parts.reserve(rights.size());
    for (const std::size_t at : rights) right_parts.push_back(parts_of(right_, pairing_.right[at]));
    std::vector<Candidate> found;
    for (const std::size_t left : lefts) {
      const std::vector<Hash> own = parts_of(left_, pairing_.left[left]);
      for (std::size_t at = 0; at < rights.size(); ++at) {
        const std::size_t same = shared(own, right_parts[at]);
        const std::size_t most = std::max(own.size(), right_parts[at].size());
        if (same == 0 || !alike(left, rights[at], same, most)) continue;
        const std::size_t right = rights[at];
        found.push_back(
            {same * 1000 / most, left > right ? left - right : right - left, left, right});
      }
    }
    return found;
  }

  static std::vector<Hash> parts_of(const Side& side, NodeId item) {
    return parts(side, keyed(side, item));
  }

  /// Resources need more than one thing in common, and no ids that contradict each other.
  [[nodiscard]] bool alike(std::size_t left, std::size_t right, std::size_t same,
                           std::size_t most) const {
    const NodeId one = left_.resource_of(pairing_.left[left]);
    const NodeId other = right_.resource_of(pairing_.right[right]);
    if (one == no_node && other == no_node) return true;
    return may_be_one(left, right) && same * 2 >= most &&
           (id_of(left_, one).empty() || id_of(right_, other).empty());
  }

  static std::string_view id_of(const Side& side, NodeId resource) {
    for (const NodeId child : side.tree().children(resource)) {
      if (side.tree().name_of(child) == "id") return side.tree()[child].text();
    }
    return {};
  }

  /// Values that have nothing inside pair by their place when both sides have as many.
  void pair_values(const std::vector<std::size_t>& lefts, const std::vector<std::size_t>& rights) {
    if (pairing_.left.size() != pairing_.right.size() || lefts.size() != rights.size()) return;
    for (std::size_t at = 0; at < lefts.size(); ++at) {
      if (is_single(left_, pairing_.left[lefts[at]]) &&
          is_single(right_, pairing_.right[rights[at]])) {
        join(lefts[at], rights[at]);
      }
    }
  }

  /// A value, or an element with one part: a change of it is a change, not a removal.
  static bool is_single(const Side& side, NodeId item) {
    if (side.tree()[item].kind != Kind::object) return true;
    return side.resource_of(item) == no_node && parts(side, item).size() <= 1;
  }

  const Side& left_;
  const Side& right_;
  const Rules& rules_;
  Pairing& pairing_;
};

/// Joins resources that have no pair yet and share a key.
class ResourcePairer {
 public:
  ResourcePairer(Side& left, Side& right) : left_(left), right_(right) {}

  template <typename KeysOf>
  void pass(const KeysOf& keys_of, Shared shared = Shared::in_order) {
    std::unordered_map<Hash, std::vector<NodeId>> waiting;
    for (const Resource& resource : left_.resources()) {
      if (left_.pair(resource.node)) continue;
      for (const Hash key : keys_of(left_, resource)) waiting[key].push_back(resource.node);
    }
    if (shared == Shared::says_nothing) {
      std::vector<Hash> others;
      for (const Resource& resource : right_.resources()) {
        if (!right_.pair(resource.node)) append(others, keys_of(right_, resource));
      }
      drop_shared(waiting, others);
    }
    if (waiting.empty()) return;
    for (const Resource& resource : right_.resources()) {
      if (!right_.pair(resource.node)) take(waiting, keys_of(right_, resource), resource.node);
    }
  }

  void join(NodeId left, NodeId right) {
    ++number_;
    left_.set_pair(left, number_);
    right_.set_pair(right, number_);
  }

 private:
  void take(std::unordered_map<Hash, std::vector<NodeId>>& waiting, const std::vector<Hash>& keys,
            NodeId right) {
    for (const Hash key : keys) {
      const auto found = waiting.find(key);
      if (found == waiting.end()) continue;
      for (const NodeId left : found->second) {
        if (left_.pair(left)) continue;
        join(left, right);
        return;
      }
    }
  }

  Side& left_;
  Side& right_;
  Hash number_ = 0;
};

std::vector<Hash> id_key(const Side& /*side*/, const Resource& resource) {
  if (resource.id.empty()) return {};
  return {mix(hash_text(resource.type), hash_text(resource.id))};
}

std::vector<Hash> full_url_key(const Side& /*side*/, const Resource& resource) {
  if (resource.full_url.empty()) return {};
  return {mix(hash_text(resource.type), hash_text(resource.full_url))};
}

}  // namespace

Pairing pair_items(const Side& left, const Side& right, std::vector<NodeId> left_items,
                   std::vector<NodeId> right_items, const Rules& rules) {
  Pairing pairing;
  pairing.left = std::move(left_items);
  pairing.right = std::move(right_items);
  pairing.partner_of_left.assign(pairing.left.size(), Pairing::alone);
  pairing.partner_of_right.assign(pairing.right.size(), Pairing::alone);
  Pairer(left, right, rules, pairing).run();
  return pairing;
}

void pair_resources(Side& left, Side& right, const Rules& rules) {
  ResourcePairer pairer(left, right);
  if (left.tree()[left.top()].is(tree::resource) && right.tree()[right.top()].is(tree::resource)) {
    pairer.join(left.top(), right.top());
  }
  pairer.pass([](const Side& side, const Resource& resource) {
    const auto key = side.user_key(resource.node);
    return key ? std::vector<Hash>{mix(*key, hash_text(resource.type))} : std::vector<Hash>{};
  });
  // Ids first, then fullUrls; what several of one side are called only when nothing else tells.
  for (const Shared shared : {Shared::says_nothing, Shared::in_order}) {
    pairer.pass(id_key, shared);
    pairer.pass(full_url_key, shared);
  }
  pairer.pass([&rules](const Side& side, const Resource& resource) {
    const definition::TypeId type = side.tree()[resource.node].type;
    for (const Row& row : rules.keys(type)) {
      if (!row.any) continue;
      std::vector<Hash> keys = side.keys(resource.node, row);
      for (Hash& key : keys) key = mix(key, type);
      return keys;
    }
    return std::vector<Hash>{};
  });
}

}  // namespace lhcr::diff
