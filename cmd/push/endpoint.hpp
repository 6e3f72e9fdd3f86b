// SPDX-License-Identifier: Apache-2.0
/// Regions and secrets of the user: what `lhcr push` and `lhcr regions` get from the environment.
#pragma once

#include <string>

#include "cmd/push/push.hpp"
#include "deliver/region/settings.hpp"

namespace lhcr::cmd {

/// The user's region folders ($XDG_CONFIG_HOME/lhcr/regions) and the built-in regions.
[[nodiscard]] deliver::RegionBook region_book();
/// The region that the options name, with --url and --set laid over it. Without --region: the
/// generic one of a FHIR version.
[[nodiscard]] deliver::Region chosen_region(const EndpointOptions& options,
                                            const std::string& fhir);
/// Environment variables and commands, for secrets.
[[nodiscard]] deliver::SecretAccess secret_access();
/// Where the journal of a job lies when --journal does not say: below $XDG_STATE_HOME/lhcr/push.
[[nodiscard]] std::string default_journal(const deliver::JobIdentity& identity);

}  // namespace lhcr::cmd
