// SPDX-License-Identifier: Apache-2.0
#include "map/compiler/conflicts.hpp"

#include <algorithm>
#include <unordered_map>

#include "map/codec/codec.hpp"

namespace lhcr::map {
namespace {

/// Whether a row writes whatever else there is: nothing asks for anything first.
bool is_unconditional(const SourceRow& row, bool forward) {
  const std::string& from = forward ? row.left : row.right;
  const bool one_way =
      row.direction != Direction::both && (row.direction == Direction::forward) != forward;
  const auto asks = [&](const std::string& option) {
    const std::string word = option.substr(0, option.find(' '));
    return word == "none" || word == "rest" || word == "lacks" || word == "nth" || word == "map" ||
           word == "null" || word == "most" || word == "every" ||
           word == (forward ? "when" : "back");
  };
  return !one_way && !row.id.empty() && from.find('(') == std::string::npos &&
         std::none_of(row.options.begin(), row.options.end(), asks);
}

/// Rows that read an element and a part of it, or its forms, know of each other.
bool reads_same(const SourceRow& a, const SourceRow& b, bool forward) {
  const std::string_view left = forward ? a.left : a.right;
  const std::string_view right = forward ? b.left : b.right;
  const std::string_view shorter = left.size() < right.size() ? left : right;
  const std::string_view longer = left.size() < right.size() ? right : left;
  return longer.starts_with(shorter) &&
         (longer.size() == shorter.size() || longer[shorter.size()] == '.');
}

}  // namespace

void refuse_conflicts(const std::vector<Row>& rows, const std::vector<const SourceRow*>& written) {
  for (const bool forward : {true, false}) {
    std::unordered_map<std::string, const SourceRow*> seen;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const SourceRow& row = *written[i];
      const std::vector<Step>& steps = rows[i].to(forward).steps;
      const bool one = !steps.empty() && std::none_of(steps.begin(), steps.end(),
                                                      [](const Step& step) { return step.list; });
      if (!one || rows[i].codec->kind != CodecKind::value || !is_unconditional(row, forward)) {
        continue;
      }
      const auto [known, added] = seen.emplace(forward ? row.right : row.left, &row);
      if (!added && !reads_same(*known->second, row, forward)) {
        fail(row.at, "row '" + row.id + "' writes what row '" + known->second->id +
                         "' has written, at " + known->second->at.file + ":" +
                         std::to_string(known->second->at.line) +
                         ", and there is one; say when (none, rest, when, back)");
      }
    }
  }
}

void refuse_shadowed(const Source& source, std::string_view name, const Block& block,
                     const std::vector<const Block*>& before) {
  for (const Block* other : before) {
    const bool tested = !other->left.steps.empty() && !other->left.steps[0].tests.empty();
    if (tested || other->right_type != block.right_type || other->direction != block.direction) {
      continue;
    }
    const auto at = std::find_if(
        source.blocks.begin(), source.blocks.end(),
        [&](const SourceBlock& from) { return from.name == block.name && from.map == name; });
    fail(at == source.blocks.end() ? Location{} : at->at,
         "block '" + block.name + "' would never run: block '" + other->name + "' takes every " +
             block.left_type);
  }
}

}  // namespace lhcr::map
