// SPDX-License-Identifier: Apache-2.0
/// QuestionnaireResponse against its Questionnaire: items, their nesting and order, what is
/// required.
#include <algorithm>

#include "base/measure.hpp"
#include "base/names.hpp"
#include "finding/id.hpp"
#include "tree/nodes.hpp"
#include "validate/checks.hpp"
#include "validate/resource/form.hpp"
#include "validate/resource/rules.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;
using finding::Severity;
using tree::no_node;
using tree::NodeId;

/// How items of a type are answered.
enum class ItemKind : std::uint8_t { question, group, display, abstract };

ItemKind kind_of(std::string_view type) {
  return type == "group"
             ? ItemKind::group
             : (type == "display" ? ItemKind::display
                                  : (type == "question" ? ItemKind::abstract : ItemKind::question));
}

/// What is missing matters less while the response is in progress.
Severity due(const Response& response) {
  return response.in_progress ? Severity::warning : Severity::error;
}

void check_items(Response& response, NodeId node, NodeId said_at, NodeId definition);

void report_missing(const Response& response, NodeId said_at, NodeId definition) {
  response.run.report(said_at, due(response), id<"answer-missing">,
                      {std::string(response.form.text(definition, name::link_id))});
}

void check_text(const Response& response, NodeId item, NodeId definition) {
  const std::string_view text = response.run.child_text(item, name::text);
  if (!text.empty() && text != response.form.text(definition, name::text)) {
    response.run.report(item, id<"item-text-differs">,
                        {std::string(response.form.text(definition, name::link_id))});
  }
}

void check_group(Response& response, NodeId item, NodeId definition) {
  Run& run = response.run;
  if (run.child(item, name::answer) != no_node) {
    run.report(item, id<"answer-on-group">, {"group"});
  }
  if (run.child(item, name::item) == no_node && response.form.is_true(definition, name::required) &&
      enabled(response, definition).value_or(false)) {
    run.report(item, due(response), id<"group-empty">,
               {std::string(run.child_text(item, name::link_id))});
  }
  check_items(response, item, item, definition);
}

/// Items that take no answer, and those of type "question", which stands for the types of questions
/// and is none.
void check_structural(const Response& response, NodeId item, ItemKind kind) {
  Run& run = response.run;
  const std::string_view type = kind == ItemKind::display ? "display" : "question";
  if (run.child(item, name::answer) != no_node) {
    run.report(item, id<"answer-on-group">, {std::string(type)});
  }
  if (run.child(item, name::item) != no_node) {
    kind == ItemKind::display ? run.report(item, id<"item-below-display">)
                              : run.report(item, id<"item-outside-answer">);
  }
}

void check_question(Response& response, NodeId item, NodeId definition) {
  Run& run = response.run;
  const std::vector<NodeId> answers = all_named(run.tree, item, name::answer);
  if (answers.empty() && response.form.is_true(definition, name::required) &&
      enabled(response, definition).value_or(false)) {
    report_missing(response, item, definition);
  }
  check_answer_count(response, item, answers, definition);
  for (const NodeId answer : answers) {
    check_answer_value(response, answer, definition);
    check_items(response, answer, item, definition);
  }
  if (run.child(item, name::item) != no_node) {
    run.report(item, id<"item-outside-answer">);
  }
}

void check_item(Response& response, NodeId item, NodeId definition) {
  response.open.emplace_back(definition, item);
  check_text(response, item, definition);
  const ItemKind kind = kind_of(response.form.text(definition, name::type));
  if (kind == ItemKind::group) {
    check_group(response, item, definition);
  } else if (kind == ItemKind::question) {
    check_question(response, item, definition);
  } else {
    check_structural(response, item, kind);
  }
  response.open.pop_back();
}

bool has_content(const Run& run, NodeId item) {
  return run.child(item, name::answer) != no_node || run.child(item, name::item) != no_node;
}

/// All items of the response for one item of the form.
void check_occurrences(Response& response, NodeId said_at, NodeId definition,
                       const std::vector<NodeId>& items) {
  Run& run = response.run;
  const std::string link_id(response.form.text(definition, name::link_id));
  const std::optional<bool> on = enabled(response, definition);
  if (items.empty()) {
    if (on.value_or(false) && response.form.is_true(definition, name::required)) {
      report_missing(response, said_at, definition);
    }
    return;
  }
  if (items.size() > 1 && !response.form.is_true(definition, name::repeats)) {
    run.report(said_at, id<"item-repeated">, {link_id});
  }
  for (const NodeId item : items) {
    if (!on.value_or(true) && has_content(run, item)) {
      run.report(item, id<"item-not-enabled">, {link_id});
    }
    check_item(response, item, definition);
  }
}

/// An item that is no child of the form's item: from elsewhere in the form, or from nowhere.
void check_foreign(Response& response, NodeId item, NodeId said_at, std::string_view link_id) {
  const NodeId elsewhere = response.form.item(link_id);
  if (elsewhere == no_node) {
    response.run.report(said_at, id<"link-id-unknown">, {std::string(link_id)});
    return;
  }
  response.run.report(said_at, id<"item-misplaced">, {std::string(link_id)});
  check_item(response, item, elsewhere);
}

/// The items below a group, an answer or the response.
void check_items(Response& response, NodeId node, NodeId said_at, NodeId definition) {
  Run& run = response.run;
  const std::vector<NodeId> wanted = response.form.all(definition, name::item);
  std::vector<std::vector<NodeId>> found(wanted.size());
  std::size_t last = 0;
  for (const NodeId item : named(run.tree, node, name::item)) {
    const std::string_view link_id = run.child_text(item, name::link_id);
    if (link_id.empty()) {
      continue;  // a matter of cardinality
    }
    const auto at = std::find_if(wanted.begin(), wanted.end(), [&](NodeId row) {
      return response.form.text(row, name::link_id) == link_id;
    });
    if (at == wanted.end()) {
      check_foreign(response, item, said_at, link_id);
      continue;
    }
    const auto index = static_cast<std::size_t>(at - wanted.begin());
    if (index < last) {
      run.report(said_at, id<"item-out-of-order">, {std::string(link_id)});
    }
    last = index;
    found[index].push_back(item);
  }
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    check_occurrences(response, said_at, wanted[i], found[i]);
  }
}

/// A response is to be written while the form may be used.
void check_period(const Response& response) {
  Run& run = response.run;
  const NodeId authored = run.child(response.root, name::authored);
  const NodeId period = response.form.tree().child(response.form.root(), name::effective_period);
  if (authored == no_node || period == no_node) {
    return;
  }
  const std::string_view text = run.tree[authored].text();
  const std::string_view start = response.form.text(period, name::start);
  const std::string_view end = response.form.text(period, name::end);
  const bool early = compare_primitives(text, start, "dateTime").value_or(0) < 0;
  const bool late = compare_primitives(text, end, "dateTime").value_or(0) > 0;
  if (early || late) {
    run.report(authored, id<"response-outside-period">,
               {std::string(text), std::string(start), std::string(end)});
  }
}

/// The text that names the form: a canonical in R4, a Reference in STU3.
std::string_view form_name(const Run& run, NodeId resource) {
  const NodeId stated = run.child(resource, name::questionnaire);
  if (stated == no_node) {
    return {};
  }
  const std::string_view reference = run.child_text(stated, name::reference);
  return reference.empty() ? run.tree[stated].text() : reference;
}

}  // namespace

void check_questionnaire_response(Run& run, NodeId resource) {
  const std::string_view canonical = form_name(run, resource);
  if (canonical.empty()) {
    return;
  }
  const Form* const form = run.form(resource, canonical);
  if (form == nullptr) {
    run.report(resource, id<"questionnaire-not-checked">, {std::string(canonical)});
    return;
  }
  const bool in_progress = run.child_text(resource, name::status) == "in-progress";
  Response response{run, *form, resource, in_progress, {}};
  check_period(response);
  check_items(response, resource, resource, form->root());
}

}  // namespace lhcr::validate
