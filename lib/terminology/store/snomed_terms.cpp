// SPDX-License-Identifier: Apache-2.0
/// Descriptions of a SNOMED CT edition.
#include <algorithm>

#include "terminology/store/snomed.hpp"
#include "terminology/store/words.hpp"

namespace lhcr::terminology {

/// But for its id and owner.
Description Snomed::description_of(const DescriptionRow& row, std::string_view term) const {
  Description made;
  made.term = term;
  const Origin origin = origin_at(row.origin);
  made.day = origin.day;
  made.module = origin.module;
  const auto styles = image_.rows<StyleRow>(Section::style);
  if (row.style < styles.size()) {
    const StyleRow& style = styles[row.style];
    made.language = image_.text(style.language);
    made.acceptability = style.acceptability;
    made.type = static_cast<DescriptionType>(style.type);
    made.case_rule = static_cast<CaseRule>(style.case_rule);
    made.active = style.active != 0;
  }
  return made;
}

Ordinal Snomed::owner_of(std::uint32_t row) const noexcept {
  const auto firsts = first(Section::description_first);
  const auto behind = std::upper_bound(firsts.begin(), firsts.end(), row);
  return behind == firsts.begin() ? no_concept : static_cast<Ordinal>(behind - firsts.begin() - 1);
}

std::vector<Description> Snomed::descriptions(Ordinal at) const {
  const auto firsts = first(Section::description_first);
  const auto ids = image_.rows<std::uint64_t>(Section::description_id);
  std::vector<Description> made;
  std::size_t number = at < firsts.size() ? firsts[at] : ids.size();
  each_row(at, [&](const DescriptionRow& row, std::string_view term) {
    Description& one = made.emplace_back(description_of(row, term));
    one.id = number < ids.size() ? ids[number] : 0;
    one.owner = at;
    ++number;
  });
  return made;
}

std::optional<Description> Snomed::description(std::uint64_t id) const {
  const auto ids = image_.rows<std::uint64_t>(Section::description_id);
  const auto order = first(Section::description_by_id);
  const auto id_of = [&](std::uint32_t row) { return row < ids.size() ? ids[row] : 0; };
  const auto found = std::lower_bound(
      order.begin(), order.end(), id,
      [&](std::uint32_t row, std::uint64_t wanted) { return id_of(row) < wanted; });
  if (found == order.end() || id_of(*found) != id) {
    return std::nullopt;
  }
  for (Description& one : descriptions(owner_of(*found))) {
    if (one.id == id) {
      return one;
    }
  }
  return std::nullopt;
}

std::span<const Ordinal> Snomed::languages() const noexcept {
  return image_.rows<Ordinal>(Section::language);
}

std::string_view Snomed::preferred(Ordinal at) const {
  std::string_view best;
  std::size_t best_language = languages().size() + 1;
  each_term(at, [&](std::string_view term, const StyleRow& style) {
    if (style.active == 0 || static_cast<DescriptionType>(style.type) != DescriptionType::synonym) {
      return;
    }
    // The lowest language whose two bits say preferred; without one any synonym will do.
    const std::uint64_t preferred = style.acceptability & 0xAAAAAAAAAAAAAAAAULL;
    const std::size_t language = preferred == 0
                                     ? languages().size()
                                     : static_cast<std::size_t>(__builtin_ctzll(preferred)) / 2;
    if (language < best_language) {
      best_language = language;
      best = term;
    }
  });
  return best_language > languages().size() ? fully_specified(at) : best;
}

std::string_view Snomed::fully_specified(Ordinal at) const {
  std::string_view any;
  for (const Description& one : descriptions(at)) {
    if (one.type == DescriptionType::fully_specified) {
      if (one.active) {
        return one.term;
      }
      any = one.term;
    }
  }
  return any;
}

namespace {

/// Members of a list of differences in base 128.
void read_posting(std::string_view bytes, std::uint32_t count, std::vector<Ordinal>& out) {
  Ordinal member = 0;
  std::size_t at = 0;
  for (std::uint32_t left = count; left > 0; --left) {
    std::uint32_t step = 0;
    for (unsigned shift = 0; at < bytes.size() && shift < 32; shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes[at++]);
      step |= static_cast<std::uint32_t>(byte & 0x7FU) << shift;
      if (byte < 0x80) {
        break;
      }
    }
    member += step;
    out.push_back(member);
  }
}

}  // namespace

ConceptSet Snomed::with_word(std::string_view beginning) const {
  const auto words = image_.rows<WordRow>(Section::word);
  const std::string_view postings = image_.bytes(Section::posting);
  auto at = std::lower_bound(
      words.begin(), words.end(), beginning,
      [&](const WordRow& row, std::string_view wanted) { return image_.text(row.text) < wanted; });
  std::vector<Ordinal> members;
  for (; at != words.end() && image_.text(at->text).starts_with(beginning); ++at) {
    if (at->posting <= postings.size() && at->count <= size()) {
      read_posting(postings.substr(at->posting), at->count, members);
    }
  }
  return ConceptSet::of(std::move(members));
}

}  // namespace lhcr::terminology
