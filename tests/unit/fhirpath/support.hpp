// SPDX-License-Identifier: Apache-2.0
/// A record and an evaluator for tests of expressions.
#pragma once

#include <string>
#include <string_view>

#include "definition/definitions.hpp"
#include "fhirpath/fhirpath.hpp"
#include "tree/tree.hpp"

namespace lhcr::fhirpath::test {

/// One record, read from JSON.
class Record {
 public:
  explicit Record(std::string_view json, std::string_view version = "4.0.1");

  /// The items of the result, ", " between them; "{}" for none, "error" for an ExpressionError.
  /// Elements with children are shown by the name of their type.
  std::string run(std::string_view expression, const CompileOptions& options = {});
  Truth test(std::string_view expression);

  [[nodiscard]] static const definition::Library& library();
  [[nodiscard]] const definition::Definitions& definitions() const { return definitions_; }
  [[nodiscard]] const tree::Tree& tree() const { return tree_; }
  Context context;

 private:
  std::string show(const Value& value) const;

  const definition::Definitions& definitions_;
  std::string bytes_;
  tree::Tree tree_;
  Evaluator evaluator_;
};

/// A Patient with two names, a contact without value, contained and extended elements.
extern const std::string_view patient_json;

/// What an expression must give.
struct Case {
  std::string_view expression;
  std::string_view result;
};
/// Checks every case on the patient.
void check_cases(std::initializer_list<Case> cases);

}  // namespace lhcr::fhirpath::test
