// SPDX-License-Identifier: Apache-2.0
#include "definition/version/addresses.hpp"

#include <algorithm>
#include <iterator>
#include <string>

#include "base/ascii.hpp"
#include "definition/version/releases.hpp"

namespace lhcr::definition {
namespace {

using tree::Node;
using tree::NodeId;
using tree::Tree;

/// Addresses that are remembered from record to record.
constexpr std::size_t most_remembered = 4096;

struct PlaceRow {
  std::string_view name;
  std::string_view parent;
  Evidence kind;
};
constexpr PlaceRow place_rows[] = {
#define LHCR_EVIDENCE_AT(name, parent, id) {name, parent, Evidence::id},
#include "definition/version/evidence.def"
};

struct AddressRow {
  std::string_view part;  ///< or prefix
  std::string_view version;
};
constexpr AddressRow naming_rows[] = {
#define LHCR_URL_NAMES(part, version) {part, version},
#include "definition/version/evidence.def"
};
constexpr AddressRow excluding_rows[] = {
#define LHCR_URL_EXCLUDES(prefix, version) {prefix, version},
#include "definition/version/evidence.def"
};

struct ReleaseRow {
  std::string_view prefix;
  bool counts;
};
constexpr ReleaseRow release_rows[] = {
#define LHCR_URL_OF_RELEASE(prefix, counts) {prefix, counts},
#include "definition/version/evidence.def"
};

/// The value of the parameter fhirVersion of a media type (R4, 3.1.0.1.10), or empty.
std::string_view version_parameter(std::string_view media_type) {
  constexpr std::string_view parameter = "fhirVersion=";
  const std::size_t at = media_type.find(parameter);
  if (at == std::string_view::npos) return {};
  media_type.remove_prefix(at + parameter.size());
  return media_type.substr(0, media_type.find_first_of("; ,"));
}

/// An address without its last step: what one server's have in common.
std::string_view base_of(std::string_view address) {
  const std::string_view path = address.substr(0, address.find_first_of("?#"));
  return path.substr(0, path.rfind('/') + 1);
}

/// The evidence that an address is whose path names a release.
Evidence when_named(Evidence known) {
  switch (known) {
    case Evidence::profile_known:
      return Evidence::profile_named;
    case Evidence::extension_known:
      return Evidence::extension_named;
    case Evidence::system_known:
      return Evidence::system_named;
    default:
      return known;
  }
}

}  // namespace

Addresses::Addresses(const Library& library, std::span<const Definitions* const> versions)
    : library_(library),
      versions_(versions.begin(), versions.end()),
      all_(static_cast<VersionSet>((1U << versions.size()) - 1U)) {
  make_places();
}

void Addresses::make_places() {
  std::size_t kinds = 0;
  first_place_.assign(library_.symbols().size(), 0);
  for (const PlaceRow& row : place_rows) {
    const Symbol name = library_.symbols().find(row.name);
    const Symbol parent = row.parent.empty() ? no_symbol : library_.symbols().find(row.parent);
    kinds = std::max(kinds, static_cast<std::size_t>(row.kind) + 1);
    if (name == no_symbol || (parent == no_symbol && !row.parent.empty())) continue;
    places_.push_back({name, parent, row.kind});
    std::uint8_t& first = first_place_[name];
    first = first == 0 ? static_cast<std::uint8_t>(places_.size()) : first;
  }
  memory_.resize(kinds);
}

const std::vector<Addresses::Found>& Addresses::read(const Tree& tree) {
  std::size_t remembered = 0;
  for (const Memory& memory : memory_) remembered += memory.size();
  if (remembered > most_remembered) {
    for (Memory& memory : memory_) memory.clear();
  }
  ++record_;
  found_.clear();
  for (NodeId at = tree::root_node + 1; at < tree.size(); ++at) {
    const Node& node = tree[at];
    if (node.length == 0) continue;
    if (const Place* const here = place(tree, node)) meet(here->kind, node.text(), at);
  }
  return found_;
}

const Addresses::Place* Addresses::place(const Tree& tree, const Node& node) const {
  if (node.name >= first_place_.size() || first_place_[node.name] == 0) return nullptr;
  const Symbol parent = tree[node.parent].name;
  for (std::size_t at = first_place_[node.name] - 1U; at < places_.size(); ++at) {
    const Place& row = places_[at];
    if (row.name == node.name && (row.parent == no_symbol || row.parent == parent)) return &row;
  }
  return nullptr;
}

void Addresses::meet(Evidence kind, std::string_view text, NodeId node) {
  if (kind == Evidence::address) text = base_of(text);
  Memory& memory = memory_[static_cast<std::size_t>(kind)];
  auto known = memory.find(text);
  if (known == memory.end()) known = memory.emplace(std::string(text), judge(kind, text)).first;
  AddressFact& fact = known->second;
  if (fact.holders == 0 && fact.other.empty()) return;
  if (fact.record != record_) {
    fact.record = record_;
    fact.first = node;
    fact.count = 0;
    found_.push_back({&known->first, &fact});
  }
  ++fact.count;
}

AddressFact Addresses::judge(Evidence kind, std::string_view text) const {
  AddressFact made;
  made.kind = kind;
  if (kind == Evidence::stated) {
    state(text, made);
  } else if (kind == Evidence::media_type) {
    made.holders = stated(version_parameter(text));
  } else if (name(text, made)) {
    made.kind = when_named(kind);
  } else if (kind != Evidence::address) {
    made.holders = known(text);
  }
  // What is said for every version says nothing.
  if (made.holders == all_) made.holders = 0;
  return made;
}

void Addresses::state(std::string_view version, AddressFact& made) const {
  made.holders = stated(version);
  if (made.holders == 0) made.other = other_release(version);
}

bool Addresses::name(std::string_view text, AddressFact& made) const {
  for (const AddressRow& row : excluding_rows) {
    if (text.starts_with(row.part)) {
      made.holders = static_cast<VersionSet>(all_ & ~unsigned{beginning(row.version)});
      return true;
    }
  }
  const std::string lower = in_small_letters(text);
  const auto* const row = std::find_if(std::begin(naming_rows), std::end(naming_rows),
                                       [&lower](const AddressRow& candidate) {
                                         return lower.find(candidate.part) != std::string::npos;
                                       });
  if (row == std::end(naming_rows)) return false;
  made.holders = beginning(row->version);
  if (made.holders == 0) made.other = other_release(row->version);
  return true;
}

VersionSet Addresses::known(std::string_view text) const {
  constexpr std::string_view core = "http://hl7.org/fhir/StructureDefinition/";
  const std::size_t bar = text.find('|');
  if (text.starts_with(core) && bar != std::string_view::npos) return stated(text.substr(bar + 1));
  const auto* const row = std::find_if(
      std::begin(release_rows), std::end(release_rows),
      [text](const ReleaseRow& candidate) { return text.starts_with(candidate.prefix); });
  const bool counts = row != std::end(release_rows) && row->counts;
  unsigned set = 0;
  bool says = !counts;
  for (std::size_t at = 0; at < versions_.size(); ++at) {
    const bool here =
        counts ? !versions_[at]->canonical_type(text).empty() : versions_[at]->is_given(text);
    set |= here ? 1U << at : 0U;
    says = says || (here && rarity(versions_[at]->fhir_version()) == 0);
  }
  return static_cast<VersionSet>(says ? set : 0U);
}

VersionSet Addresses::stated(std::string_view version) const {
  const Definitions* const meant = library_.version(version);
  const auto at = std::find(versions_.begin(), versions_.end(), meant);
  return meant == nullptr || at == versions_.end()
             ? VersionSet{0}
             : static_cast<VersionSet>(1U << static_cast<unsigned>(at - versions_.begin()));
}

VersionSet Addresses::beginning(std::string_view version) const {
  unsigned set = 0;
  for (std::size_t at = 0; at < versions_.size(); ++at) {
    set |= versions_[at]->fhir_version().starts_with(version) ? 1U << at : 0U;
  }
  return static_cast<VersionSet>(set);
}

}  // namespace lhcr::definition
