// SPDX-License-Identifier: Apache-2.0
#include "terminology/query/near.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "base/text.hpp"
#include "terminology/query/judge.hpp"
#include "terminology/query/search.hpp"

namespace lhcr::terminology {
namespace {

constexpr std::size_t most_named = 3;
/// Of a longer text nobody makes one slip only.
constexpr std::size_t longest_code = 24;

/// What may stand for a character: digits for a digit, letters of the same case for a letter.
std::string_view same_kind(char c) {
  if (is_digit(c)) return "0123456789";
  if (c >= 'A' && c <= 'Z') return "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  return c >= 'a' && c <= 'z' ? "abcdefghijklmnopqrstuvwxyz" : "";
}

/// Calls `visit(text)` for each text that is one slip away.
template <typename Visit>
void for_each_slip(std::string_view code, const Visit& visit) {
  for (std::size_t at = 0; at < code.size(); ++at) {
    std::string text(code);
    if (at + 1 < code.size() && code[at] != code[at + 1]) {
      std::swap(text[at], text[at + 1]);
      visit(text);
    }
    visit(std::string(code).erase(at, 1));
    for (const char other : same_kind(code[at])) {
      text.assign(code);
      text[at] = other;
      if (other != code[at]) visit(text);
      visit(std::string(code).insert(at, 1, other));
    }
  }
  for (const char other : same_kind(code.empty() ? ' ' : code.back())) {
    visit(std::string(code).append(1, other));
  }
}

struct Candidate {
  std::string code;
  std::string label;
  bool has_display = false;
};

void keep(std::vector<Candidate>& all, Candidate found) {
  const bool known = std::any_of(all.begin(), all.end(),
                                 [&](const Candidate& other) { return other.code == found.code; });
  if (!known) all.push_back(std::move(found));
}

std::vector<std::string> best(std::vector<Candidate> all) {
  const auto fits = [](const Candidate& one) { return one.has_display; };
  if (std::any_of(all.begin(), all.end(), fits)) {
    std::erase_if(all, [&](const Candidate& one) { return !fits(one); });
  }
  std::vector<std::string> labels;
  for (const Candidate& one : all) {
    if (labels.size() < most_named) labels.push_back(one.label);
  }
  return labels;
}

/// `read(text)`: the candidate of a code that exists and is active; `find(display)`: those that
/// have it as a term.
template <typename Read, typename Find>
std::vector<std::string> nearest(std::string_view code, std::string_view display, const Read& read,
                                 const Find& find) {
  std::vector<Candidate> all;
  if (code.size() <= longest_code) {
    for_each_slip(code, [&](const std::string& text) {
      if (auto found = read(text)) keep(all, std::move(*found));
    });
  }
  if (all.empty() && !display.empty()) find(all);
  return best(std::move(all));
}

}  // namespace

std::vector<std::string> near_codes(const Snomed& snomed, std::string_view code,
                                    std::string_view display) {
  const auto candidate = [&](Ordinal at) {
    const bool fits =
        !display.empty() && judge_display(snomed, at, display).verdict != DisplayVerdict::wrong;
    return Candidate{std::to_string(snomed.id(at)), labelled(snomed, at), fits};
  };
  return nearest(
      code, display,
      [&](const std::string& text) -> std::optional<Candidate> {
        const Ordinal at = snomed.find(text);
        return at == no_concept || !snomed.is_active(at) ? std::nullopt
                                                         : std::optional(candidate(at));
      },
      [&](std::vector<Candidate>& all) {
        for (const SearchHit& hit : search(snomed, display, nullptr, most_named)) {
          if (in_small_letters(hit.term) == in_small_letters(display)) {
            keep(all, candidate(hit.at));
          }
        }
      });
}

std::vector<std::string> near_codes(const CodeList& list, std::string_view code,
                                    std::string_view display) {
  const auto candidate = [&](const ListedCode& found) {
    const bool fits =
        !display.empty() && in_small_letters(found.display) == in_small_letters(display);
    std::string label(found.code);
    if (!found.display.empty()) label.append(" |").append(found.display).append("|");
    return Candidate{std::string(found.code), std::move(label), fits};
  };
  return nearest(
      code, display,
      [&](const std::string& text) -> std::optional<Candidate> {
        const auto found = list.find(text);
        return found && found->active ? std::optional(candidate(*found)) : std::nullopt;
      },
      [&](std::vector<Candidate>& all) {
        for (const ListedCode& found : list.search(display, most_named)) {
          Candidate one = candidate(found);
          if (found.active && one.has_display) keep(all, std::move(one));
        }
      });
}

}  // namespace lhcr::terminology
