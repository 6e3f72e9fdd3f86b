// SPDX-License-Identifier: Apache-2.0
#include "map/run/not_stated.hpp"

namespace lhcr::map {

bool NotStated::says_all(tree::NodeId resource) {
  std::vector<tree::NodeId> missing = turning_.unsaid(in_.source(), resource, in_.ledger());
  if (missing.empty() && inside_) {
    missing = all_.back().modifiers;
  }
  if (missing.empty()) {
    return true;
  }
  stopped_.insert(resource);
  all_.push_back({resource, std::move(missing)});
  return false;
}

void NotStated::adopt(const NotStated& other) {
  all_.insert(all_.begin(), other.all_.begin(), other.all_.end());
}

}  // namespace lhcr::map
