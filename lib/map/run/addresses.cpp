// SPDX-License-Identifier: Apache-2.0
#include "map/run/addresses.hpp"

#include <array>

namespace lhcr::map {
namespace {

using definition::Definitions;

/// Where HL7 moved the code systems of its own that STU3 kept under hl7.org/fhir.
struct Move {
  std::string_view stu3;
  std::string_view r4;
};
constexpr std::array<Move, 3> moves{
    {{"http://hl7.org/fhir/v3/", "http://terminology.hl7.org/CodeSystem/v3-"},
     {"http://hl7.org/fhir/v2/", "http://terminology.hl7.org/CodeSystem/v2-"},
     {"http://hl7.org/fhir/", "http://terminology.hl7.org/CodeSystem/"}}};

/// A code system's address in `to`: its own when that knows it, or the one it was moved to.
std::string moved_system(std::string_view url, const Definitions& from, const Definitions& to) {
  const bool up = from.fhir_version() < to.fhir_version();
  if (to.code_system(url) != definition::no_code_system) {
    return std::string(url);
  }
  for (const Move& move : moves) {
    const std::string_view prefix = up ? move.stu3 : move.r4;
    if (!url.starts_with(prefix)) {
      continue;
    }
    std::string moved(up ? move.r4 : move.stu3);
    moved += url.substr(prefix.size());
    if (to.code_system(moved) != definition::no_code_system) {
      return moved;
    }
  }
  return std::string(url);
}

}  // namespace

Addresses::Addresses(const Map& map, const Definitions& from, const Definitions& to, bool up)
    : map_(map), from_(from), to_(to), up_(up) {}

const Addresses::Renaming& Addresses::renaming(std::string_view url) {
  const auto [found, added] = renamings_.try_emplace(url);
  if (added) {
    found->second.text = renamed(url, up_);
    found->second.returns = renamed(found->second.text, !up_) == url;
  }
  return found->second;
}

std::string Addresses::renamed(std::string_view url, bool up) const {
  const auto table = map_.concepts.find("version-urls");
  const Concepts::Target* target =
      table != map_.concepts.end() ? table->second->find(up, {}, url) : nullptr;
  return target != nullptr ? target->code
         : up == up_       ? moved_system(url, from_, to_)
                           : moved_system(url, to_, from_);
}

}  // namespace lhcr::map
