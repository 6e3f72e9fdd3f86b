// SPDX-License-Identifier: Apache-2.0
/// Codes that the definitions here cannot judge, and who else may: a terminology server behind an
/// interface, so that this room knows nothing of networks.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "definition/definitions.hpp"
#include "tree/tree.hpp"

namespace lhcr::validate {

class Run;

/// Whether a code is in a value set, or, without one, in its code system.
struct CodeQuestion {
  std::string value_set;  ///< canonical; empty: the code system alone is asked for
  std::string system;     ///< empty for the primitive type code: the value set knows it
  std::string code;
};

enum class CodeVerdict : std::uint8_t { yes, no, unknown };

/// Judges codes. Used by several threads.
class Terminology {
 public:
  Terminology() = default;
  Terminology(const Terminology&) = delete;
  Terminology& operator=(const Terminology&) = delete;
  virtual ~Terminology() = default;
  /// One verdict a question, in order. Never throws for what a server does: that is `unknown`.
  virtual std::vector<CodeVerdict> judge(std::span<const CodeQuestion> questions) = 0;
};

/// The questions of one record, asked at once when it has been walked.
class PendingCodes {
 public:
  /// Some code of `node` has to be in the bound set.
  void ask(tree::NodeId node, const definition::Binding& binding,
           std::vector<CodeQuestion> questions);
  /// The code of `node` has to be in its code system.
  void ask(tree::NodeId node, CodeQuestion question);
  /// Asks, reports what is wrong and counts what stays open.
  void settle(Run& run);

 private:
  struct Pending {
    tree::NodeId node;
    definition::Binding binding;  ///< without strength: the code system is asked
    std::size_t first;
    std::size_t count;
  };
  void settle(Run& run, const Pending& pending, std::span<const CodeVerdict> verdicts);

  std::vector<Pending> pending_;
  std::vector<CodeQuestion> questions_;
};

}  // namespace lhcr::validate
