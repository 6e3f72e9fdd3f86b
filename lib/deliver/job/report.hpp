// SPDX-License-Identifier: Apache-2.0
/// What a delivery tells its user.
#pragma once

#include <chrono>
#include <string>

#include "deliver/job/job.hpp"

namespace lhcr::deliver {

/// One line of text (with its line break), or one JSON object on a line.
[[nodiscard]] std::string issue_text(const Issue& issue);
[[nodiscard]] std::string issue_json(const Issue& issue);
/// A request of a dry run: its line and its headers, and, `full`, its body; or a JSON object.
[[nodiscard]] std::string planned_text(const PlannedRequest& request, bool full);
[[nodiscard]] std::string planned_json(const PlannedRequest& request, bool full);
[[nodiscard]] std::string summary_text(const Tally& tally, std::chrono::milliseconds took,
                                       bool dry);
[[nodiscard]] std::string summary_json(const Tally& tally, std::chrono::milliseconds took,
                                       bool dry);

}  // namespace lhcr::deliver
