// SPDX-License-Identifier: Apache-2.0
#include "format/issues.hpp"

#include <algorithm>
#include <utility>

#include "finding/id.hpp"

namespace lhcr::format {
namespace {

// Nobody reads more than this about one record's form.
constexpr std::size_t most_issues = 200;

finding::Finding made(tree::Paths& paths, const Place& place, finding::Id id,
                      std::vector<std::string> arguments) {
  finding::Finding result = finding::about(paths, place.node, id, std::move(arguments));
  if (place.member != no_symbol) {
    result.path += result.path.empty() ? "" : ".";
    result.path += paths.tree().name(place.member);
  }
  return result;
}

}  // namespace

void Issues::clear() {
  issues_.clear();
  failed_ = false;
}

void Issues::push(Issue issue) {
  if (failed_) {
    return;
  }
  issues_.push_back(std::move(issue));
  if (issues_.size() > most_issues) {
    fail(finding::id<"reading-stopped">, issues_.back().offset, {std::to_string(most_issues)});
  }
}

bool Issues::fail_with(finding::Id id, std::size_t offset, std::vector<std::string> arguments) {
  if (!failed_) {
    issues_.push_back({id, {}, offset, true, std::move(arguments)});
    failed_ = true;
  }
  return false;
}

bool Issues::fail(const Fault& fault) {
  std::vector<std::string> arguments;
  if (!fault.argument.empty()) {
    arguments.push_back(fault.argument);
  }
  return fail_with(fault.id, fault.offset, std::move(arguments));
}

void Issues::report_failure(finding::Sink& sink) const {
  const auto first =
      std::find_if(issues_.begin(), issues_.end(), [](const Issue& issue) { return issue.syntax; });
  finding::Finding result;
  result.id = first->id;
  result.severity = finding::Severity::fatal;
  result.position.offset = first->offset;
  result.arguments = first->arguments;
  sink.add(std::move(result));
}

void Issues::report(const tree::Tree& tree, finding::Sink& sink) {
  if (failed_) {
    report_failure(sink);
    return;
  }
  std::stable_sort(issues_.begin(), issues_.end(), [](const Issue& left, const Issue& right) {
    return left.offset < right.offset;
  });
  tree::Paths paths(tree);
  for (Issue& issue : issues_) {
    finding::Finding result = made(paths, issue.place, issue.id, std::move(issue.arguments));
    result.position.offset = issue.offset;
    sink.add(std::move(result));
  }
}

}  // namespace lhcr::format
