// SPDX-License-Identifier: Apache-2.0
/// What a reader finds wrong with the form of a record. Paths need the whole tree, so issues wait
/// until reading has ended.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "finding/id.hpp"
#include "tree/tree.hpp"

namespace lhcr::format {

/// A fatal fault at a byte offset.
struct Fault {
  Fault() = default;
  template <finding::Name name>
  Fault(finding::Kind<name>, std::size_t at, finding::Arguments<name> said)
      : id(said.id()), offset(at) {
    for (std::string& text : said.take()) argument = std::move(text);
  }

  finding::Id id{};
  std::size_t offset = 0;
  std::string argument;
};

/// The element an issue is about: a node, or a member of it that has no node of its own.
struct Place {
  tree::NodeId node = tree::no_node;
  Symbol member = no_symbol;
};

/// Collects issues of one record. A fatal one ends reading and is then the only one reported,
/// unless an error in the syntax stands before it: the first place where a strict parser stops is
/// what the user has to mend.
class Issues {
 public:
  void clear();
  /// Adds something after which reading goes on.
  template <finding::Name name>
  void add(finding::Kind<name>, Place place, std::size_t offset,
           finding::Arguments<name> arguments = {}) {
    push({arguments.id(), place, offset, false, arguments.take()});
  }
  /// As add(), for an error against the grammar of JSON.
  template <finding::Name name>
  void add_syntax(finding::Kind<name>, Place place, std::size_t offset,
                  finding::Arguments<name> arguments = {}) {
    push({arguments.id(), place, offset, true, arguments.take()});
  }
  /// Ends reading. Returns false, for the caller to hand on.
  template <finding::Name name>
  bool fail(finding::Kind<name>, std::size_t offset, finding::Arguments<name> arguments = {}) {
    return fail_with(arguments.id(), offset, arguments.take());
  }
  bool fail(const Fault& fault);
  [[nodiscard]] bool failed() const noexcept { return failed_; }
  /// Hands the findings over in the order of their offsets.
  void report(const tree::Tree& tree, finding::Sink& sink);

 private:
  struct Issue {
    finding::Id id{};
    Place place;
    std::uint64_t offset = 0;
    bool syntax = false;
    std::vector<std::string> arguments;
  };
  void push(Issue issue);
  bool fail_with(finding::Id id, std::size_t offset, std::vector<std::string> arguments);
  void report_failure(finding::Sink& sink) const;

  std::vector<Issue> issues_;  // after a failure the last one is the fatal one
  bool failed_ = false;
};

}  // namespace lhcr::format
