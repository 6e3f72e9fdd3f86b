// SPDX-License-Identifier: Apache-2.0
#include <ctime>
#include <unordered_map>

#include "base/error.hpp"
#include "base/names.hpp"
#include "fhirpath/value.hpp"
#include "finding/id.hpp"
#include "privacy/privacy.hpp"
#include "privacy/work.hpp"

namespace lhcr::privacy {
namespace {

using Nodes = std::vector<tree::NodeId>;

/// Calls `visit` for `top` and what is below it, without the resources in it, until it says no for
/// a subtree.
template <typename Visit>
void walk(const tree::Tree& tree, tree::NodeId top, const Visit& visit) {
  tree::NodeId id = top;
  for (;;) {
    const bool foreign = id != top && tree[id].is(tree::Flag::resource);
    const bool deeper = !foreign && !tree[id].is(tree::Flag::meta) && visit(id);
    if (deeper && tree[id].child != tree::no_node) {
      id = tree[id].child;
      continue;
    }
    while (id != top && tree[id].next == tree::no_node) id = tree[id].parent;
    if (id == top) return;
    id = tree[id].next;
  }
}

std::unique_ptr<fhirpath::Expression> compile(const std::string& text, const Rule& rule,
                                              const definition::Definitions& definitions,
                                              const SymbolTable& symbols) {
  if (text.empty()) return nullptr;
  try {
    return std::make_unique<fhirpath::Expression>(text, definitions, symbols);
  } catch (const fhirpath::ExpressionError& error) {
    throw Error(ErrorKind::input, "the privacy rule \"" + rule.path +
                                      "\" is not a FHIRPath expression: " + error.what() +
                                      " at character " + std::to_string(error.position() + 1) +
                                      " of \"" + text + "\"");
  }
}

CompiledRule compile(const Rule& rule, const definition::Definitions& definitions,
                     const SymbolTable& symbols) {
  CompiledRule out;
  out.rule = &rule;
  out.path = split_path(rule.path);
  out.before = compile(out.path.before, rule, definitions, symbols);
  out.after = compile(out.path.after, rule, definitions, symbols);
  out.resource_type = definitions.type(out.path.resource_type);
  if (out.path.search == RulePath::Search::type) out.search_type = definitions.type(out.path.name);
  if (out.path.search == RulePath::Search::name) out.search_name = symbols.find(out.path.name);
  for (const auto& [condition, value] : rule.cases) {
    out.cases.emplace_back(std::move(*compile(condition, rule, definitions, symbols)),
                           std::move(*compile(value, rule, definitions, symbols)));
  }
  return out;
}

DateTime today() {
  return from_unix(static_cast<std::int64_t>(std::time(nullptr)), 0);
}

/// The rules at work on one record.
class Run {
 public:
  Run(Work& work, const std::vector<CompiledRule>& rules, Tally& tally)
      : work_(work), rules_(rules), tally_(tally) {}

  void record() {
    find_resources();
    for (Part& part : parts_) resource(part);
    propagate();
    remove_empty(work_);
    tally_.masked_modifiers += work_.masked_modifiers;
    if (!work_.policy.parameters.labels) return;
    for (const Part& part : parts_) {
      if (work_.tree[part.node].element != name::contained || part.node == tree::root_node) {
        add_labels(work_, part.node, part.effects);
      }
    }
  }

 private:
  struct Part {
    tree::NodeId node;
    std::size_t parent;  ///< in parts_; of the outermost itself
    std::uint32_t effects = 0;
    std::string patient;
  };

  /// All resources of the record, outer ones first, and whose they are: rules will change what says
  /// so.
  void find_resources() {
    spell_systems(work_);
    list_people(work_);
    parts_.push_back({tree::root_node, 0, 0, {}});
    for (std::size_t index = 0; index < parts_.size(); ++index) {
      parts_[index].patient = patient_of(work_, parts_[index].node);
      find_inner(index);
    }
    fill_patients();
  }

  void find_inner(std::size_t index) {
    Nodes inner;
    const tree::Tree& tree = work_.tree;
    walk(tree, parts_[index].node, [&](tree::NodeId node) {
      for (const tree::NodeId child : tree.children(node)) {
        if (tree[child].is(tree::Flag::resource)) inner.push_back(child);
      }
      return true;
    });
    for (const tree::NodeId node : inner) parts_.push_back({node, index, 0, {}});
  }

  /// What names no patient is of the one that the record is about, or else of its own.
  void fill_patients() {
    std::string only;
    bool several = false;
    for (const Part& part : parts_) {
      if (part.patient.empty()) continue;
      several = several || (!only.empty() && only != part.patient);
      only = part.patient;
    }
    for (Part& part : parts_) {
      if (!part.patient.empty()) continue;
      if (!several && !only.empty()) {
        part.patient = only;
        continue;
      }
      const tree::NodeId id = work_.tree.child(part.node, name::id);
      if (id != tree::no_node) part.patient = work_.text(id);
    }
  }

  void resource(Part& part) {
    work_.resource = part.node;
    work_.patient = part.patient;
    list_persons(work_, part.node);
    effects_ = 0;
    members_.clear();
    walk(work_.tree, part.node, [&](tree::NodeId node) {
      members_.push_back(node);
      restore_list(node);
      if (work_.tree[node].element == name::modifier_extension) {
        work_.modifier_urls.emplace(node, work_.child_text(node, name::url));
      }
      return true;
    });
    const definition::TypeId type = work_.tree[part.node].type;
    for (std::size_t index = 0; index < rules_.size(); ++index) {
      const CompiledRule& rule = rules_[index];
      if (!work_.definitions.derives(type, rule.resource_type) &&
          rule.resource_type != definition::no_type) {
        continue;
      }
      matched_.clear();
      match(rule, part.node);
      for (const tree::NodeId node : matched_) apply(rule, node, tally_.by_rule[index]);
    }
    drop_unmatched();
    part.effects = effects_;
  }

  /// What repeats is written as an array, also where the input forgot to.
  void restore_list(tree::NodeId id) {
    tree::Node& node = work_.tree[id];
    if (node.is(tree::Flag::list)) return;
    const definition::Child* row = work_.definitions.child(work_.tree[node.parent].type, node.name);
    if (row != nullptr && (row->flags & definition::child_list) != 0) {
      node.flags |= static_cast<std::uint8_t>(tree::Flag::list);
    }
  }

  void match(const CompiledRule& rule, tree::NodeId resource) {
    if (rule.path.search == RulePath::Search::none) {
      evaluate(*rule.before, resource, matched_);
      return;
    }
    if (rule.before == nullptr) {
      for (const tree::NodeId node : members_) search(rule, node);
      return;
    }
    Nodes tops;
    evaluate(*rule.before, resource, tops);
    for (const tree::NodeId top : tops) {
      walk(work_.tree, top, [&](tree::NodeId node) {
        search(rule, node);
        return true;
      });
    }
  }

  void search(const CompiledRule& rule, tree::NodeId node) {
    const tree::Node& found = work_.tree[node];
    const bool matches =
        (rule.search_type != definition::no_type && found.type == rule.search_type) ||
        (rule.search_name != no_symbol && found.element == rule.search_name);
    if (!matches) return;
    if (rule.after == nullptr) {
      matched_.push_back(node);
    } else {
      evaluate(*rule.after, node, matched_);
    }
  }

  void evaluate(const fhirpath::Expression& expression, tree::NodeId focus, Nodes& out) {
    fhirpath::Context context;
    context.tree = &work_.tree;
    context.resource = work_.resource;
    for (const fhirpath::Value& value : work_.evaluator.evaluate(expression, context, focus)) {
      if (value.is_node()) out.push_back(value.node());
    }
  }

  void apply(const CompiledRule& rule, tree::NodeId top, std::uint64_t& count) {
    const MethodFunction method = method_function(rule.rule->method);
    walk(work_.tree, top, [&](tree::NodeId node) {
      if (work_.is_touched(node)) return false;
      const Effect effect = method == nullptr ? Effect::none : method(work_, rule, node);
      work_.touch(node);
      note(effect, rule.rule->method, count);
      return true;
    });
  }

  void note(Effect effect, Method method, std::uint64_t& count) {
    if (effect == Effect::none) return;
    effects_ |= 1U << static_cast<unsigned>(effect);
    ++count;
    ++tally_.by_method[static_cast<std::size_t>(method)];
  }

  /// What the definitions do not know no rule by type can find: it goes whatever the policy says.
  void drop_unmatched() {
    const bool all = work_.policy.drop_unmatched;
    for (const tree::NodeId node : members_) {
      if (work_.is_touched(node) || !work_.has_value(node)) continue;
      if (!all && work_.tree[node].type != definition::no_type) continue;
      work_.clear(node);
      effects_ |= 1U << static_cast<unsigned>(Effect::redacted);
      ++tally_.unmatched;
    }
  }

  /// What was done to a resource was done to the one that holds it.
  void propagate() {
    for (std::size_t index = parts_.size(); index-- > 1;) {
      parts_[parts_[index].parent].effects |= parts_[index].effects;
    }
  }

  Work& work_;
  const std::vector<CompiledRule>& rules_;
  Tally& tally_;
  std::vector<Part> parts_;
  Nodes members_;
  Nodes matched_;
  std::uint32_t effects_ = 0;
};

}  // namespace

struct Anonymiser::State {
  State(const Policy& policy_, const Keys& keys_, const SymbolTable& symbols_)
      : policy(policy_), keys(keys_), symbols(symbols_) {
    tally.by_rule.resize(policy.rules.size());
    tally.by_method.resize(static_cast<std::size_t>(Method::keep_coded) + 1);
  }

  /// One FHIR version's rules.
  struct Version {
    std::vector<CompiledRule> rules;
    std::unique_ptr<fhirpath::Evaluator> evaluator;
    std::unique_ptr<Published> published;
  };

  Version& version(const definition::Definitions& definitions) {
    Version& found = versions[&definitions];
    if (found.evaluator != nullptr) return found;
    for (const Rule& rule : policy.rules) {
      found.rules.push_back(compile(rule, definitions, symbols));
    }
    found.evaluator = std::make_unique<fhirpath::Evaluator>(definitions);
    found.published = std::make_unique<Published>(definitions);
    return found;
  }

  const Policy& policy;
  const Keys& keys;
  const SymbolTable& symbols;
  Tally tally;
  std::unordered_map<const definition::Definitions*, Version> versions;
};

Anonymiser::Anonymiser(const Policy& policy, const Keys& keys, const SymbolTable& symbols)
    : state_(std::make_unique<State>(policy, keys, symbols)) {}
Anonymiser::~Anonymiser() = default;

const Tally& Anonymiser::tally() const noexcept {
  return state_->tally;
}

bool Anonymiser::apply(tree::Tree& tree, const definition::Definitions& definitions,
                       finding::Sink& sink) {
  ++state_->tally.records;
  if (!is_for(state_->policy, definitions)) {
    sink.add(
        finding::about(tree, tree::root_node, finding::id<"privacy-failed">,
                       {state_->policy.name + " is for FHIR " + state_->policy.fhir_version +
                        ", and the record is FHIR " + std::string(definitions.fhir_version())}));
    return false;
  }
  State::Version& version = state_->version(definitions);
  Work work(tree, state_->policy, state_->keys,
            {definitions, *version.evaluator, *version.published});
  work.today = today();
  try {
    Run(work, version.rules, state_->tally).record();
    return true;
  } catch (const fhirpath::ExpressionError& error) {
    if (!state_->policy.skip_failures) {
      sink.add(finding::about(tree, work.resource, finding::id<"privacy-failed">, {error.what()}));
      return false;
    }
  }
  ++state_->tally.emptied;
  work.unlink_children(tree::root_node,
                       [&](tree::NodeId node) { return !tree[node].is(tree::Flag::meta); });
  add_labels(work, tree::root_node, 1U << static_cast<unsigned>(Effect::redacted));
  return true;
}

}  // namespace lhcr::privacy
