// SPDX-License-Identifier: Apache-2.0
/// ValueSets whose codes nobody lists, judged by releases: FHIR's filters on SNOMED CT become
/// expression constraints, those on lists of codes are asked of the properties of the codes.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "terminology/composition.hpp"
#include "terminology/store/library.hpp"

namespace lhcr::terminology {

/// A code that a set has.
struct SetCode {
  std::string system, code;
  bool operator<(const SetCode& other) const noexcept {
    return system != other.system ? system < other.system : code < other.code;
  }
  bool operator==(const SetCode&) const = default;
};

/// Where ValueSets are described.
class SetDirectory {
 public:
  SetDirectory() = default;
  SetDirectory(const SetDirectory&) = delete;
  SetDirectory& operator=(const SetDirectory&) = delete;
  virtual ~SetDirectory() = default;
  [[nodiscard]] virtual bool has(std::string_view canonical) const = 0;
  /// Whether a code is in a set, as far as the set's codes are listed; `system` empty: any. Where
  /// sets only say how they are composed, nothing is.
  [[nodiscard]] virtual std::optional<bool> listed(std::string_view /*canonical*/,
                                                   std::string_view /*system*/,
                                                   std::string_view /*code*/) const {
    return std::nullopt;
  }
  /// The codes that are listed.
  [[nodiscard]] virtual std::vector<SetCode> codes(std::string_view /*canonical*/) const {
    return {};
  }
  /// How the set is composed, of each version that is here; none when its codes are listed.
  [[nodiscard]] virtual std::vector<Composition> compositions(std::string_view canonical) const = 0;
};

/// Judges codes by sets. What a set selects from a release is worked out once. One object belongs
/// to one worker.
class ValueSetJudge {
 public:
  /// Both outlive the object.
  ValueSetJudge(const Library& library, const SetDirectory& directory);
  ~ValueSetJudge();
  ValueSetJudge(const ValueSetJudge&) = delete;
  ValueSetJudge& operator=(const ValueSetJudge&) = delete;

  /// Whether a set has a code (`system` empty: of any system); nullopt: why() says what is missing.
  [[nodiscard]] std::optional<bool> contains(std::string_view canonical, std::string_view system,
                                             std::string_view code);
  /// Every code of a set, sorted; nullopt: why() says what is missing.
  [[nodiscard]] std::optional<std::vector<SetCode>> expand(std::string_view canonical);
  /// Why the last question has no answer.
  [[nodiscard]] const std::string& why() const noexcept { return why_; }

 private:
  struct Part;
  struct Set;
  const std::vector<Set>& sets(std::string_view canonical);
  Part prepare(const SetPart& part, bool active_only);
  void select(Part& part, bool active_only);
  std::optional<bool> in_set(const Set& set, std::string_view system, std::string_view code);
  std::optional<bool> in_part(const Part& part, std::string_view system, std::string_view code);
  std::optional<bool> in_system(const Part& part, std::string_view code);
  bool add_candidates(const Part& part, std::vector<SetCode>& out);
  std::optional<bool> open(std::string why);
  bool may_enter(std::string_view canonical);

  const Library& library_;
  const SetDirectory& directory_;
  std::map<std::string, std::vector<Set>, std::less<>> sets_;
  std::string why_;
  std::vector<std::string_view> asked_;  ///< the sets that are looked into, outermost first
};

/// Whether `below` is `above` or stands below it in a code system; nullopt: the release does not
/// have both, or has no hierarchy.
[[nodiscard]] std::optional<bool> subsumes(const Library& library, std::string_view system,
                                           std::string_view above, std::string_view below);

}  // namespace lhcr::terminology
