// SPDX-License-Identifier: Apache-2.0
#include "terminology/query/implicit_sets.hpp"

#include "base/text.hpp"

namespace lhcr::terminology {
namespace {

constexpr std::string_view snomed_system = "http://snomed.info/sct";
constexpr std::string_view mark = "?fhir_vs";

/// What stands behind "?fhir_vs": "=isa/73211009"; nullopt: it is no implicit set of SNOMED CT.
std::optional<std::string_view> question(std::string_view canonical) {
  const std::size_t at = canonical.find(mark);
  return canonical.starts_with(snomed_system) && at != std::string_view::npos
             ? std::optional(canonical.substr(at + mark.size()))
             : std::nullopt;
}

/// Every reference set that has members, for "=refset".
std::string any_refset(const Snomed& snomed) {
  std::string made;
  for (const RefsetRow& row : snomed.refsets()) {
    made += (made.empty() ? "" : " OR ") + std::to_string(snomed.id(row.refset));
  }
  return made;
}

std::optional<SetFilter> filter_of(const Library& library, std::string_view asked) {
  const Snomed* snomed = library.snomed();
  const auto id_behind = [&](std::string_view word) {
    return asked.starts_with(word) && snomed != nullptr ? snomed->find(asked.substr(word.size()))
                                                        : no_concept;
  };
  if (asked.starts_with("=ecl/")) {
    return SetFilter{"constraint", "=", percent_decoded(asked.substr(5))};
  }
  if (const Ordinal top = id_behind("=isa/"); top != no_concept) {
    return SetFilter{"concept", "is-a", std::to_string(snomed->id(top))};
  }
  const Ordinal refset = id_behind("=refset/");
  if (refset != no_concept && snomed->refset(refset) != nullptr) {
    return SetFilter{"concept", "in", std::to_string(snomed->id(refset))};
  }
  return asked == "=refset" && snomed != nullptr && !snomed->refsets().empty()
             ? std::optional(SetFilter{"constraint", "=", any_refset(*snomed)})
             : std::nullopt;
}

}  // namespace

bool ImplicitSets::has(std::string_view canonical) const {
  const auto asked = question(canonical);
  return asked && (asked->empty() || filter_of(library_, *asked));
}

std::vector<Composition> ImplicitSets::compositions(std::string_view canonical) const {
  const auto asked = question(canonical);
  if (!asked) {
    return {};
  }
  SetPart part;
  part.system = std::string(snomed_system);
  if (const auto filter = filter_of(library_, *asked)) {
    part.filters.push_back(*filter);
  }
  return {{{std::move(part)}, {}, false}};
}

}  // namespace lhcr::terminology
