// SPDX-License-Identifier: Apache-2.0
/// Whether an item of a Questionnaire is enabled by the answers to others
/// (Questionnaire.item.enableWhen).
#include <algorithm>
#include <array>

#include "base/measure.hpp"
#include "base/names.hpp"
#include "tree/nodes.hpp"
#include "validate/resource/form.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {
namespace {

using tree::no_node;
using tree::NodeId;

/// Extensions that state the condition as a FHIRPath expression over the response.
constexpr std::array<std::string_view, 2> expression_extensions = {
    "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression",
    "http://phr.kanta.fi/StructureDefinition/fiphr-ext-questionnaire-enablewhen"};

/// Adds the values that answer `question` at or below `node`.
void collect_answers(const Run& run, NodeId node, std::string_view question,
                     std::vector<NodeId>& out) {
  const bool asked = run.child_text(node, name::link_id) == question;
  for (const NodeId at : run.tree.children(node)) {
    if (run.tree[at].element == name::item) {
      collect_answers(run, at, question, out);
    } else if (run.tree[at].element == name::answer) {
      const NodeId value = asked ? run.child(at, name::value) : no_node;
      if (value != no_node) {
        out.push_back(value);
      }
      collect_answers(run, at, question, out);
    }
  }
}

/// The answers that count for a condition of `item`: those in the same repetition of the innermost
/// group that holds both the item and the question.
std::vector<NodeId> answers_to(const Response& response, NodeId item, std::string_view question) {
  std::vector<NodeId> found;
  const NodeId asked = response.form.item(question);
  if (asked == no_node) {
    return found;
  }
  const NodeId group = response.form.common(item, asked);
  NodeId scope = response.root;
  for (const auto& [definition, given] : response.open) {
    scope = definition == group ? given : scope;
  }
  collect_answers(response.run, scope, question, found);
  return found;
}

/// Two values of one type in their own trees.
struct Pair {
  const tree::Tree& left_tree;
  NodeId left;
  const tree::Tree& right_tree;
  NodeId right;

  [[nodiscard]] std::string_view left_text() const { return left_tree[left].text(); }
  [[nodiscard]] std::string_view right_text() const { return right_tree[right].text(); }
  [[nodiscard]] std::string_view left_child(Symbol name) const {
    return child_text(left_tree, left, name);
  }
  [[nodiscard]] std::string_view right_child(Symbol name) const {
    return child_text(right_tree, right, name);
  }
};

std::optional<int> compare_quantities(const Pair& pair) {
  return compare_measures(
      {pair.left_child(name::value), pair.left_child(name::code), pair.left_child(name::unit)},
      {pair.right_child(name::value), pair.right_child(name::code), pair.right_child(name::unit)});
}

int sign(int order) {
  return order < 0 ? -1 : (order > 0 ? 1 : 0);
}

std::optional<int> compare_codings(const Pair& pair) {
  const std::string_view system = pair.right_child(name::system);
  const bool same = pair.left_child(name::code) == pair.right_child(name::code) &&
                    (system.empty() || pair.left_child(name::system) == system);
  return same ? 0 : 1;
}

std::optional<int> compare_objects(const Pair& pair, std::string_view type) {
  if (type == "Coding") {
    return compare_codings(pair);
  }
  if (type == "Quantity") {
    return compare_quantities(pair);
  }
  if (type == "Reference") {
    return pair.left_child(name::reference) == pair.right_child(name::reference) ? 0 : 1;
  }
  return std::nullopt;
}

std::optional<int> compare_values(const Pair& pair, std::string_view type) {
  if (pair.left_tree[pair.left].kind == tree::Kind::object) {
    return compare_objects(pair, type);
  }
  constexpr std::array<std::string_view, 5> ordered = {"decimal", "integer", "date", "dateTime",
                                                       "time"};
  if (std::find(ordered.begin(), ordered.end(), type) != ordered.end()) {
    return compare_primitives(pair.left_text(), pair.right_text(), type);
  }
  return sign(pair.left_text().compare(pair.right_text()));
}

bool holds(std::string_view op, int order) {
  return (op == "=" && order == 0) || (op == "!=" && order != 0) || (op == ">" && order > 0) ||
         (op == "<" && order < 0) || (op == ">=" && order >= 0) || (op == "<=" && order <= 0);
}

/// One comparison; an answer of another type, or one that cannot be compared, does not meet it.
bool answer_meets(const Response& response, NodeId answer, NodeId condition, std::string_view op) {
  const Run& run = response.run;
  const tree::Tree& form = response.form.tree();
  const NodeId wanted = form.child(condition, name::answer);
  if (wanted == no_node || form[wanted].type != run.tree[answer].type) {
    return false;
  }
  const Pair pair{run.tree, answer, form, wanted};
  const std::optional<int> order = compare_values(pair, run.type_name(answer));
  return order && holds(op, *order);
}

bool condition_met(const Response& response, NodeId item, NodeId condition) {
  const Form& form = response.form;
  const auto answers = answers_to(response, item, form.text(condition, name::question));
  const std::string_view has_answer = form.text(condition, name::has_answer);  // STU3
  const std::string_view op = form.text(condition, name::operator_);
  if (!has_answer.empty() || op == "exists") {
    const std::string_view wanted =
        has_answer.empty() ? form.text(condition, name::answer) : has_answer;
    return answers.empty() != (wanted == "true");
  }
  const std::string_view test = op.empty() ? std::string_view("=") : op;
  return std::any_of(answers.begin(), answers.end(), [&](NodeId answer) {
    return answer_meets(response, answer, condition, test);
  });
}

/// The expression of the condition, or empty.
std::string_view expression_of(const Response& response, NodeId item) {
  const Form& form = response.form;
  for (const std::string_view url : expression_extensions) {
    for (const NodeId value : form.extensions(item, url)) {
      const std::string_view inner = form.text(value, name::expression);
      return inner.empty() ? form.tree()[value].text() : inner;
    }
  }
  return {};
}

std::optional<bool> expression_met(const Response& response, std::string_view expression) {
  Run& run = response.run;
  definition::Invariant condition;
  condition.key = "enableWhen";
  condition.expression = expression;
  const InvariantPlan* const plan = run.state.plans.invariants().get(condition);
  if (!plan->compiled) {
    return std::nullopt;
  }
  try {
    return run.state.evaluator.test(*plan->compiled, run.context(), response.root) ==
           fhirpath::Truth::yes;
  } catch (const fhirpath::ExpressionError&) {
    return std::nullopt;
  }
}

}  // namespace

std::optional<bool> enabled(const Response& response, NodeId item) {
  if (const std::string_view expression = expression_of(response, item); !expression.empty()) {
    return expression_met(response, expression);
  }
  const std::vector<NodeId> conditions = response.form.all(item, name::enable_when);
  if (conditions.empty()) {
    return true;
  }
  const auto met = [&](NodeId condition) { return condition_met(response, item, condition); };
  const std::string_view behavior = response.form.text(item, name::enable_behavior);
  if (behavior == "all") {
    return std::all_of(conditions.begin(), conditions.end(), met);
  }
  // R4 demands the behaviour when there are several conditions; STU3 has it as "any".
  if (behavior.empty() && conditions.size() > 1 && !response.run.state.stu3) {
    return std::nullopt;
  }
  return std::any_of(conditions.begin(), conditions.end(), met);
}

}  // namespace lhcr::validate
