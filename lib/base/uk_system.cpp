// SPDX-License-Identifier: Apache-2.0
#include "base/uk_system.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "base/ascii.hpp"
#include "base/suggest.hpp"

namespace lhcr {
namespace {

/// Hosts under which identifier systems of the NHS and of HL7 UK are looked for.
constexpr std::array<std::string_view, 3> hosts = {"fhir.nhs.uk", "fhir.hl7.org.uk",
                                                   "fhir.nhs.net"};
constexpr std::string_view oid_prefix = "urn:oid:";

/// What is compared: no scheme, no www, no blank or slash at the ends.
std::string_view core(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  if (same_letters(url.substr(0, 4), "www.")) url.remove_prefix(4);
  while (!url.empty() && (url.back() == '/' || url.back() == ' ')) url.remove_suffix(1);
  while (!url.empty() && url.front() == ' ') url.remove_prefix(1);
  return url;
}

/// "nhs-number" of "fhir.nhs.uk/Id/nhs-number" on one of the hosts; empty for anything else.
std::string_view identifier_name(std::string_view core_url) {
  const std::size_t slash = core_url.find('/');
  const std::string_view host = core_url.substr(0, slash);
  const bool known = std::any_of(hosts.begin(), hosts.end(),
                                 [&](std::string_view one) { return same_letters(host, one); });
  return known && slash != std::string_view::npos ? core_url.substr(core_url.rfind('/') + 1)
                                                  : std::string_view{};
}

bool lists_oid(std::string_view oids, std::string_view oid) {
  const std::size_t at = oids.find(oid);
  const std::size_t end = at + oid.size();
  return !oid.empty() && at != std::string_view::npos && (at == 0 || oids[at - 1] == ' ') &&
         (end == oids.size() || oids[end] == ' ');
}

/// "nhsnumber" of "NHS_number".
std::string bare_name(std::string_view name) {
  std::string bare;
  for (const char c : name) {
    if (c != '-' && c != '_' && c != '.') bare += small_letter(c);
  }
  return bare;
}

/// Those whose near misses are looked for: the names of others are too much alike.
bool has_near_misses(UkSystem kind) {
  return kind == UkSystem::nhs_number || kind == UkSystem::ods;
}

bool is_near(std::string_view given, std::string_view wanted) {
  constexpr std::size_t slips = 2;
  return !given.empty() && edit_distance(bare_name(given), bare_name(wanted), slips) <= slips;
}

/// How a system is spelt, taken apart once.
struct Spelling {
  std::string_view core;
  std::string_view name;  ///< of an identifier system on one of the hosts
  bool below_id = false;  ///< the name stands in a folder Id
};

Spelling spelling(std::string_view url) {
  const std::string_view part = core(url);
  const std::string_view name = identifier_name(part);
  const std::string_view folder = part.substr(0, part.size() - name.size());
  return {part, name, folder.size() > 4 && same_letters(folder.substr(folder.size() - 4), "/Id/")};
}

const std::array<Spelling, uk_systems.size()>& spellings() {
  static const std::array<Spelling, uk_systems.size()> table = [] {
    std::array<Spelling, uk_systems.size()> made;
    std::transform(uk_systems.begin(), uk_systems.end(), made.begin(),
                   [](const RegisteredUkSystem& row) { return spelling(row.url); });
    return made;
  }();
  return table;
}

/// Whether a system that is spelt so can only have been meant to be the registered one.
bool means(const RegisteredUkSystem& row, const Spelling& wanted, const Spelling& given) {
  if (same_letters(given.core, wanted.core)) return true;
  if (!given.name.empty() && same_letters(given.name, wanted.name)) return true;
  if (has_near_misses(row.kind) && given.below_id && is_near(given.name, wanted.name)) return true;
  // An edition of SNOMED CT belongs into Coding.version.
  const std::size_t length = wanted.core.size();
  return row.kind == UkSystem::snomed && given.core.size() > length && given.core[length] == '/' &&
         same_letters(given.core.substr(0, length), wanted.core);
}

bool means_oid(const RegisteredUkSystem& row, std::string_view system) {
  return lists_oid(row.oids, system.substr(oid_prefix.size()));
}

}  // namespace

std::optional<UkSystemMatch> uk_system(std::string_view system) {
  if (system.empty()) return std::nullopt;
  for (const RegisteredUkSystem& row : uk_systems) {
    if (row.url == system) return UkSystemMatch{row.kind, row.url, true};
  }
  const bool oid = system.starts_with(oid_prefix);
  const Spelling given = spelling(system);
  for (std::size_t i = 0; i < uk_systems.size(); ++i) {
    const RegisteredUkSystem& row = uk_systems[i];
    if (oid ? means_oid(row, system) : means(row, spellings()[i], given)) {
      return UkSystemMatch{row.kind, row.url, false};
    }
  }
  return std::nullopt;
}

bool is_uk_canonical(std::string_view canonical) {
  const std::size_t scheme = canonical.find("://");
  if (scheme == std::string_view::npos) return false;
  const std::string_view rest = canonical.substr(scheme + 3);
  return std::any_of(hosts.begin(), hosts.end(), [&](std::string_view host) {
    return rest.starts_with(host) && rest.size() > host.size() && rest[host.size()] == '/';
  });
}

}  // namespace lhcr
