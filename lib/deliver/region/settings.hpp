// SPDX-License-Identifier: Apache-2.0
/// From a region profile to what a job needs.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "deliver/job/job.hpp"
#include "deliver/region/region.hpp"

namespace lhcr::deliver {

/// What lies outside the library: the caller's environment and its shell.
struct SecretAccess {
  std::function<std::optional<std::string>(const std::string& name)> environment;
  /// Standard output of a command; throws Error when it fails.
  std::function<std::string(const std::string& command)> run;
};

/// The secret below a key ("auth.secret"): from its .file, .env or .command, without a line break
/// at its end; empty when the region has none. Throws Error{usage} when the user has to supply it.
[[nodiscard]] std::string fetch_secret(const Region& region, const std::string& key,
                                       const SecretAccess& access);

/// Replaces ${NAME} by the values of the region's [values]; ${uuid} and ${item} are left for each
/// request.
[[nodiscard]] std::string fill_values(const Region& region, std::string text);

[[nodiscard]] TransportOptions transport_options(const Region& region, const SecretAccess& access);
[[nodiscard]] AuthSettings auth_settings(const Region& region, const SecretAccess& access);

/// Settings for a job in a region. `style` empty: the region's own. Throws Error{usage}, naming
/// everything that is missing, when the user has to supply something, or when the region does not
/// take the style.
[[nodiscard]] JobSettings job_settings(const Region& region, const std::string& style,
                                       const SecretAccess& access);

/// Throws Error{usage} when the endpoint of a style that needs one is no URL. Apart from
/// job_settings(), because it needs libcurl.
void check_endpoint(const JobSettings& settings);

/// The JWK Set of the key that signs assertions. Throws Error{usage} when the region has none.
[[nodiscard]] std::string public_jwks(const Region& region, const SecretAccess& access);

}  // namespace lhcr::deliver
