// SPDX-License-Identifier: Apache-2.0
#include "definition/value_sets.hpp"

#include <algorithm>

#include "definition/image/image.hpp"
#include "definition/system_codes.hpp"

namespace lhcr::definition {
namespace {

using image::Section;
using terminology::Composition;
using terminology::SetCode;

/// The rows of a set's versions.
template <typename Visit>
void each_version(const Definitions& definitions, std::string_view canonical, const Visit& visit) {
  const Image& top = *definitions.image();
  for (ValueSetId id = definitions.value_set(canonical); id != no_value_set;
       id = top.next_same_url<image::ValueSetRow>(Section::value_set, id)) {
    const auto found = top.at<image::ValueSetRow>(Section::value_set, id);
    visit(found.image, found.row);
  }
}

void add_codes(const Definitions& definitions, const Image& image, const image::BlockRow& block,
               std::vector<SetCode>& out) {
  const std::string system(image.text(block.system));
  if (block.code_system != 0) {
    constexpr std::size_t all = 0xFFFFFFFF;
    for (const std::string_view code : system_codes(definitions, block.code_system, all)) {
      out.push_back({system, std::string(code)});
    }
  }
  for (const image::Text at : image.rows<image::Text>(Section::code_slot, block.slots)) {
    if (at != 0) {
      out.push_back({system, std::string(image.text(at))});
    }
  }
}

}  // namespace

bool DefinedSets::has(std::string_view canonical) const {
  return definitions_.value_set(canonical) != no_value_set;
}

std::optional<bool> DefinedSets::listed(std::string_view canonical, std::string_view system,
                                        std::string_view code) const {
  const ValueSetId set = definitions_.value_set(canonical);
  const Membership found = definitions_.contains(set, system, code);
  return found == Membership::yes || found == Membership::no
             ? std::optional(found == Membership::yes)
             : std::nullopt;
}

std::vector<SetCode> DefinedSets::codes(std::string_view canonical) const {
  std::vector<SetCode> made;
  bool open = false;
  each_version(definitions_, canonical, [&](const Image& image, const image::ValueSetRow& row) {
    open = open || row.composition.count > 0 || (row.flags & image::value_set_incomplete) != 0;
    for (const auto& block : image.rows<image::BlockRow>(Section::block, row.blocks)) {
      add_codes(definitions_, image, block, made);
    }
  });
  std::sort(made.begin(), made.end());
  made.erase(std::unique(made.begin(), made.end()), made.end());
  return open ? std::vector<SetCode>{} : made;
}

std::vector<Composition> DefinedSets::compositions(std::string_view canonical) const {
  std::vector<Composition> made;
  each_version(definitions_, canonical, [&](const Image& image, const image::ValueSetRow& row) {
    if (row.composition.count > 0) {
      made.push_back(terminology::read_composition(image.texts(row.composition)));
    }
  });
  return made;
}

std::string canonical_of(const Definitions& definitions, ValueSetId set) {
  const auto [image, row] =
      definitions.image()->at<image::ValueSetRow>(image::Section::value_set, set);
  const std::string_view version = image.text(row.version);
  return std::string(image.text(row.url)) +
         (version.empty() ? std::string() : "|" + std::string(version));
}

}  // namespace lhcr::definition
