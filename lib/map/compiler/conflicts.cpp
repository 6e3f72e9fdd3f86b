// SPDX-License-Identifier: Apache-2.0
#include "map/compiler/conflicts.hpp"

#include <algorithm>
#include <unordered_map>

#include "map/codec/codec.hpp"

namespace lhcr::map {
namespace {

/// Whether a row looks at what is there before it writes, or takes only what others have left.
bool is_modest(const Row& row) {
  return row.if_none || row.rest || row.nth || row.every || row.null_flavor || !row.lacks.empty() ||
         !row.most.empty();
}

bool runs(const SourceRow& row, bool forward) {
  return row.direction == Direction::both || (row.direction == Direction::forward) == forward;
}

/// A condition on one value below the node that a block runs on.
struct Condition {
  std::vector<Symbol> path;
  const Test* test;
};

void add_conditions(const std::vector<Test>& tests, const std::vector<Symbol>& before,
                    std::vector<Condition>& out) {
  for (const Test& test : tests) {
    std::vector<Symbol> path = before;
    path.insert(path.end(), test.path.begin(), test.path.end());
    out.push_back({std::move(path), &test});
  }
}

/// What a row asks of its side before it writes; of an element that may repeat another one may say
/// otherwise.
std::vector<Condition> conditions_of(const Row& row, bool forward) {
  std::vector<Condition> out;
  add_conditions(forward ? row.when_left : row.when_right, {}, out);
  const Path& from = row.from(forward);
  if (from.root == Root::self) {
    add_conditions(from.tests, {}, out);
    std::vector<Symbol> path;
    for (const Step& step : from.steps) {
      if (step.list) {
        break;
      }
      path.push_back(step.element);
      add_conditions(step.tests, path, out);
    }
  }
  return out;
}

/// Whether both cannot hold: one says that something is there, the other that it is not.
bool exclude(const Condition& a, const Condition& b) {
  using Kind = Test::Kind;
  if (a.test->kind == Kind::missing) {
    return b.test->kind != Kind::missing && b.test->kind != Kind::differs &&
           b.path.size() >= a.path.size() &&
           std::equal(a.path.begin(), a.path.end(), b.path.begin());
  }
  if (a.path != b.path || a.test->kind != Kind::equal) {
    return false;
  }
  return (b.test->kind == Kind::differs && a.test->value == b.test->value) ||
         (b.test->kind == Kind::equal && a.test->value != b.test->value);
}

/// Of the types of a choice an element has one.
bool are_choices(const Path& a, const Path& b) {
  const std::size_t both = std::min(a.steps.size(), b.steps.size());
  for (std::size_t i = 0; i < both && a.root == b.root; ++i) {
    const Step& one = a.steps[i];
    const Step& other = b.steps[i];
    const bool many = (one.list && !one.first) || (other.list && !other.first);
    if (one.element != other.element || many) {
      return false;
    }
    if (one.name != other.name) {
      return true;
    }
  }
  return false;
}

bool exclude(const Row& a, const Row& b, bool forward) {
  if (are_choices(a.from(forward), b.from(forward))) {
    return true;
  }
  const std::vector<Condition> first = conditions_of(a, forward);
  const std::vector<Condition> second = conditions_of(b, forward);
  return std::any_of(first.begin(), first.end(), [&](const Condition& one) {
    return std::any_of(second.begin(), second.end(), [&](const Condition& other) {
      return exclude(one, other) || exclude(other, one);
    });
  });
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

/// Whether a row fills a place that one value has.
bool fills_one(const Row& row, bool forward) {
  const std::vector<Step>& steps = row.to(forward).steps;
  return !steps.empty() && row.codec->kind == CodecKind::value &&
         std::none_of(steps.begin(), steps.end(), [](const Step& step) { return step.list; });
}

}  // namespace

void refuse_conflicts(const std::vector<Row>& rows, const std::vector<const SourceRow*>& written) {
  for (const bool forward : {true, false}) {
    std::unordered_map<std::string, std::vector<std::size_t>> writers;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const SourceRow& row = *written[i];
      if (!fills_one(rows[i], forward) || row.id.empty() || !runs(row, forward)) {
        continue;
      }
      std::vector<std::size_t>& before = writers[forward ? row.right : row.left];
      for (const std::size_t other : before) {
        const SourceRow& known = *written[other];
        if (!is_modest(rows[i]) && !reads_same(known, row, forward) &&
            !exclude(rows[other], rows[i], forward)) {
          fail(row.at, "row '" + row.id + "' writes what row '" + known.id + "' has written, at " +
                           known.at.file + ":" + std::to_string(known.at.line) +
                           ", and there is one; say when (none, rest, when, back)");
        }
      }
      before.push_back(i);
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
