// SPDX-License-Identifier: Apache-2.0
/// A policy against the models: a path that is misspelt reaches nothing, and what it should have
/// hidden goes out.
#include <algorithm>
#include <optional>
#include <vector>

#include "base/error.hpp"
#include "base/suggest.hpp"
#include "fhirpath/fhirpath.hpp"
#include "privacy/policy.hpp"
#include "privacy/rule_path.hpp"

namespace lhcr::privacy {
namespace {

using definition::Definitions;
using definition::TypeId;
using Names = std::vector<std::string_view>;

std::string did_you_mean(std::string_view word, const Names& names) {
  const std::string_view meant = closest(word, names);
  return meant.empty() ? std::string() : ", did you mean " + std::string(meant) + "?";
}

Names type_names(const Definitions& definitions) {
  Names names;
  for (const definition::TypeInfo& info : definitions.types()) {
    if (!info.name.empty() && info.name.find('.') == std::string_view::npos) {
      names.push_back(info.name);
    }
  }
  return names;
}

/// The word of an expression that begins at or holds `position`.
std::string_view word_at(std::string_view text, std::size_t position) {
  const auto is_word = [&](std::size_t at) {
    const char byte = text[at];
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '_';
  };
  std::size_t begin = std::min(position, text.size());
  while (begin < text.size() && !is_word(begin)) ++begin;
  while (begin > 0 && is_word(begin - 1)) --begin;
  std::size_t end = begin;
  while (end < text.size() && is_word(end)) ++end;
  return text.substr(begin, end - begin);
}

/// Checks the rules of one policy against one FHIR version.
class PolicyChecker {
 public:
  PolicyChecker(const Definitions& definitions, const SymbolTable& symbols)
      : definitions_(definitions), symbols_(symbols) {
    for (TypeId type = 1; type < definitions.types().size(); ++type) {
      for (const definition::Child& child : definitions.children(type)) {
        elements_.push_back(symbols.name(child.element));
      }
      const definition::TypeInfo& info = definitions.info(type);
      if (info.kind == definition::TypeKind::resource && !info.abstract) resources_.push_back(type);
    }
    std::sort(elements_.begin(), elements_.end());
    elements_.erase(std::unique(elements_.begin(), elements_.end()), elements_.end());
  }

  /// What is wrong with a rule; empty: nothing.
  [[nodiscard]] std::string problem(const Rule& rule) const {
    const RulePath path = split_path(rule.path);
    std::string found = before_problem(path);
    if (found.empty()) found = search_problem(path);
    if (found.empty() && !path.after.empty()) {
      const TypeId start = path.search == RulePath::Search::type ? definitions_.type(path.name)
                                                                 : definition::no_type;
      found = expression_problem(path.after, start);
    }
    for (const auto& [condition, value] : rule.cases) {
      if (found.empty()) found = expression_problem(condition, definition::no_type);
      if (found.empty()) found = expression_problem(value, definition::no_type);
    }
    return found;
  }

 private:
  [[nodiscard]] std::string before_problem(const RulePath& path) const {
    if (path.before.empty()) return {};
    const TypeId start = definitions_.type(path.resource_type);
    if (!path.resource_type.empty() && start == definition::no_type) {
      return "there is no type '" + path.resource_type + "'" +
             did_you_mean(path.resource_type, type_names(definitions_));
    }
    const bool any = start == definition::no_type || definitions_.info(start).abstract;
    return any ? any_resource_problem(path.before) : expression_problem(path.before, start);
  }

  /// What is said of every resource has to be right for one of them.
  [[nodiscard]] std::string any_resource_problem(const std::string& text) const {
    std::string first;
    for (const TypeId type : resources_) {
      const std::string found = expression_problem(text, type);
      if (found.empty()) return {};
      if (first.empty()) first = found;
    }
    return first;
  }

  [[nodiscard]] std::string search_problem(const RulePath& path) const {
    if (path.search == RulePath::Search::type &&
        definitions_.type(path.name) == definition::no_type) {
      return "there is no type '" + path.name + "'" +
             did_you_mean(path.name, type_names(definitions_));
    }
    const bool by_name = path.search == RulePath::Search::name;
    if (by_name && !std::binary_search(elements_.begin(), elements_.end(), path.name)) {
      return "no type has an element '" + path.name + "'" + did_you_mean(path.name, elements_);
    }
    return {};
  }

  [[nodiscard]] std::string expression_problem(const std::string& text, TypeId start) const {
    try {
      const fhirpath::Expression usual(text, definitions_, symbols_);
    } catch (const fhirpath::ExpressionError& error) {
      return "\"" + text + "\" is not a FHIRPath expression: " + error.what() + " (character " +
             std::to_string(error.position() + 1) + ")";
    }
    if (start == definition::no_type) return {};
    fhirpath::CompileOptions options;
    options.start = start;
    options.strict = true;
    try {
      const fhirpath::Expression checked(text, definitions_, symbols_, options);
    } catch (const fhirpath::ExpressionError& error) {
      return missing_element(text, error);
    }
    return {};
  }

  /// Strictness finds more than slips; only what reaches nothing is an error here.
  [[nodiscard]] std::string missing_element(const std::string& text,
                                            const fhirpath::ExpressionError& error) const {
    const std::string_view said = error.what();
    if (!said.starts_with("The element does not exist")) return {};
    const std::string_view word = word_at(text, error.position());
    return "there is no element '" + std::string(word) + "'" +
           std::string(said.substr(said.find("exist") + 5)) + did_you_mean(word, elements_);
  }

  const Definitions& definitions_;
  const SymbolTable& symbols_;
  Names elements_;
  std::vector<TypeId> resources_;
};

}  // namespace

void check_policy(Policy& policy, const definition::Library& library) {
  std::vector<PolicyChecker> checkers;
  for (const std::string_view name : library.versions()) {
    const Definitions& version = *library.version(name);
    const bool meant =
        policy.fhir_version.empty() || library.version(policy.fhir_version) == &version;
    if (meant) checkers.emplace_back(version, library.symbols());
  }
  if (checkers.empty()) {
    throw Error(ErrorKind::usage,
                policy.name + ": fhirVersion: '" + policy.fhir_version + "' is not known here");
  }
  if (!policy.fhir_version.empty()) {
    policy.fhir_version = library.version(policy.fhir_version)->fhir_version();
  }
  for (std::size_t index = 0; index < policy.rules.size(); ++index) {
    if (policy.rules[index].known_slip) continue;
    std::string first;
    const bool good =
        std::any_of(checkers.begin(), checkers.end(), [&](const PolicyChecker& checker) {
          const std::string found = checker.problem(policy.rules[index]);
          if (first.empty()) first = found;
          return found.empty();
        });
    if (good) continue;
    throw Error(ErrorKind::usage, policy.name + ": fhirPathRules[" + std::to_string(index) +
                                      "].path \"" + policy.rules[index].path + "\": " + first);
  }
}

bool is_for(const Policy& policy, const definition::Definitions& definitions) {
  return policy.fhir_version.empty() || policy.fhir_version == definitions.fhir_version();
}

}  // namespace lhcr::privacy
