// SPDX-License-Identifier: Apache-2.0
#include <array>

#include <re2/re2.h>

#include "fhirpath/compiler.hpp"
#include "fhirpath/fhirpath.hpp"
#include "fhirpath/machine.hpp"
#include "fhirpath/parser.hpp"

namespace lhcr::fhirpath {

tree::NodeId Services::resolve(const tree::Tree& /*tree*/, tree::NodeId /*node*/) {
  return tree::no_node;
}
std::optional<bool> Services::member_of(const tree::Tree& /*tree*/, tree::NodeId /*node*/,
                                        std::string_view /*value_set*/) {
  return std::nullopt;
}
std::optional<bool> Services::subsumes(std::string_view /*system*/, std::string_view /*above*/,
                                       std::string_view /*below*/) {
  return std::nullopt;
}
std::optional<bool> Services::conforms_to(const tree::Tree& /*tree*/, tree::NodeId /*node*/,
                                          std::string_view /*profile*/) {
  return std::nullopt;
}
std::int64_t Services::concept_id(std::string_view /*system*/, std::string_view /*code*/,
                                  bool /*standard*/) {
  return 0;
}
std::optional<bool> Services::html_checks(const tree::Tree& /*tree*/, tree::NodeId /*node*/) {
  return std::nullopt;
}
std::optional<bool> Services::in_slice(const tree::Tree& /*tree*/, tree::NodeId /*node*/,
                                       std::string_view /*structure*/, std::string_view /*name*/) {
  return std::nullopt;
}
std::optional<bool> Services::has_template(const tree::Tree& /*tree*/, tree::NodeId /*node*/,
                                           std::string_view /*profile*/) {
  return std::nullopt;
}
bool Services::wants_trace() const {
  return false;
}
void Services::trace(std::string_view /*name*/, std::string_view /*values*/) {}

Expression::Expression(std::string_view text, const definition::Definitions& definitions,
                       const SymbolTable& symbols, const CompileOptions& options)
    : program_(compile(text, definitions, symbols, options)) {}
Expression::Expression(Expression&&) noexcept = default;
Expression& Expression::operator=(Expression&&) noexcept = default;
Expression::~Expression() = default;

const std::string& Expression::text() const {
  return program_->text;
}

void intern_names(std::string_view text, SymbolTable& symbols) {
  for (const Syntax& node : parse(text).nodes) {
    if (node.kind == SyntaxKind::member) {
      symbols.intern(node.text);
    }
  }
}

struct Evaluator::State {
  explicit State(const definition::Definitions& known) : definitions(known) {}

  const definition::Definitions& definitions;
  std::vector<std::unique_ptr<Machine>> machines;
  std::size_t busy = 0;  // what conformsTo() asks may evaluate in turn
};

namespace {

/// The machine of the innermost evaluation, busy while this lives.
template <typename State>
class Turn {
 public:
  explicit Turn(State& state) : state_(state) {
    if (state.busy == state.machines.size()) {
      state.machines.push_back(std::make_unique<Machine>(state.definitions));
    }
    machine_ = state.machines[state.busy++].get();
  }
  ~Turn() { --state_.busy; }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  [[nodiscard]] Machine& machine() const { return *machine_; }

 private:
  State& state_;
  Machine* machine_ = nullptr;
};

}  // namespace

Evaluator::Evaluator(const definition::Definitions& definitions)
    : state_(std::make_unique<State>(definitions)) {}
Evaluator::~Evaluator() = default;

const Collection& Evaluator::evaluate(const Expression& expression, const Context& context,
                                      tree::NodeId focus) {
  const Turn turn(*state_);
  Machine& machine = turn.machine();
  machine.start(*expression.program_, context, focus);
  machine.items_found.clear();
  machine.collect(expression.program_->root, Scope{Value::of_node(focus), 0, nullptr, nullptr},
                  machine.items_found);
  return machine.items_found;
}

Truth Evaluator::test(const Expression& expression, const Context& context, tree::NodeId focus) {
  const Turn turn(*state_);
  Machine& machine = turn.machine();
  machine.start(*expression.program_, context, focus);
  return machine.truth(expression.program_->root,
                       Scope{Value::of_node(focus), 0, nullptr, nullptr});
}

}  // namespace lhcr::fhirpath
