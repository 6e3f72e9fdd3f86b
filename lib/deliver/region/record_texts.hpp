// SPDX-License-Identifier: Apache-2.0
/// Values of a region that each record gives: FHIRPath behind "fhirpath:" (it gives one value) or
/// "fhirpath?:" (it may give none, and the key is left out then).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "definition/definitions.hpp"
#include "deliver/region/region.hpp"
#include "fhirpath/fhirpath.hpp"
#include "record/services.hpp"

namespace lhcr::deliver {

/// What a value asks of each record.
struct RecordPath {
  std::string_view expression;
  bool optional = false;
};
/// Nothing for a value that is the same for every record.
[[nodiscard]] std::optional<RecordPath> record_path(std::string_view value);
/// Whether a region has such values for a style.
[[nodiscard]] bool asks_records(const Region& region, std::string_view style);

/// What one resource gives, by key of the region.
using RecordTexts = std::map<std::string, std::string>;

/// The expressions of a region. Belongs to the thread that reads records.
class RecordPaths {
 public:
  /// To be made before the first record is read: the names in the expressions are interned.
  /// Both outlive the object. Throws Error{usage} for what is no FHIRPath.
  RecordPaths(const Region& region, std::string_view style,
              const definition::Definitions& definitions, SymbolTable& symbols);

  /// Evaluates all on a resource of a typed record (%resource, and the root as %rootResource).
  /// Returns why the record cannot be sent, or an empty text. No value has control characters.
  [[nodiscard]] std::string answer(const tree::Tree& tree, tree::NodeId resource,
                                   RecordTexts& texts);

 private:
  struct Rule {
    std::string key;
    bool optional;
    fhirpath::Expression expression;
  };
  [[nodiscard]] std::string answer_one(const Rule& rule, const fhirpath::Context& context,
                                       RecordTexts& texts);

  fhirpath::Evaluator evaluator_;
  record::RecordServices services_;
  std::vector<Rule> rules_;
};

}  // namespace lhcr::deliver
