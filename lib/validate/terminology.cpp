// SPDX-License-Identifier: Apache-2.0
#include "validate/terminology.hpp"

#include <algorithm>

#include "base/names.hpp"
#include "finding/id.hpp"
#include "validate/checks.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;

std::string label(std::span<const CodeQuestion> questions) {
  std::string text;
  for (const CodeQuestion& question : questions) {
    text += (text.empty() ? "" : ", ") + question.system + (question.system.empty() ? "" : "#") +
            question.code;
  }
  return text;
}

bool any(std::span<const CodeVerdict> verdicts, CodeVerdict wanted) {
  return std::find(verdicts.begin(), verdicts.end(), wanted) != verdicts.end();
}

}  // namespace

void PendingCodes::ask(tree::NodeId node, const definition::Binding& binding,
                       std::vector<CodeQuestion> questions) {
  pending_.push_back({node, binding, questions_.size(), questions.size()});
  std::move(questions.begin(), questions.end(), std::back_inserter(questions_));
}

void PendingCodes::ask(tree::NodeId node, CodeQuestion question) {
  pending_.push_back({node, {}, questions_.size(), 1});
  questions_.push_back(std::move(question));
}

void PendingCodes::settle(Run& run, const Pending& pending, std::span<const CodeVerdict> verdicts) {
  if (any(verdicts, CodeVerdict::yes)) return;
  const std::span<const CodeQuestion> asked(questions_.data() + pending.first, pending.count);
  const bool open = any(verdicts, CodeVerdict::unknown);
  if (pending.binding.strength == definition::Strength::none) {
    const CodeQuestion& question = asked.front();
    // The text of a view that lives as long as the record.
    const std::string_view system = run.child_text(pending.node, name::system);
    if (open) return run.count_unchecked(id<"code-system-not-here">, system);
    return run.report(run.child(pending.node, name::code), id<"code-unknown">,
                      {question.code, question.system});
  }
  if (open) return run.count_unchecked(id<"binding-not-checked">, pending.binding.value_set);
  report_outside(run, pending.node, pending.binding, label(asked));
}

void PendingCodes::settle(Run& run) {
  if (pending_.empty()) return;
  std::vector<CodeVerdict> verdicts = run.options.terminology->judge(questions_);
  verdicts.resize(questions_.size(), CodeVerdict::unknown);
  for (const Pending& pending : pending_) {
    settle(run, pending, std::span(verdicts).subspan(pending.first, pending.count));
  }
  pending_.clear();
  questions_.clear();
}

}  // namespace lhcr::validate
