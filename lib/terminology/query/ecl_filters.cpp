// SPDX-License-Identifier: Apache-2.0
/// Filters of concepts and descriptions (ECL 2.2 sections 6.8, 6.9).
#include <algorithm>
#include <array>
#include <charconv>

#include "terminology/query/ecl_evaluator.hpp"
#include "terminology/store/words.hpp"

namespace lhcr::terminology {
namespace {

using Kind = EclNode::Kind;

struct Dialect {
  std::string_view alias;
  std::uint64_t refset;
};
constexpr std::array dialects = {
#define LHCR_DIALECT(alias, refset) Dialect{alias, refset},
#include "terminology/query/dialects.def"
#undef LHCR_DIALECT
};

std::uint32_t day_of(std::string_view text) {
  std::uint32_t day = 0;
  std::from_chars(text.data(), text.data() + text.size(), day);
  return day;
}

bool is_negated(const EclNode& filter) {
  return filter.comparison == "!=";
}

std::optional<DescriptionType> type_of(std::string_view word) {
  struct Row {
    std::string_view brief, full;
    DescriptionType type;
  };
  constexpr std::array rows = {Row{"fsn", "fullySpecifiedName", DescriptionType::fully_specified},
                               Row{"syn", "synonym", DescriptionType::synonym},
                               Row{"def", "definition", DescriptionType::definition}};
  for (const Row& row : rows) {
    if (same_word(word, row.brief) || same_word(word, row.full)) {
      return row.type;
    }
  }
  return std::nullopt;
}

std::uint64_t type_id(DescriptionType type) {
  switch (type) {
    case DescriptionType::fully_specified:
      return sctid::fully_specified_name;
    case DescriptionType::synonym:
      return sctid::synonym;
    case DescriptionType::definition:
      return sctid::text_definition;
    default:
      return 0;
  }
}

}  // namespace

bool passes_day(std::uint32_t day, const EclNode& filter) {
  const auto one = [&](const EclNode& item) {
    const std::uint32_t wanted = day_of(item.text);
    return compares(day < wanted ? -1 : static_cast<int>(day > wanted), filter.comparison);
  };
  const auto wanted = items(filter.parts[0]);
  return filter.comparison == "=" ? std::any_of(wanted.begin(), wanted.end(), one)
                                  : std::all_of(wanted.begin(), wanted.end(), one);
}

std::optional<bool> truth_of(std::string_view text) {
  if (text == "1" || same_word(text, "true")) {
    return true;
  }
  return text == "0" || same_word(text, "false") ? std::optional(false) : std::nullopt;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    at += text[at] == '\\' && at + 1 < text.size() ? 1U : 0U;
    out += text[at];
  }
  return out;
}

bool passes_text(std::string_view text, const EclNode& wanted) {
  const std::string plain = folded(text);
  const auto all = items(wanted);
  return std::any_of(all.begin(), all.end(), [&](const EclNode& item) {
    const std::string value = unescaped(item.text);
    if (same_word(item.field, "exact")) {
      return text == value;
    }
    if (same_word(item.field, "wild")) {
      return match_wild(plain, folded(value));
    }
    const std::string words = folded(value);
    return match_words(words_of(plain), words_of(words));
  });
}

ConceptSet EclEvaluator::filtered(const EclNode& node) {
  const auto domain = node.parts[1].domain;
  if (domain == 'M') {
    return member_filters(node);
  }
  ConceptSet from = constraint(node.parts[0]);
  if (domain == 'D') {
    return description_filters(from, node);
  }
  // The star stands for active concepts unless their activity is asked for.
  const bool asks = std::any_of(node.parts.begin() + 1, node.parts.end(), [](const EclNode& part) {
    return same_word(part.field, "active");
  });
  if (asks && node.parts[0].kind == Kind::any && node.parts[0].reach == EclReach::self) {
    from = {};
    from.append({0, static_cast<Ordinal>(snomed_.size())});
  }
  for (std::size_t at = 1; at < node.parts.size() && !failed(); ++at) {
    from = concept_filter(from, node.parts[at]);
  }
  return from;
}

ConceptSet EclEvaluator::concept_filter(const ConceptSet& from, const EclNode& filter) {
  const EclNode& value = filter.parts[0];
  std::function<bool(Ordinal)> test;
  if (same_word(filter.field, "effectiveTime")) {
    test = [&](Ordinal at) { return passes_day(snomed_.day(at), filter); };
  } else if (same_word(filter.field, "active")) {
    const auto wanted = truth_of(value.text);
    if (!wanted) {
      refuse("active is 1, 0, true or false");
      return {};
    }
    test = [this, right = *wanted != is_negated(filter)](Ordinal at) {
      return snomed_.is_active(at) == right;
    };
  } else if (same_word(filter.field, "definitionStatus")) {
    bool defined = false;
    bool primitive = false;
    for (const EclNode& item : items(value)) {
      defined = defined || same_word(item.text, "defined");
      primitive = primitive || same_word(item.text, "primitive");
    }
    test = [=, this](Ordinal at) {
      return (snomed_.is_defined(at) ? defined : primitive) != is_negated(filter);
    };
  } else {
    const ConceptSet wanted = concepts_of(value);
    const bool module = same_word(filter.field, "moduleId");
    test = [=, this, negated = is_negated(filter)](Ordinal at) {
      const std::uint64_t id = module                   ? snomed_.module(at)
                               : snomed_.is_defined(at) ? sctid::defined
                                                        : sctid::primitive;
      return wanted.contains(snomed_.find(id)) != negated;
    };
  }
  std::vector<Ordinal> passed;
  from.each([&](Ordinal at) {
    if (test(at)) {
      passed.push_back(at);
    }
  });
  return ConceptSet::of_sorted(passed);
}

/// A constraint, or a list of concepts.
ConceptSet EclEvaluator::concepts_of(const EclNode& value) {
  ConceptSet made;
  for (const EclNode& item : items(value)) {
    made = made.united(constraint(item));
  }
  return made;
}

// --- descriptions ---

/// One description has to pass all filters in one pair of braces.
ConceptSet EclEvaluator::description_filters(const ConceptSet& from, const EclNode& node) {
  std::vector<DescriptionTest> tests;
  bool asks_activity = false;
  ConceptSet left = from;
  for (std::size_t at = 1; at < node.parts.size(); ++at) {
    const EclNode& filter = node.parts[at];
    asks_activity = asks_activity || same_word(filter.field, "active");
    left = candidates(left, filter);
    auto test = description_test(filter);
    if (!test || failed()) {
      return {};
    }
    tests.push_back(std::move(*test));
  }
  constexpr std::size_t many = 10000;
  if (left.size() > many) {
    snomed_.image().expect_scan(Section::description);
    snomed_.image().expect_scan(Section::term);
  }
  std::vector<Ordinal> passed;
  left.each([&](Ordinal at) {
    const auto all = snomed_.descriptions(at);
    const bool any = std::any_of(all.begin(), all.end(), [&](const Description& one) {
      return (one.active || asks_activity) &&
             std::all_of(tests.begin(), tests.end(),
                         [&](const DescriptionTest& test) { return test(one); });
    });
    if (any) {
      passed.push_back(at);
    }
  });
  return ConceptSet::of_sorted(passed);
}

/// By the index of words: concepts that can pass a filter of terms.
ConceptSet EclEvaluator::candidates(const ConceptSet& from, const EclNode& filter) {
  if (!same_word(filter.field, "term") || is_negated(filter)) {
    return from;
  }
  ConceptSet made;
  for (const EclNode& item : items(filter.parts[0])) {
    if (!same_word(item.field, "match")) {
      return from;
    }
    const std::string plain = folded(unescaped(item.text));
    ConceptSet all = from;
    for (const std::string_view word : words_of(plain)) {
      all = all.intersected(snomed_.with_word(word));
    }
    made = made.united(all);
  }
  return made;
}

std::optional<EclEvaluator::DescriptionTest> EclEvaluator::description_test(const EclNode& filter) {
  const EclNode& value = filter.parts[0];
  const bool negated = is_negated(filter);
  if (same_word(filter.field, "term")) {
    return [&value, negated](const Description& one) {
      return passes_text(one.term, value) != negated;
    };
  }
  if (same_word(filter.field, "effectiveTime")) {
    return [&filter](const Description& one) { return passes_day(one.day, filter); };
  }
  if (same_word(filter.field, "dialect") || same_word(filter.field, "dialectId")) {
    return dialect_test(filter);
  }
  if (same_word(filter.field, "moduleId") || same_word(filter.field, "typeId")) {
    const bool module = same_word(filter.field, "moduleId");
    return [this, module, negated, wanted = concepts_of(value)](const Description& one) {
      return wanted.contains(snomed_.find(module ? one.module : type_id(one.type))) != negated;
    };
  }
  return word_test(filter);
}

/// Filters whose value is a word or a list of words.
std::optional<EclEvaluator::DescriptionTest> EclEvaluator::word_test(const EclNode& filter) {
  const auto wanted = items(filter.parts[0]);
  const bool negated = is_negated(filter);
  if (same_word(filter.field, "active")) {
    const auto truth = truth_of(wanted.front().text);
    if (!truth) {
      refuse("active is 1, 0, true or false");
      return std::nullopt;
    }
    return [right = *truth != negated](const Description& one) { return one.active == right; };
  }
  if (same_word(filter.field, "type")) {
    for (const EclNode& item : wanted) {
      if (!type_of(item.text)) {
        refuse("'" + std::string(item.text) + "' is not a type of description: fsn, syn or def");
        return std::nullopt;
      }
    }
  }
  return [=, field = filter.field](const Description& one) {
    return std::any_of(wanted.begin(), wanted.end(), [&](const EclNode& item) {
             if (same_word(field, "language")) {
               return same_word(one.language, item.text);
             }
             return same_word(field, "type") ? type_of(item.text) == one.type
                                             : std::to_string(one.id) == item.text;
           }) != negated;
  };
}

std::optional<std::size_t> EclEvaluator::language_row(const EclNode& dialect) {
  Ordinal wanted = no_concept;
  if (dialect.kind == Kind::concept_id) {
    wanted = snomed_.find(dialect.text);
  } else {
    const auto* const known =
        std::find_if(dialects.begin(), dialects.end(),
                     [&](const Dialect& row) { return same_word(row.alias, dialect.text); });
    if (known == dialects.end()) {
      leave_open("the dialect " + std::string(dialect.text) + " is not known");
      return std::nullopt;
    }
    wanted = snomed_.find(known->refset);
  }
  const auto all = snomed_.languages();
  const auto found = std::find(all.begin(), all.end(), wanted);
  if (wanted == no_concept || found == all.end()) {
    leave_open("the edition has no language reference set of the dialect " +
               std::string(dialect.text));
    return std::nullopt;
  }
  return static_cast<std::size_t>(found - all.begin());
}

std::optional<EclEvaluator::DescriptionTest> EclEvaluator::dialect_test(const EclNode& filter) {
  struct DescriptionKind {
    std::size_t row;
    bool preferred, acceptable;
  };
  std::vector<DescriptionKind> all;
  for (const EclNode& item : items(filter.parts[0])) {
    const auto row = language_row(item);
    if (!row) {
      return std::nullopt;
    }
    DescriptionKind wanted{*row, item.parts.empty(), item.parts.empty()};
    for (const EclNode& word :
         item.parts.empty() ? std::span<const EclNode>{} : items(item.parts[0])) {
      wanted.preferred = wanted.preferred || same_word(word.text, "prefer") ||
                         same_word(word.text, "preferred") ||
                         word.text == std::to_string(sctid::preferred);
      wanted.acceptable = wanted.acceptable || same_word(word.text, "accept") ||
                          same_word(word.text, "acceptable") ||
                          word.text == std::to_string(sctid::acceptable);
    }
    all.push_back(wanted);
  }
  return [all, negated = is_negated(filter)](const Description& one) {
    return std::any_of(all.begin(), all.end(), [&](const DescriptionKind& wanted) {
             const Acceptability found = one.in(wanted.row);
             return (wanted.preferred && found == Acceptability::preferred) ||
                    (wanted.acceptable && found == Acceptability::acceptable);
           }) != negated;
  };
}

}  // namespace lhcr::terminology
