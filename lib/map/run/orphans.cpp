// SPDX-License-Identifier: Apache-2.0
#include "map/run/orphans.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_set>

namespace lhcr::map {
namespace {

using References = std::unordered_set<std::string_view>;

void collect(const tree::Tree& target, const Names& names, tree::NodeId node, References& out) {
  for (const tree::NodeId child : target.children(node)) {
    if (target[child].name == names.reference) {
      out.insert(target[child].text());
    }
    collect(target, names, child, out);
  }
}

}  // namespace

void drop_orphans(const tree::Tree& target, const Names& names, std::vector<Resource>& resources) {
  for (bool again = true; again;) {
    References meant;
    for (const Resource& resource : resources) {
      collect(target, names, resource.node, meant);
    }
    const auto kept =
        std::remove_if(resources.begin(), resources.end(), [&](const Resource& resource) {
          return resource.block != nullptr && resource.block->actor && !resource.block->subject &&
                 !meant.contains(resource.url);
        });
    again = kept != resources.end();
    resources.erase(kept, resources.end());
  }
}

}  // namespace lhcr::map
