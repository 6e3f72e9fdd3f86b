// SPDX-License-Identifier: Apache-2.0
/// What a delivery tells its user.
#pragma once

#include <chrono>
#include <string>

#include "deliver/job.hpp"

namespace lhcr::deliver {

/// One line of text (with its line break), or one JSON object on a line.
[[nodiscard]] std::string issue_text(const Issue& issue);
[[nodiscard]] std::string issue_json(const Issue& issue);
[[nodiscard]] std::string summary_text(const Tally& tally, std::chrono::milliseconds took,
                                       bool dry);
[[nodiscard]] std::string summary_json(const Tally& tally, std::chrono::milliseconds took,
                                       bool dry);
/// "45 %  1234 applied  2 not  310/s  0:12 left"; `total`: bytes of the input, 0 when not known.
[[nodiscard]] std::string progress_text(const Tally& tally, std::uint64_t total,
                                        std::chrono::milliseconds took);

}  // namespace lhcr::deliver
