// SPDX-License-Identifier: Apache-2.0
/// Descriptions, how acceptable they are, and the index of their words.
#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>
#include <unordered_map>

#include "base/error.hpp"
#include "release/snomed/builder.hpp"
#include "terminology/store/words.hpp"

namespace lhcr::release {
namespace {

using terminology::DescriptionRow;
using terminology::DescriptionType;
using terminology::no_concept;
using terminology::Ordinal;
using terminology::Section;
using terminology::StyleRow;

constexpr std::size_t most_languages = 32;
constexpr std::uint32_t none = 0xFFFFFFFF;

std::string_view term_of(const DescriptionIn& in) {
  return {in.term, in.length};
}

/// Names of concepts first, then synonyms, inactive ones last; of one kind by id.
int rank(const DescriptionIn& in) {
  const int inactive = in.active ? 0 : 8;
  switch (in.type) {
    case DescriptionType::fully_specified:
      return inactive;
    case DescriptionType::synonym:
      return inactive + 1;
    default:
      return inactive + 2;
  }
}

}  // namespace

/// Those that are preferred in this order, then the rest by id.
void SnomedBuilder::choose_languages(std::span<const std::uint64_t> preferred_languages) {
  const std::vector<std::uint64_t>& here = rows_.language_refsets.values();
  std::vector<std::uint64_t> all(preferred_languages.begin(), preferred_languages.end());
  std::vector<std::uint64_t> others = here;
  std::sort(others.begin(), others.end());
  all.insert(all.end(), others.begin(), others.end());
  for (const std::uint64_t id : all) {
    const bool known = std::find(here.begin(), here.end(), id) != here.end();
    const bool taken = std::find(languages_.begin(), languages_.end(), id) != languages_.end();
    if (known && !taken && languages_.size() < most_languages) {
      languages_.push_back(id);
    }
  }
  if (languages_.size() < here.size()) {
    notes_.say("only " + std::to_string(most_languages) +
               " language reference sets are kept; the others were left out");
  }
  std::vector<Ordinal> rows;
  for (const std::uint64_t id : languages_) {
    rows.push_back(ordinal(id));
  }
  out_.add(Section::language, rows);
}

/// Two bits a language reference set, by row of descriptions, which are sorted by id.
std::vector<std::uint64_t> SnomedBuilder::acceptabilities() {
  std::vector<std::uint32_t> place(rows_.language_refsets.values().size(), none);
  for (std::size_t at = 0; at < place.size(); ++at) {
    const auto found =
        std::find(languages_.begin(), languages_.end(), rows_.language_refsets.values()[at]);
    place[at] =
        found == languages_.end() ? none : static_cast<std::uint32_t>(found - languages_.begin());
  }
  std::vector<std::uint64_t> made(rows_.descriptions.size());
  std::sort(rows_.languages.begin(), rows_.languages.end(),
            [](const LanguageIn& left, const LanguageIn& right) {
              return left.description < right.description;
            });
  std::size_t row = 0;
  for (const LanguageIn& in : rows_.languages) {
    while (row < made.size() && rows_.descriptions[row].id < in.description) {
      ++row;
    }
    if (row < made.size() && rows_.descriptions[row].id == in.description &&
        place[in.refset] != none) {
      made[row] |= static_cast<std::uint64_t>(in.acceptability) << (2 * place[in.refset]);
    }
  }
  std::vector<LanguageIn>().swap(rows_.languages);
  return made;
}

void SnomedBuilder::write_descriptions(std::span<const std::uint64_t> preferred_languages) {
  choose_languages(preferred_languages);
  std::sort(
      rows_.descriptions.begin(), rows_.descriptions.end(),
      [](const DescriptionIn& left, const DescriptionIn& right) { return left.id < right.id; });
  std::vector<Ordinal> owners(rows_.descriptions.size());
  std::vector<std::uint32_t> order;
  for (std::uint32_t row = 0; row < rows_.descriptions.size(); ++row) {
    owners[row] = ordinal(rows_.descriptions[row].owner);
    if (owners[row] != no_concept) {
      order.push_back(row);
    }
  }
  if (order.size() < owners.size()) {
    notes_.say(std::to_string(owners.size() - order.size()) +
               " description(s) are of a concept that is not here");
  }
  std::sort(order.begin(), order.end(), [&](std::uint32_t left, std::uint32_t right) {
    return std::tuple(owners[left], rank(rows_.descriptions[left]), left) <
           std::tuple(owners[right], rank(rows_.descriptions[right]), right);
  });
  std::vector<std::uint32_t> first(ids_.size() + 1);
  std::vector<std::uint64_t> ids;
  std::vector<std::uint32_t> by_id(order.size());
  std::iota(by_id.begin(), by_id.end(), 0U);
  ids.reserve(order.size());
  for (const std::uint32_t row : order) {
    ++first[owners[row] + 1];
    ids.push_back(rows_.descriptions[row].id);
  }
  for (std::size_t at = 0; at < ids_.size(); ++at) {
    first[at + 1] += first[at];
  }
  std::sort(by_id.begin(), by_id.end(), [&](std::uint32_t left, std::uint32_t right) {
    return order[left] < order[right];  // rows are sorted by id
  });
  info_.descriptions = ids.size();
  out_.add(Section::description_first, first);
  out_.add(Section::description_id, ids);
  out_.add(Section::description_by_id, by_id);
  write_terms(order);
  write_words(order);
}

/// Numbers for what many descriptions have in common.
class SnomedBuilder::Styles {
 public:
  explicit Styles(terminology::StringPool& strings) : strings_(strings) {}

  std::uint16_t add(const DescriptionIn& in, std::string_view language, std::uint64_t acceptable) {
    const std::tuple key(acceptable, in.language, in.type, in.active, in.case_rule);
    const auto [found, fresh] = numbers_.emplace(key, static_cast<std::uint16_t>(rows_.size()));
    if (fresh) {
      if (rows_.size() > 0xFFFF) {
        throw Error(ErrorKind::input, "the release has more styles than an image can hold");
      }
      rows_.push_back({acceptable, strings_.add(language), static_cast<std::uint8_t>(in.type),
                       in.active ? std::uint8_t{1} : std::uint8_t{0},
                       static_cast<std::uint8_t>(in.case_rule)});
    }
    return found->second;
  }
  [[nodiscard]] const std::vector<StyleRow>& rows() const noexcept { return rows_; }

 private:
  terminology::StringPool& strings_;
  std::map<std::tuple<std::uint64_t, std::uint16_t, DescriptionType, bool, terminology::CaseRule>,
           std::uint16_t>
      numbers_;
  std::vector<StyleRow> rows_;
};

/// Terms one behind the other; one that the first of its concept begins with is a part of that one.
void SnomedBuilder::write_terms(const std::vector<std::uint32_t>& order) {
  const std::vector<std::uint64_t> acceptable = acceptabilities();
  std::vector<DescriptionRow> rows;
  rows.reserve(order.size());
  std::vector<std::uint32_t> first(ids_.size());
  Styles styles(out_.strings());
  std::string terms;
  Ordinal owner = no_concept;
  std::string_view name;
  for (const std::uint32_t number : order) {
    const DescriptionIn& in = rows_.descriptions[number];
    const std::string_view term = term_of(in);
    const Ordinal of = ordinal(in.owner);
    const bool shared = of == owner && name.starts_with(term);
    if (of != owner) {
      owner = of;
      name = term;
      first[owner] = static_cast<std::uint32_t>(terms.size());
    }
    terms.append(shared ? std::string_view{} : term);
    if (terms.size() > 0xFFFFFFFF) {
      throw Error(ErrorKind::input, "the release has more text than an image can hold");
    }
    rows.push_back({static_cast<std::uint16_t>(in.length | (shared ? terminology::shared_bit : 0U)),
                    styles.add(in, rows_.language_codes[in.language], acceptable[number]),
                    origin(in.day, in.module)});
  }
  out_.add(Section::term_first, first);
  out_.add(Section::description, rows);
  out_.add(Section::style, styles.rows());
  out_.add_bytes(Section::term, terms);
}

namespace {

/// Lists of ordinals by word, written as differences while ordinals come in order.
class WordIndex {
 public:
  void add(std::string_view word, Ordinal at) {
    const auto found = numbers_.find(word);
    std::uint32_t number = 0;
    if (found == numbers_.end()) {
      number = static_cast<std::uint32_t>(lists_.size());
      lists_.emplace_back();
      numbers_.emplace(store_.add(word), number);
    } else {
      number = found->second;
    }
    List& list = lists_[number];
    if (list.count > 0 && list.last == at) {
      return;
    }
    for (std::uint32_t step = at - list.last;; step >>= 7U) {
      const bool more = step >= 0x80;
      list.bytes += static_cast<char>((step & 0x7FU) | (more ? 0x80U : 0U));
      if (!more) {
        break;
      }
    }
    list.last = at;
    ++list.count;
  }

  void write(terminology::ImageWriter& out) {
    std::vector<std::pair<std::string_view, std::uint32_t>> sorted(numbers_.begin(),
                                                                   numbers_.end());
    std::sort(sorted.begin(), sorted.end());
    std::vector<terminology::WordRow> rows;
    std::string postings;
    for (const auto& [word, number] : sorted) {
      rows.push_back({out.strings().add(word), lists_[number].count, postings.size()});
      postings += lists_[number].bytes;
    }
    out.add(Section::word, rows);
    out.add_bytes(Section::posting, postings);
  }

 private:
  struct List {
    std::string bytes;
    Ordinal last = 0;
    std::uint32_t count = 0;
  };
  TextStore store_;
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
  std::vector<List> lists_;
};

}  // namespace

void SnomedBuilder::write_words(const std::vector<std::uint32_t>& order) {
  WordIndex index;
  for (const std::uint32_t number : order) {
    const DescriptionIn& in = rows_.descriptions[number];
    const std::string plain = terminology::folded(term_of(in));
    for (const std::string_view word : terminology::words_of(plain)) {
      index.add(word, ordinal(in.owner));
    }
  }
  index.write(out_);
}

}  // namespace lhcr::release
