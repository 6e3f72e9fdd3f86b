// SPDX-License-Identifier: Apache-2.0
/// The systems of UK records under all the names they go by.
#include <algorithm>
#include <array>

#include "validate/nhs.hpp"

namespace lhcr::validate {
namespace {

struct Registered {
  UkSystem kind;
  std::string_view url;
  std::string_view oids;
};
constexpr std::array registered = {
#define LHCR_UK_SYSTEM(kind, url, oids) Registered{UkSystem::kind, url, oids},
#include "validate/nhs_systems.def"
#undef LHCR_UK_SYSTEM
};

/// Hosts under which identifier systems of the NHS and of HL7 UK are looked for.
constexpr std::array<std::string_view, 3> hosts = {"fhir.nhs.uk", "fhir.hl7.org.uk",
                                                   "fhir.nhs.net"};
constexpr std::string_view oid_prefix = "urn:oid:";

char lower(char byte) {
  return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
}

bool same_letters(std::string_view left, std::string_view right) {
  return left.size() == right.size() &&
         std::equal(left.begin(), left.end(), right.begin(),
                    [](char one, char other) { return lower(one) == lower(other); });
}

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

/// Whether `system` can only have been meant to be the registered one.
bool means(const Registered& row, std::string_view system, std::string_view system_core) {
  if (system.starts_with(oid_prefix)) return lists_oid(row.oids, system.substr(oid_prefix.size()));
  const std::string_view wanted = core(row.url);
  if (same_letters(system_core, wanted)) return true;
  // An edition of SNOMED CT belongs into Coding.version.
  if (row.kind == UkSystem::snomed && system_core.size() > wanted.size() &&
      system_core[wanted.size()] == '/' &&
      same_letters(system_core.substr(0, wanted.size()), wanted)) {
    return true;
  }
  const std::string_view name = identifier_name(system_core);
  return !name.empty() && same_letters(name, identifier_name(wanted));
}

}  // namespace

std::optional<UkSystemMatch> uk_system(std::string_view system) {
  if (system.empty()) return std::nullopt;
  for (const Registered& row : registered) {
    if (row.url == system) return UkSystemMatch{row.kind, row.url, true};
  }
  const std::string_view system_core = core(system);
  for (const Registered& row : registered) {
    if (means(row, system, system_core)) return UkSystemMatch{row.kind, row.url, false};
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

}  // namespace lhcr::validate
