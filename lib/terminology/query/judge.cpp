// SPDX-License-Identifier: Apache-2.0
#include "terminology/query/judge.hpp"

#include <algorithm>
#include <array>

#include "terminology/store/words.hpp"

namespace lhcr::terminology {
namespace {

bool matches(std::string_view term, CaseRule rule, std::string_view display, bool& case_differs) {
  case_differs = false;
  if (term == display) {
    return true;
  }
  if (term.empty() || rule == CaseRule::sensitive || !equal_but_case(term, display)) {
    return false;
  }
  case_differs = true;
  // Only the first letter may differ; that of two bytes, too.
  const std::size_t first = static_cast<unsigned char>(term.front()) >= 0x80 ? 2 : 1;
  return rule == CaseRule::insensitive || term.substr(first) == display.substr(first);
}

DisplayVerdict verdict_of(std::string_view term, const StyleRow& style,
                          std::string_view preferred) {
  const auto type = static_cast<DescriptionType>(style.type);
  if (style.active == 0) {
    return DisplayVerdict::retired;
  }
  if (type == DescriptionType::fully_specified) {
    return DisplayVerdict::fully_specified;
  }
  if (type != DescriptionType::synonym) {
    return DisplayVerdict::definition;
  }
  return term == preferred ? DisplayVerdict::preferred : DisplayVerdict::acceptable;
}

}  // namespace

DisplayJudgement judge_display(const Snomed& snomed, Ordinal at, std::string_view display) {
  DisplayJudgement best;
  best.preferred = snomed.preferred(at);
  snomed.each_term(at, [&](std::string_view term, const StyleRow& style) {
    bool case_differs = false;
    // Letters keep their number of bytes in either case, so that most terms need not be read.
    if (term.size() != display.size() ||
        !matches(term, static_cast<CaseRule>(style.case_rule), display, case_differs)) {
      return;
    }
    const DisplayVerdict verdict = verdict_of(term, style, best.preferred);
    if (verdict < best.verdict || (verdict == best.verdict && !case_differs)) {
      best.verdict = verdict;
      best.case_differs = case_differs;
    }
  });
  return best;
}

std::string_view name_of(DisplayVerdict verdict) noexcept {
  constexpr std::array<std::string_view, 6> names = {"preferred",  "acceptable",           "fsn",
                                                     "definition", "inactive description", "wrong"};
  return names[static_cast<std::size_t>(verdict)];
}

std::vector<Replacement> replacements(const Snomed& snomed, Ordinal at) {
  std::vector<Replacement> made;
  const Ordinal historical = snomed.find(sctid::historical_association);
  for (const RefsetRow& row : snomed.refsets()) {
    const bool counts = row.kind == RefsetKind::association &&
                        (historical == no_concept || snomed.children(historical).empty() ||
                         snomed.is_below_or_same(row.refset, historical));
    if (!counts) {
      continue;
    }
    for (const LinkRow& link : snomed.links_from(row, at)) {
      if (link.target != no_concept) {
        made.push_back({row.refset, link.target});
      }
    }
  }
  std::sort(made.begin(), made.end(), [&](const Replacement& left, const Replacement& right) {
    return left.association != right.association
               ? snomed.id(left.association) < snomed.id(right.association)
               : snomed.id(left.target) < snomed.id(right.target);
  });
  return made;
}

std::optional<Replacement> certain_replacement(const Snomed& snomed, Ordinal at) {
  const auto all = replacements(snomed, at);
  if (all.size() != 1 || !snomed.is_active(all.front().target)) {
    return std::nullopt;
  }
  const std::uint64_t association = snomed.id(all.front().association);
  return association == sctid::same_as || association == sctid::replaced_by
             ? std::optional(all.front())
             : std::nullopt;
}

std::string labelled(const Snomed& snomed, Ordinal at) {
  std::string text = std::to_string(snomed.id(at));
  const std::string_view term = snomed.preferred(at);
  return term.empty() ? text : text + " |" + std::string(term) + "|";
}

namespace {

/// "SAME AS association reference set" is said as "SAME AS".
std::string association_name(const Snomed& snomed, Ordinal association) {
  const std::string_view term = snomed.preferred(association);
  return std::string(term.substr(0, term.find(" association reference set")));
}

std::string lower_first(std::string_view text) {
  std::string made(text);
  if (!made.empty() && made[0] >= 'A' && made[0] <= 'Z') {
    made[0] = static_cast<char>(made[0] - 'A' + 'a');
  }
  return made;
}

}  // namespace

std::string inactivity_text(const Snomed& snomed, Ordinal at) {
  std::string text = snomed.reason(at) == no_concept
                         ? "no reason"
                         : lower_first(snomed.preferred(snomed.reason(at)));
  const auto all = replacements(snomed, at);
  Ordinal association = no_concept;
  for (const Replacement& one : all) {
    text += one.association == association ? ", "
                                           : "; " + association_name(snomed, one.association) + " ";
    association = one.association;
    text += labelled(snomed, one.target);
  }
  return all.empty() ? text + ", no replacement" : text;
}

}  // namespace lhcr::terminology
