// SPDX-License-Identifier: Apache-2.0
#include "map/run/orphans.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "base/names.hpp"

namespace lhcr::map {
namespace {

/// How often each resource is referred to.
using References = std::unordered_map<std::string_view, std::size_t>;

template <typename Visit>
void each_reference(const tree::Tree& target, tree::NodeId node, const Visit& visit) {
  for (const tree::NodeId child : target.children(node)) {
    if (target[child].name == name::reference) visit(target[child].text());
    each_reference(target, child, visit);
  }
}

bool is_orphan(const Resource& resource, const References& meant) {
  const auto found = meant.find(resource.url);
  return resource.block != nullptr && resource.block->actor && !resource.block->subject &&
         (found == meant.end() || found->second == 0);
}

}  // namespace

void drop_orphans(const tree::Tree& target, std::vector<Resource>& resources) {
  References meant;
  for (const Resource& resource : resources) {
    each_reference(target, resource.node, [&](std::string_view url) { ++meant[url]; });
  }
  // Who is referred to by an orphan alone is one in the next round.
  for (bool again = true; again;) {
    const auto kept = std::stable_partition(
        resources.begin(), resources.end(),
        [&](const Resource& resource) { return !is_orphan(resource, meant); });
    std::for_each(kept, resources.end(), [&](const Resource& resource) {
      each_reference(target, resource.node, [&](std::string_view url) { --meant[url]; });
    });
    again = kept != resources.end();
    resources.erase(kept, resources.end());
  }
}

}  // namespace lhcr::map
