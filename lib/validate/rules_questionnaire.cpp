// SPDX-License-Identifier: Apache-2.0
/// Questionnaire and QuestionnaireResponse.
#include <algorithm>
#include <array>

#include "validate/checks.hpp"
#include "validate/rules.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::Severity;
using tree::no_node;
using tree::NodeId;

std::vector<NodeId> named(const Run& run, NodeId node, Symbol name) {
  std::vector<NodeId> found;
  for (const NodeId at : run.tree.children(node)) {
    if (run.tree[at].element == name) {
      found.push_back(at);
    }
  }
  return found;
}

/// The item with a linkId at or below the items of `node`.
NodeId find_item(const Run& run, NodeId node, std::string_view link_id) {
  for (const NodeId item : named(run, node, run.names.item)) {
    if (run.child_text(item, run.names.link_id) == link_id) {
      return item;
    }
    if (const NodeId below = find_item(run, item, link_id); below != no_node) {
      return below;
    }
  }
  return no_node;
}

void check_condition(Run& run, NodeId questionnaire, NodeId item, NodeId condition) {
  const std::string_view question = run.child_text(condition, run.names.question);
  if (question.empty()) {
    return;  // a missing question is a matter of cardinality
  }
  if (find_item(run, item, question) != no_node) {
    run.report(item, Id::enable_when_inner, {std::string(question)});
    return;
  }
  const NodeId target = find_item(run, questionnaire, question);
  if (target == no_node) {
    run.report(item, Id::enable_when_missing, {std::string(question)});
  } else if (target == item) {
    run.report(item, Id::enable_when_self);
  } else if (target > item) {
    run.report(item, Severity::warning, Id::enable_when_later, {std::string(question)});
  }
}

void check_items(Run& run, NodeId questionnaire, NodeId node) {
  for (const NodeId item : named(run, node, run.names.item)) {
    for (const NodeId condition : named(run, item, run.names.enable_when)) {
      check_condition(run, questionnaire, item, condition);
    }
    check_items(run, questionnaire, item);
  }
}

// --- responses ---

/// Value types that answer an item of some type.
struct AnswerType {
  std::string_view item;
  std::string_view values;  ///< space separated
};
constexpr std::array answer_types = {
    AnswerType{"boolean", "boolean"},
    AnswerType{"decimal", "decimal"},
    AnswerType{"integer", "integer"},
    AnswerType{"date", "date"},
    AnswerType{"dateTime", "dateTime"},
    AnswerType{"time", "time"},
    AnswerType{"string", "string"},
    AnswerType{"text", "string"},
    AnswerType{"url", "uri"},
    AnswerType{"attachment", "Attachment"},
    AnswerType{"reference", "Reference"},
    AnswerType{"quantity", "Quantity"},
    AnswerType{"choice", "Coding date time integer string"},
    AnswerType{"open-choice", "Coding date time integer string"},
};

bool has_word(std::string_view words, std::string_view word) {
  const std::size_t at = words.find(word);
  return at != std::string_view::npos && (at == 0 || words[at - 1] == ' ') &&
         (at + word.size() == words.size() || words[at + word.size()] == ' ');
}

struct Response {
  Run& run;
  NodeId questionnaire;
  bool in_progress;
};

void check_response_items(const Response& response, NodeId node, NodeId definition);

void check_answer_type(const Response& response, NodeId answer, std::string_view type) {
  Run& run = response.run;
  const NodeId value = run.child(answer, run.names.value);
  const auto* const allowed = std::find_if(answer_types.begin(), answer_types.end(),
                                           [&](const AnswerType& row) { return row.item == type; });
  if (value == no_node || allowed == answer_types.end()) {
    return;
  }
  const std::string_view actual = run.type_name(value);
  if (!has_word(allowed->values, actual)) {
    run.report(value, Id::answer_type, {std::string(allowed->values), std::string(actual)});
  }
}

void check_answers(const Response& response, NodeId item, NodeId definition) {
  Run& run = response.run;
  const std::string_view type = run.child_text(definition, run.names.type);
  const std::vector<NodeId> answers = named(run, item, run.names.answer);
  const bool structural = type == "group" || type == "display";
  if (structural && !answers.empty()) {
    run.report(item, Id::answer_on_group, {std::string(type)});
    return;
  }
  if (answers.size() > 1 && run.child_text(definition, run.names.repeats) != "true") {
    run.report(item, Id::answer_repeated, {std::string(run.child_text(item, run.names.link_id))});
  }
  for (const NodeId answer : answers) {
    check_answer_type(response, answer, type);
    check_response_items(response, answer, definition);
  }
  if (!structural && run.child(item, run.names.item) != no_node) {
    run.report(item, Id::item_outside_answer);
  }
}

/// Items without conditions only: whether a conditional question is due depends on other answers.
void check_required(const Response& response, NodeId node, NodeId definition) {
  Run& run = response.run;
  for (const NodeId wanted : named(run, definition, run.names.item)) {
    const bool due = run.child_text(wanted, run.names.required) == "true" &&
                     run.child(wanted, run.names.enable_when) == no_node;
    const std::string_view link_id = run.child_text(wanted, run.names.link_id);
    const auto items = named(run, node, run.names.item);
    const bool found = std::any_of(items.begin(), items.end(), [&](NodeId item) {
      return run.child_text(item, run.names.link_id) == link_id;
    });
    if (due && !found) {
      run.report(node, response.in_progress ? Severity::warning : Severity::error,
                 Id::answer_missing, {std::string(link_id)});
    }
  }
}

void check_response_items(const Response& response, NodeId node, NodeId definition) {
  Run& run = response.run;
  for (const NodeId item : named(run, node, run.names.item)) {
    const std::string_view link_id = run.child_text(item, run.names.link_id);
    const NodeId found = find_item(run, response.questionnaire, link_id);
    if (link_id.empty()) {
      continue;
    }
    if (found == no_node) {
      run.report(item, Id::link_id_unknown, {std::string(link_id)});
      continue;
    }
    check_answers(response, item, found);
    if (run.child_text(found, run.names.type) == "group") {
      check_response_items(response, item, found);
    }
  }
  check_required(response, node, definition);
}

}  // namespace

void check_questionnaire(Run& run, NodeId resource) {
  if (!run.state.stu3) {
    check_items(run, resource, resource);
  }
}

void check_questionnaire_response(Run& run, NodeId resource) {
  const NodeId stated = run.child(resource, run.names.questionnaire);
  if (stated == no_node) {
    return;
  }
  const NodeId reference = run.child(stated, run.names.reference);
  const std::string_view canonical = run.tree[reference == no_node ? stated : reference].text();
  const References::Target target =
      canonical.starts_with("#") ? run.references.resolve(stated, canonical) : References::Target{};
  if (target.node == no_node) {
    if (!canonical.empty()) {
      run.report(resource, Id::questionnaire_not_checked, {std::string(canonical)});
    }
    return;
  }
  const std::string_view status = run.child_text(resource, run.names.status);
  check_response_items({run, target.node, status == "in-progress"}, resource, target.node);
}

}  // namespace lhcr::validate
