// SPDX-License-Identifier: Apache-2.0
/// Answers about codes as FHIR has them.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "cmd/terminology/terminology.hpp"
#include "terminology/query/value_set.hpp"

namespace lhcr::cmd {

/// A Parameters resource.
class Parameters {
 public:
  struct Part {
    std::string name, type, value;
  };
  Parameters();
  ~Parameters();
  Parameters(const Parameters&) = delete;
  Parameters& operator=(const Parameters&) = delete;
  void add(const std::string& name, const std::string& type, const std::string& value);
  void add(const std::string& name, bool value);
  void add_parts(const std::string& name, const std::vector<Part>& parts);
  [[nodiscard]] nlohmann::ordered_json json() const;
  [[nodiscard]] std::string text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A ValueSet with an expansion of these concepts, of `total`.
[[nodiscard]] std::string value_set_text(const terminology::Snomed& snomed,
                                         std::span<const terminology::Ordinal> concepts,
                                         std::size_t total, const std::string& constraint);

/// The same of a ValueSet's codes, with what the releases call them.
[[nodiscard]] std::string value_set_text(const terminology::Library& library,
                                         std::span<const terminology::SetCode> codes,
                                         std::size_t total, const std::string& canonical);
/// What the releases call a code; empty when they do not know it.
[[nodiscard]] std::string display_of(const terminology::Library& library,
                                     const terminology::SetCode& code);

/// Throws Error{input} when the list is not here.
[[nodiscard]] const terminology::CodeList& require_list(const terminology::Library& library,
                                                        const std::string& system);
/// A code of a list; that of Read v2 with its term code or without, of OMOP by VOCABULARY#CODE.
[[nodiscard]] std::optional<terminology::ListedCode> find_listed(const terminology::CodeList& list,
                                                                 const SystemCode& asked);

}  // namespace lhcr::cmd
