// SPDX-License-Identifier: Apache-2.0
/// What happens to a record between reading and sending.
#pragma once

#include "cmd/push.hpp"
#include "deliver/source.hpp"

namespace lhcr::cmd {

/// Types the trees of XML records, so that they can be written as JSON, and, with --validate, keeps
/// back what has an error finding. `fhir`: the endpoint's version.
[[nodiscard]] deliver::Inspect make_inspect(const PushOptions& options, const std::string& fhir);

}  // namespace lhcr::cmd
