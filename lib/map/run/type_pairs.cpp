// SPDX-License-Identifier: Apache-2.0
#include "map/run/type_pairs.hpp"

#include <unordered_map>

namespace lhcr::map {

using definition::Child;
using definition::TypeId;
using definition::TypeKind;

TypePairs::TypePairs(const Map& map, const definition::Definitions& from,
                     const definition::Definitions& to, bool up)
    : from_(from), to_(to), sources_(std::max<std::size_t>(to.types().size(), 1)) {
  add_blocks(map, up);
  for (TypeId type = 0; type < to.types().size(); ++type) {
    const bool named = type != definition::no_type && to.info(type).kind != TypeKind::backbone;
    const TypeId same = named ? from.type(to.info(type).name) : definition::no_type;
    if (same != definition::no_type && sources_[type].empty()) add(type, same);
  }
}

void TypePairs::add_blocks(const Map& map, bool up) {
  std::unordered_map<const Block*, TypeId> sources;
  for (const auto& [type, blocks] : up ? map.by_left_type : map.by_right_type) {
    for (const Block* block : blocks) sources.emplace(block, type);
  }
  for (const auto& [type, blocks] : up ? map.by_right_type : map.by_left_type) {
    for (const Block* block : blocks) {
      const bool other_way =
          block->direction != Direction::both && (block->direction == Direction::forward) != up;
      const auto found = sources.find(block);
      if (!other_way && found != sources.end()) add(type, found->second);
    }
  }
}

void TypePairs::add(TypeId type, TypeId source) {
  if (type == definition::no_type || source == definition::no_type || type >= sources_.size()) {
    return;
  }
  std::vector<TypeId>& all = sources_[type];
  if (std::find(all.begin(), all.end(), source) != all.end()) return;
  all.push_back(source);
  descend(type, source);
}

void TypePairs::descend(TypeId type, TypeId source) {
  for (const Child& child : to_.children(type)) {
    if (to_.info(child.type).kind != TypeKind::backbone) continue;
    const Child* const other = from_.child(source, child.written);
    if (other != nullptr && from_.info(other->type).kind == TypeKind::backbone) {
      add(child.type, other->type);
    }
  }
}

}  // namespace lhcr::map
