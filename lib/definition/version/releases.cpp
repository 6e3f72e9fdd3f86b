// SPDX-License-Identifier: Apache-2.0
#include "definition/version/releases.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

namespace lhcr::definition {
namespace {

struct OwnRelease {
  std::string_view version;  ///< begins with
  std::string_view name;
  unsigned rarity;  ///< weight against it
};
struct Release {
  std::string_view version;  ///< begins with
  std::string_view name;
};
/// In the order in which they are preferred.
constexpr OwnRelease own_releases[] = {
#define LHCR_DEFAULT_VERSION(version, name, rarity) {version, name, rarity},
#include "definition/version/evidence.def"
};
constexpr Release releases[] = {
#define LHCR_OTHER_RELEASE(version, name) {version, name},
#include "definition/version/evidence.def"
};

struct Type {
  std::string_view release;
  std::string_view name;
};
constexpr Type types[] = {
#define LHCR_OTHER_TYPE(release, type) {release, type},
#include "definition/version/evidence.def"
};

const OwnRelease* own_release(std::string_view version) noexcept {
  return std::find_if(
      std::begin(own_releases), std::end(own_releases),
      [version](const OwnRelease& row) { return version.starts_with(row.version); });
}

}  // namespace

bool is_resource(const Definitions& definitions, std::string_view name) {
  const TypeId type = definitions.type(name);
  return type != no_type && definitions.info(type).kind == TypeKind::resource;
}

std::size_t default_rank(std::string_view version) noexcept {
  return static_cast<std::size_t>(own_release(version) - std::begin(own_releases));
}

std::string_view release_name(std::string_view version) noexcept {
  const OwnRelease* const row = own_release(version);
  return row == std::end(own_releases) ? std::string_view{} : row->name;
}

unsigned rarity(std::string_view version) noexcept {
  const OwnRelease* const row = own_release(version);
  return row == std::end(own_releases) ? 0 : row->rarity;
}

const Definitions& default_version(const Library& library) {
  return *library.version(library.versions().front());
}

std::string_view other_release(std::string_view version) noexcept {
  const auto* const row =
      std::find_if(std::begin(releases), std::end(releases),
                   [version](const Release& known) { return version.starts_with(known.version); });
  return row == std::end(releases) ? std::string_view{} : row->name;
}

std::string_view release_of_type(std::string_view type) noexcept {
  const auto* const row = std::find_if(std::begin(types), std::end(types),
                                       [type](const Type& known) { return known.name == type; });
  return row == std::end(types) ? std::string_view{} : row->release;
}

}  // namespace lhcr::definition
