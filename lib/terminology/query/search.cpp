// SPDX-License-Identifier: Apache-2.0
#include "terminology/query/search.hpp"

#include <algorithm>
#include <string>

#include "terminology/store/words.hpp"

namespace lhcr::terminology {
namespace {

/// The shortest matching term of a concept; empty when there is none.
std::string_view best_term(const Snomed& snomed, Ordinal at,
                           const std::vector<std::string_view>& wanted) {
  std::string_view best;
  for (const Description& one : snomed.descriptions(at)) {
    const bool counts = one.active && one.type != DescriptionType::definition;
    const std::string plain = counts ? folded(one.term) : std::string();
    if (counts && match_words(words_of(plain), wanted) &&
        (best.empty() || one.term.size() < best.size())) {
      best = one.term;
    }
  }
  return best;
}

}  // namespace

std::vector<SearchHit> search(const Snomed& snomed, std::string_view words,
                              const ConceptSet* within, std::size_t limit) {
  const std::string plain = folded(words);
  const auto wanted = words_of(plain);
  std::vector<SearchHit> hits;
  if (wanted.empty()) {
    return hits;
  }
  ConceptSet left;
  left.append({0, snomed.active_count()});
  left = within == nullptr ? left : left.intersected(*within);
  for (const std::string_view word : wanted) {
    left = left.intersected(snomed.with_word(word));
  }
  left.each([&](Ordinal at) {
    const std::string_view term = best_term(snomed, at, wanted);
    if (!term.empty()) {
      hits.push_back({at, term});
    }
  });
  std::stable_sort(hits.begin(), hits.end(), [](const SearchHit& left_hit, const SearchHit& right) {
    return left_hit.term.size() < right.term.size();
  });
  hits.resize(std::min(hits.size(), limit));
  return hits;
}

}  // namespace lhcr::terminology
