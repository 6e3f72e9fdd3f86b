// SPDX-License-Identifier: Apache-2.0
#include "finding/finding.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>

#include "finding/id.hpp"
#include "finding/slots.hpp"

namespace lhcr::finding {

std::vector<std::string> gathered(std::string* first, std::size_t count) {
  return {std::make_move_iterator(first), std::make_move_iterator(first + count)};
}

const Entry& entry(Id id) {
  return catalogue()[static_cast<std::size_t>(id)];
}

std::size_t arity(Id id) {
  static const std::vector<std::size_t> table = [] {
    std::vector<std::size_t> made;
    for (const Entry& row : catalogue()) made.push_back(arity_of(row.text, row.hint).least);
    return made;
  }();
  return table[static_cast<std::size_t>(id)];
}

std::string in_words(const Candidate& candidate) {
  return candidate.name + ": " + candidate.reason;
}

std::string in_words(const std::vector<Candidate>& candidates) {
  constexpr std::size_t most_told = 3;
  std::string text;
  for (std::size_t at = 0; at < std::min(candidates.size(), most_told); ++at) {
    text.append(at == 0 ? "Not " : "; not ").append(in_words(candidates[at]));
  }
  return text;
}

bool says_not_checked(Id id) {
  static const std::vector<bool> table = [] {
    std::vector<bool> says;
    for (const Entry& row : catalogue()) {
      says.push_back(row.id.ends_with("-not-checked") || row.id.ends_with("-not-here"));
    }
    return says;
  }();
  return table[static_cast<std::size_t>(id)];
}

void Collector::add(Finding finding) {
  assert(finding.arguments.size() >= arity(finding.id));
  if (finding.follows) {
    ++following_;
  } else {
    ++counts_[static_cast<std::size_t>(finding.severity)];
    not_checked_ += says_not_checked(finding.id) ? 1U : 0U;
  }
  if (finding.severity > least_) {
    return;
  }
  if (findings_.size() < limit_) {
    findings_.push_back(std::move(finding));
  } else {
    ++dropped_;
  }
}

void Collector::clear() {
  findings_.clear();
  dropped_ = 0;
  not_checked_ = 0;
  following_ = 0;
  std::fill(std::begin(counts_), std::end(counts_), 0);
}

void Collector::sort() {
  const auto before = [](const Finding& left, const Finding& right) {
    return left.position.offset < right.position.offset;
  };
  if (!std::is_sorted(findings_.begin(), findings_.end(), before)) {
    std::stable_sort(findings_.begin(), findings_.end(), before);
  }
}

Finding about(const tree::Tree& tree, tree::NodeId node, Id id,
              std::vector<std::string> arguments) {
  tree::Paths paths(tree);
  return about(paths, node, id, std::move(arguments));
}

Finding about(tree::Paths& paths, tree::NodeId node, Id id, std::vector<std::string> arguments) {
  Finding result = made(id, std::move(arguments));
  result.path = paths.of(node);
  result.position.offset = paths.tree()[node].offset;
  return result;
}

Finding made(Id id, std::vector<std::string> arguments) {
  Finding result;
  result.id = id;
  result.severity = entry(id).severity;
  result.arguments = std::move(arguments);
  return result;
}

}  // namespace lhcr::finding
