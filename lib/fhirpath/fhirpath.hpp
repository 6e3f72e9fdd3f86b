// SPDX-License-Identifier: Apache-2.0
/// FHIRPath (N1 with the FHIR R4 and STU3 additions), compiled once and evaluated on the tree.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "definition/definitions.hpp"
#include "tree/tree.hpp"

namespace lhcr::fhirpath {

/// An expression that cannot be compiled, or an evaluation that the specification makes an error.
class ExpressionError : public std::runtime_error {
 public:
  ExpressionError(const std::string& text, std::size_t position)
      : std::runtime_error(text), position_(position) {}
  /// Byte offset in the expression.
  [[nodiscard]] std::size_t position() const noexcept { return position_; }

 private:
  std::size_t position_;
};

/// What an expression asks of the world outside the tree. Each has a default that answers "cannot
/// say".
class Services {
 public:
  Services() = default;
  Services(const Services&) = delete;
  Services& operator=(const Services&) = delete;
  virtual ~Services() = default;
  /// resolve(): the node a Reference, uri or canonical at `node` points to in the same tree, or
  /// no_node.
  virtual tree::NodeId resolve(const tree::Tree& tree, tree::NodeId node);
  /// memberOf(): nullopt when the set cannot be judged.
  virtual std::optional<bool> member_of(const tree::Tree& tree, tree::NodeId node,
                                        std::string_view value_set);
  /// subsumes(): whether `below` is `above` or stands below it in a code system that the
  /// definitions do not have; nullopt when that is not known.
  virtual std::optional<bool> subsumes(std::string_view system, std::string_view above,
                                       std::string_view below);
  /// conformsTo(): nullopt when the profile is not here.
  virtual std::optional<bool> conforms_to(const tree::Tree& tree, tree::NodeId node,
                                          std::string_view profile);
  /// htmlChecks(): whether an xhtml node keeps the rules for narrative.
  virtual std::optional<bool> html_checks(const tree::Tree& tree, tree::NodeId node);
  /// slice(): whether the element at `node` is in a slice of a profile; nullopt when the profile is
  /// not here.
  virtual std::optional<bool> in_slice(const tree::Tree& tree, tree::NodeId node,
                                       std::string_view structure, std::string_view name);
  /// conceptId(), standardConceptId(): the number of a code, or of the standard one for it, in the
  /// OMOP vocabularies; 0 when there is none.
  virtual std::int64_t concept_id(std::string_view system, std::string_view code, bool standard);
  /// hasTemplateIdOf() of CDA: whether the node says that it follows a template; nullopt when the
  /// template is not here.
  virtual std::optional<bool> has_template(const tree::Tree& tree, tree::NodeId node,
                                           std::string_view profile);
  /// Whether trace() is to be called at all; evaluation then builds the text of the values.
  [[nodiscard]] virtual bool wants_trace() const;
  /// trace(): one call per trace().
  virtual void trace(std::string_view name, std::string_view values);
};

class Value;  // one item of a collection, fhirpath/value.hpp
using Collection = std::vector<Value>;
struct NamedValue;

struct Context {
  const tree::Tree* tree = nullptr;
  tree::NodeId resource = tree::root_node;  ///< %resource
  tree::NodeId root_resource =
      tree::root_node;           ///< %rootResource: the container of a contained resource
  Services* services = nullptr;  ///< may be nullptr
  /// %name variables beyond the fixed ones, as text.
  std::vector<std::pair<std::string_view, std::string_view>> variables;
  /// %name variables that are no text; may be nullptr.
  const std::vector<NamedValue>* values = nullptr;
  /// The clock of now(), today(): "2026-01-31T12:00:00.000+00:00"; empty: the system clock.
  std::string_view now;
  std::uint64_t step_limit = 50'000'000;  ///< evaluation steps before an ExpressionError
};

enum class Truth : std::uint8_t { no, yes, empty };

[[nodiscard]] constexpr Truth to_truth(bool value) noexcept {
  return value ? Truth::yes : Truth::no;
}
[[nodiscard]] constexpr Truth to_truth(std::optional<bool> value) noexcept {
  return value ? to_truth(*value) : Truth::empty;
}

struct CompileOptions {
  /// The type of what will be evaluated. With `strict`, elements that it does not have, functions
  /// on types that they do not work on and the like are errors of compilation.
  definition::TypeId start = definition::no_type;
  bool strict = false;
  bool check_order =
      false;  ///< with `strict`: first(), skip() and the like on items without order are errors
  /// as() filters collections, as it did before N1 (always so for STU3). Constraints of R4 packages
  /// were written so, too.
  bool as_takes_lists = false;
  /// join() of nothing is the empty string, as SQL on FHIR has it, and not nothing.
  bool joins_nothing = false;
  /// %name constants, folded into the program, which copies their text; may be nullptr.
  const std::vector<NamedValue>* constants = nullptr;
  /// The %names that Context will have; others are errors of compilation. nullptr: not known.
  const std::vector<std::string_view>* variables = nullptr;
};

/// A compiled expression. Immutable, shared by threads; evaluation scratch lives in an Evaluator.
class Expression {
 public:
  /// Throws ExpressionError. Names that `symbols` does not know match nothing; pass a mutable table
  /// to intern() them first.
  Expression(std::string_view text, const definition::Definitions& definitions,
             const SymbolTable& symbols, const CompileOptions& options = {});
  Expression(Expression&&) noexcept;
  Expression& operator=(Expression&&) noexcept;
  ~Expression();
  [[nodiscard]] const std::string& text() const;
  struct Program;  // fhirpath/program.hpp

 private:
  friend class Evaluator;
  std::unique_ptr<const Program> program_;
};

/// Interns every element name that `text` uses. To be called before records are read.
void intern_names(std::string_view text, SymbolTable& symbols);

/// Runs expressions; keeps scratch memory. One evaluator belongs to one worker.
class Evaluator {
 public:
  explicit Evaluator(const definition::Definitions& definitions);
  ~Evaluator();
  /// The result, in order. Views in it live as long as the tree and until the next evaluate() call.
  const Collection& evaluate(const Expression& expression, const Context& context,
                             tree::NodeId focus);
  /// For invariants: a single boolean; any other single item counts as true (singleton evaluation);
  /// empty is Truth::empty.
  Truth test(const Expression& expression, const Context& context, tree::NodeId focus);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lhcr::fhirpath
