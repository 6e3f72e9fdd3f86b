// SPDX-License-Identifier: Apache-2.0
/// Extensions and profiles of UK Core and CareConnect: retired, misspelt, of another FHIR release.
#include <algorithm>
#include <array>

#include "base/names.hpp"
#include "base/suggest.hpp"
#include "finding/id.hpp"
#include "tree/nodes.hpp"
#include "validate/nhs/nhs.hpp"
#include "validate/run.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;
using tree::no_node;
using tree::NodeId;

enum class Space : std::uint8_t { uk_core, care_connect };
enum class Status : std::uint8_t { current, retired };

struct SpacePrefix {
  Space space;
  std::string_view prefix;
};
constexpr std::array spaces = {
    SpacePrefix{Space::uk_core, "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-"},
    SpacePrefix{Space::care_connect,
                "https://fhir.hl7.org.uk/STU3/StructureDefinition/Extension-CareConnect-"},
};

struct UkExtension {
  Space space;
  std::string_view name;
  Status status;
  std::string_view types;  ///< of value[x], separated by spaces; empty: parts, or any type
  std::string_view successor;
};
#define LHCR_UK_EXTENSION(space, name, status, types, successor) \
  UkExtension{Space::space, name, Status::status, types, successor},
constexpr std::array uk_extensions = {
#include "validate/nhs/nhs_extensions.def"
};
#undef LHCR_UK_EXTENSION

struct ProfileSpace {
  std::string_view prefix;
  std::string_view version;
  std::string_view name;
};
constexpr std::array profile_spaces = {
#define LHCR_PROFILE_SPACE(prefix, version, name) ProfileSpace{prefix, version, name},
#include "validate/nhs/nhs_tables.def"
};

const UkExtension* find_extension(Space space, std::string_view name) {
  const auto* const found =
      std::find_if(uk_extensions.begin(), uk_extensions.end(),
                   [&](const UkExtension& row) { return row.space == space && row.name == name; });
  return found == uk_extensions.end() ? nullptr : found;
}

std::string url_of(const UkExtension& row) {
  return std::string(spaces[static_cast<std::size_t>(row.space)].prefix) + std::string(row.name);
}

/// What follows the last slash, and what comes before it.
struct SplitUrl {
  std::string_view folder;
  std::string_view name;
};

SplitUrl split_url(std::string_view url) {
  const std::size_t slash = url.rfind('/') + 1;
  return {url.substr(0, slash), url.substr(slash)};
}

/// The extension that a misspelt url most likely means, or nullptr: the same name elsewhere, or
/// nearly the same in its own place. Others publish extensions with like names in places of their
/// own (GP Connect, ITK).
const UkExtension* meant_by(std::string_view url) {
  const SplitUrl given = split_url(url);
  std::vector<std::string> near;
  std::vector<const UkExtension*> rows;
  for (const UkExtension& row : uk_extensions) {
    const std::string whole = url_of(row);
    const SplitUrl known = split_url(whole);
    if (known.name == given.name) return &row;
    if (known.folder == given.folder) {
      near.emplace_back(known.name);
      rows.push_back(&row);
    }
  }
  const std::vector<std::string_view> names(near.begin(), near.end());
  const std::string_view name = closest(given.name, names);
  const auto found = std::find(names.begin(), names.end(), name);
  return name.empty() || found == names.end()
             ? nullptr
             : rows[static_cast<std::size_t>(found - names.begin())];
}

bool lists_type(std::string_view types, std::string_view type) {
  for (std::size_t from = 0; from < types.size();) {
    const std::size_t end = std::min(types.find(' ', from), types.size());
    if (types.substr(from, end - from) == type) return true;
    from = end + 1;
  }
  return types.empty();
}

/// The definition, when it is here, is judged by check_extension().
void check_without_definition(Run& run, NodeId node, const UkExtension& row) {
  const NodeId value = run.child(node, name::value);
  if (value != no_node && !lists_type(row.types, run.type_name(value))) {
    run.report(node, id<"extension-value-type">,
               {url_of(row), std::string(row.types), std::string(run.type_name(value))});
  } else if (value == no_node && !row.types.empty()) {
    run.report(node, id<"extension-value-missing">, {url_of(row)});
  }
}

/// The release that a UK canonical belongs to, when it is not that of the definitions.
const ProfileSpace* other_release(const Run& run, std::string_view canonical) {
  const ProfileSpace* best = nullptr;
  for (const ProfileSpace& row : profile_spaces) {
    if (canonical.starts_with(row.prefix) &&
        (best == nullptr || best->prefix.size() < row.prefix.size())) {
      best = &row;
    }
  }
  return best != nullptr && !run.definitions.fhir_version().starts_with(best->version) ? best
                                                                                       : nullptr;
}

bool check_release(Run& run, NodeId node, std::string_view canonical) {
  const ProfileSpace* const other = other_release(run, canonical);
  if (other == nullptr) return true;
  run.report(node, id<"profile-of-other-version">,
             {std::string(canonical), std::string(other->name),
              std::string(run.definitions.fhir_version())});
  return false;
}

void report_retired(Run& run, NodeId node, std::string_view url, std::string_view successor) {
  run.report(node, id<"extension-retired">,
             {std::string(url),
              successor.empty() ? std::string("Leave it out") : "Use " + std::string(successor)});
}

}  // namespace

void check_nhs_extension(Run& run, NodeId node) {
  const std::string_view url = run.child_text(node, name::url);
  if (!is_uk_canonical(url) || !check_release(run, node, url)) return;
  const definition::StructureId known = run.definitions.structure(url);
  const ProfilePlan* const plan =
      known == definition::no_structure ? nullptr : run.state.profiles.get(known);
  const UkExtension* row = nullptr;
  for (const SpacePrefix& space : spaces) {
    if (url.starts_with(space.prefix)) {
      row = find_extension(space.space, url.substr(space.prefix.size()));
    }
  }
  const bool retired = plan != nullptr ? plan->info.status == "retired"
                                       : row != nullptr && row->status == Status::retired;
  if (retired) {
    report_retired(run, node, url, row == nullptr ? std::string_view{} : row->successor);
  }
  if (plan != nullptr) return;
  if (row != nullptr) {
    check_without_definition(run, node, *row);
  } else if (const UkExtension* const meant = meant_by(url)) {
    run.report(node, id<"extension-misspelt">, {std::string(url), url_of(*meant)});
  }
}

void check_nhs_meta(Run& run, NodeId node) {
  for (const NodeId at : tree::named(run.tree, node, name::profile))
    check_release(run, at, run.tree[at].text());
}

}  // namespace lhcr::validate
