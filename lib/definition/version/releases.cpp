// SPDX-License-Identifier: Apache-2.0
#include "definition/version/releases.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

#include "definition/version/judge.hpp"

namespace lhcr::definition {
namespace {

struct Release {
  std::string_view version;  ///< begins with
  std::string_view name;
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

}  // namespace

bool is_resource(const Definitions& definitions, std::string_view name) {
  const TypeId type = definitions.type(name);
  return type != no_type && definitions.info(type).kind == TypeKind::resource;
}

const Definitions& default_version(const Library& library) {
  const std::vector<std::string_view> versions = library.versions();
  const auto first = std::min_element(versions.begin(), versions.end(),
                                      [](std::string_view left, std::string_view right) {
                                        return default_rank(left) < default_rank(right);
                                      });
  return *library.version(*first);
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
