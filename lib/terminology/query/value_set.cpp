// SPDX-License-Identifier: Apache-2.0
#include "terminology/query/value_set.hpp"

#include <algorithm>

#include "base/check_digit.hpp"
#include "terminology/query/set_filter.hpp"

namespace lhcr::terminology {
namespace {

using Answer = std::optional<bool>;

constexpr std::size_t deepest_import = 64;

/// In all of several: a no counts more than what is open.
Answer both(Answer left, Answer right) {
  if (left == false || right == false) {
    return false;
  }
  return left && right ? Answer(true) : std::nullopt;
}

/// In any of several: a yes counts more than what is open.
Answer either(Answer left, Answer right) {
  if (left == true || right == true) {
    return true;
  }
  return left && right ? Answer(false) : std::nullopt;
}

Answer opposite(Answer answer) {
  return answer ? Answer(!*answer) : std::nullopt;
}

}  // namespace

/// A SetPart with what it selects.
struct ValueSetJudge::Part {
  SetPart written;
  const Terminology* release = nullptr;
  ConceptSet chosen;    ///< of the release; nothing where it lists codes
  std::string problem;  ///< why it is not known what it selects
  bool active_only = false;
};

struct ValueSetJudge::Set {
  std::vector<Part> includes, excludes;
};

ValueSetJudge::ValueSetJudge(const Library& library, const SetDirectory& directory)
    : library_(library), directory_(directory) {}
ValueSetJudge::~ValueSetJudge() = default;

Answer ValueSetJudge::open(std::string why) {
  why_ = std::move(why);
  return std::nullopt;
}

void ValueSetJudge::select(Part& part, bool active_only) {
  if (part.release == nullptr) {
    part.problem = "no release of " + part.written.system + " is here";
    return;
  }
  Selection made = terminology::select(*part.release, part.written.filters);
  part.chosen =
      active_only ? made.chosen.intersected(active_of(*part.release)) : std::move(made.chosen);
  part.problem = std::move(made.problem);
}

ValueSetJudge::Part ValueSetJudge::prepare(const SetPart& part, bool active_only) {
  Part made;
  made.written = part;
  std::sort(made.written.codes.begin(), made.written.codes.end());
  made.active_only = active_only;
  if (part.system.empty()) {
    return made;
  }
  made.release = library_.find(part.system);
  if (part.codes.empty()) {
    select(made, active_only);
  }
  return made;
}

const std::vector<ValueSetJudge::Set>& ValueSetJudge::sets(std::string_view canonical) {
  const auto known = sets_.find(canonical);
  if (known != sets_.end()) {
    return known->second;
  }
  std::vector<Set> made;
  for (const Composition& one : directory_.compositions(canonical)) {
    Set& set = made.emplace_back();
    for (const SetPart& part : one.includes) {
      set.includes.push_back(prepare(part, one.active_only));
    }
    for (const SetPart& part : one.excludes) {
      set.excludes.push_back(prepare(part, false));
    }
  }
  return sets_.emplace(canonical, std::move(made)).first->second;
}

Answer ValueSetJudge::in_system(const Part& part, std::string_view code) {
  const auto& codes = part.written.codes;
  if (!codes.empty()) {
    const bool listed = std::binary_search(codes.begin(), codes.end(), code);
    const Ordinal at = listed && part.active_only && part.release != nullptr
                           ? number_of(*part.release, code)
                           : no_concept;
    return listed && (at == no_concept || is_active(*part.release, at));
  }
  if (!part.problem.empty()) {
    return open(part.problem);
  }
  const Ordinal at = number_of(*part.release, code);
  if (at != no_concept) {
    return part.chosen.contains(at);
  }
  const CodeList* products = library_.list("dmd");
  const bool snomed = part.release->snomed() != nullptr;
  if (!is_whole(part.release->stored().name)) {
    return open(part.release->stored().label() + " has not every code of its system");
  }
  if (snomed && (!is_digits(code) || (products != nullptr && products->find(code)))) {
    return open(std::string(code) + " is not judged by " + part.release->stored().label());
  }
  return false;
}

Answer ValueSetJudge::in_part(const Part& part, std::string_view system, std::string_view code) {
  Answer answer = true;
  if (!part.written.system.empty()) {
    answer =
        !system.empty() && system != part.written.system ? Answer(false) : in_system(part, code);
  }
  for (const std::string& set : part.written.sets) {
    if (answer != false) {
      answer = both(answer, contains(set, system, code));
    }
  }
  return answer;
}

Answer ValueSetJudge::in_set(const Set& set, std::string_view system, std::string_view code) {
  Answer answer = false;
  for (const Part& part : set.includes) {
    answer = answer == true ? answer : either(answer, in_part(part, system, code));
  }
  for (const Part& part : set.excludes) {
    answer = answer == false ? answer : both(answer, opposite(in_part(part, system, code)));
  }
  return answer;
}

Answer ValueSetJudge::contains(std::string_view canonical, std::string_view system,
                               std::string_view code) {
  if (const Answer listed = directory_.listed(canonical, system, code)) {
    return listed;
  }
  if (!may_enter(canonical)) {
    return std::nullopt;
  }
  asked_.push_back(canonical);
  const std::vector<Set>& all = sets(canonical);
  Answer answer = all.empty() ? open("how " + std::string(canonical) + " is composed is not known")
                              : Answer(false);
  for (const Set& set : all) {
    answer = answer == true ? answer : either(answer, in_set(set, system, code));
  }
  asked_.pop_back();
  return answer;
}

/// Not into one that is not here, or that is being looked into.
bool ValueSetJudge::may_enter(std::string_view canonical) {
  if (!directory_.has(canonical)) {
    (void)open("the value set " + std::string(canonical) + " is not here");
    return false;
  }
  const bool again = std::find(asked_.begin(), asked_.end(), canonical) != asked_.end();
  if (again || asked_.size() >= deepest_import) {
    (void)open("the value set " + std::string(canonical) + " imports itself");
  }
  return !again && asked_.size() < deepest_import;
}

// --- expansion ---

/// Codes among which those of an include are; false: not all are known.
bool ValueSetJudge::add_candidates(const Part& part, std::vector<SetCode>& out) {
  const SetPart& written = part.written;
  if (written.system.empty()) {
    const auto imported =
        written.sets.empty() ? std::optional<std::vector<SetCode>>{} : expand(written.sets.front());
    if (imported) {
      out.insert(out.end(), imported->begin(), imported->end());
    }
    return imported.has_value();
  }
  if (!part.problem.empty()) {
    return open(part.problem).has_value();
  }
  for (const std::string& code : written.codes) {
    out.push_back({written.system, code});
  }
  part.chosen.each([&](Ordinal at) {
    out.push_back({written.system, code_of(*part.release, at)});
  });
  return true;
}

std::optional<std::vector<SetCode>> ValueSetJudge::expand(std::string_view canonical) {
  std::vector<SetCode> made = directory_.codes(canonical);
  if (!made.empty()) {
    return made;
  }
  if (!may_enter(canonical)) {
    return std::nullopt;
  }
  asked_.push_back(canonical);
  bool known = !sets(canonical).empty();
  for (const Set& set : sets(canonical)) {
    for (const Part& part : set.includes) {
      known = known && add_candidates(part, made);
    }
  }
  asked_.pop_back();
  std::sort(made.begin(), made.end());
  made.erase(std::unique(made.begin(), made.end()), made.end());
  std::erase_if(made, [&](const SetCode& one) {
    const Answer in = contains(canonical, one.system, one.code);
    known = known && in;
    return in != true;
  });
  return known ? std::optional(std::move(made)) : std::nullopt;
}

}  // namespace lhcr::terminology
