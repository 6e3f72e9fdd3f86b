// SPDX-License-Identifier: Apache-2.0
#include "validate/run.hpp"

#include "validate/cda/cda.hpp"
#include "validate/checks.hpp"
#include "validate/element/released_sets.hpp"
#include "validate/resource/form.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {

Validator::State::State(const definition::Definitions& known, const SymbolTable& table,
                        Options chosen)
    : definitions(known),
      symbols(table),
      options(std::move(chosen)),
      plans(known, table),
      profiles(known, table, plans.invariants()),
      nhs(known, table),
      evaluator(known),
      stu3(known.fhir_version().starts_with("3.")),
      sets(std::make_unique<ReleasedSets>(known, options.library)),
      cda(known.is_cda() ? std::make_unique<const CdaRules>(known) : nullptr) {}

Run::Run(Validator::State& run_state, const tree::Tree& run_tree, finding::Sink& run_sink)
    : state(run_state),
      tree(run_tree),
      definitions(run_state.definitions),
      options(run_state.options),
      services(*this, run_state.definitions, run_state.symbols),
      references(services.references()),
      json(!run_tree.kinds_are_open() && !run_state.options.xml_order),
      paths_(run_tree),
      sink_(&run_sink),
      record_sink_(&run_sink) {
  services.reset(run_tree);
}

Validator::State::~State() = default;

Run::~Run() = default;

const Form* Run::form(tree::NodeId response, std::string_view canonical) {
  if (canonical.starts_with("#")) {
    const References::Target target = references.resolve(response, canonical);
    contained_form_ =
        target.node == tree::no_node ? nullptr : std::make_unique<const Form>(tree, target.node);
    return contained_form_.get();
  }
  const auto [found, fresh] = state.forms.try_emplace(std::string(canonical));
  if (fresh) {
    auto kept = definition::read_resource(definitions, state.symbols, canonical);
    if (kept && kept->tree.resource_type(tree::root_node) == "Questionnaire") {
      found->second = std::make_unique<PackageForm>(std::move(kept));
    }
  }
  return found->second ? &found->second->form : nullptr;
}

void Run::send(finding::Finding finding) {
  finding.severity = std::max(finding.severity, most_);
  sink_->add(std::move(finding));
}

void Run::report(tree::NodeId node, finding::Id id, std::vector<std::string> arguments) {
  report(node, finding::entry(id).severity, id, std::move(arguments));
}

void Run::report(tree::NodeId node, finding::Severity severity, finding::Id id,
                 std::vector<std::string> arguments) {
  send(about(node, severity, id, std::move(arguments)));
}

finding::Finding Run::about(tree::NodeId node, finding::Severity severity, finding::Id id,
                            std::vector<std::string> arguments) {
  finding::Finding made;
  made.id = id;
  made.severity = severity;
  if (sink_->wants_path(std::max(severity, most_))) made.path = paths_.of(node);
  made.position.offset = tree[node].offset;
  made.arguments = std::move(arguments);
  return made;
}

void Run::report_considered(tree::NodeId node, finding::Id id, std::vector<std::string> arguments,
                            std::vector<finding::Candidate> candidates) {
  arguments.push_back(finding::in_words(candidates));
  finding::Finding made = about(node, finding::entry(id).severity, id, std::move(arguments));
  made.candidates = std::move(candidates);
  send(std::move(made));
}

void Run::report_within(tree::NodeId node, finding::Id id, std::vector<std::string> arguments) {
  finding::Finding made =
      about(tree[node].parent, finding::entry(id).severity, id, std::move(arguments));
  made.position.offset = tree[node].offset;
  send(std::move(made));
}

void Run::report_following(tree::NodeId node, finding::Id id, std::vector<std::string> arguments) {
  finding::Finding made = about(node, finding::entry(id).severity, id, std::move(arguments));
  made.follows = true;
  send(std::move(made));
}

void Run::count_unchecked(finding::KindTaking<2> kind, std::string_view what) {
  for (Unchecked& seen : unchecked_) {
    if (seen.kind.id == kind.id && seen.what == what) {
      ++seen.count;
      return;
    }
  }
  unchecked_.push_back({kind, what, 1});
}

void Run::report_unchecked() {
  for (const Unchecked& seen : unchecked_) {
    report_often(tree::root_node, seen.kind, [&] {
      return std::array{std::string(seen.what), std::to_string(seen.count)};
    });
  }
  unchecked_.clear();
}

std::string_view Run::child_text(tree::NodeId node, Symbol name) const {
  const tree::NodeId found = tree.child(node, name);
  return found == tree::no_node ? std::string_view{} : tree[found].text();
}

bool Run::has_text(tree::NodeId node) const {
  return node != tree::no_node && tree[node].length > 0;
}

std::string_view Run::type_name(tree::NodeId node) const {
  const definition::TypeId type = tree[node].type;
  return type == definition::no_type ? std::string_view{} : definitions.info(type).name;
}

fhirpath::Context Run::context() {
  fhirpath::Context made;
  made.tree = &tree;
  if (frame != nullptr) {
    made.resource = frame->node;
    made.root_resource = frame->root;
  }
  made.services = &services;
  return made;
}

std::optional<bool> RunServices::noted(std::optional<bool> answer) {
  run_.unsure = run_.unsure || !answer;
  return answer;
}

tree::NodeId RunServices::resolve(const tree::Tree& tree, tree::NodeId node) {
  const tree::NodeId found = ProfileServices::resolve(tree, node);
  run_.unsure = run_.unsure || (found == tree::no_node && leads_outside(run_, node));
  return found;
}

std::optional<bool> RunServices::conforms_to(const tree::Tree& tree, tree::NodeId node,
                                             std::string_view profile) {
  return noted(&tree == &run_.tree ? conforms_wholly(run_, node, profile) : std::nullopt);
}

std::optional<bool> RunServices::in_slice(const tree::Tree& tree, tree::NodeId node,
                                          std::string_view structure, std::string_view name) {
  return noted(&tree == &run_.tree ? belongs_to_slice(run_, node, structure, name) : std::nullopt);
}

std::optional<bool> RunServices::member_of(const tree::Tree& /*tree*/, tree::NodeId node,
                                           std::string_view value_set) {
  return noted(
      run_.state.cda != nullptr
          ? is_cda_member(run_, node, value_set)
          : validate::member_of(run_, node, run_.definitions.value_set(value_set), value_set));
}

std::optional<bool> RunServices::subsumes(std::string_view system, std::string_view above,
                                          std::string_view below) {
  return run_.state.sets->subsumes(system, above, below);
}

std::optional<bool> RunServices::has_template(const tree::Tree& /*tree*/, tree::NodeId node,
                                              std::string_view profile) {
  if (run_.state.cda == nullptr) {
    return std::nullopt;
  }
  return follows_template(run_, node, profile);
}

Validator::Validator(const definition::Definitions& definitions, const SymbolTable& symbols,
                     Options options)
    : state_(std::make_unique<State>(definitions, symbols, std::move(options))) {}

Validator::~Validator() = default;

void Validator::validate(const tree::Tree& tree, finding::Sink& sink) {
  if (tree.empty()) {
    return;
  }
  Run run(*state_, tree, sink);
  if (state_->cda != nullptr) {
    check_cda_record(run);
  } else {
    check_record(run);
    check_nhs_rules(run);
  }
  run.pending_codes.settle(run);
  run.report_unchecked();
}

}  // namespace lhcr::validate
