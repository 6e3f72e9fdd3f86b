// SPDX-License-Identifier: Apache-2.0
#include "diff/diff.hpp"
#include "diff/side.hpp"

namespace lhcr::diff {

std::vector<std::uint64_t> Comparer::identity(const Record& record) const {
  const Side side(record, *rules_, options_);
  const definition::TypeId type = (*record.tree)[record.node].type;
  std::vector<std::uint64_t> found;
  if (const auto key = side.user_key(record.node)) found.push_back(mix(*key, type));
  const Resource& top = side.resources().front();
  if (!top.id.empty()) found.push_back(mix(hash_text(top.type), hash_text(top.id)));
  std::uint64_t number = 0;
  for (const Row& row : rules_->keys(type)) {
    ++number;
    for (const Hash key : side.keys(record.node, row)) found.push_back(mix(mix(key, type), number));
  }
  return found;
}

}  // namespace lhcr::diff
