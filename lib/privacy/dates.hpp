// SPDX-License-Identifier: Apache-2.0
/// Dates as the methods see them.
#pragma once

#include <optional>
#include <string_view>

#include "base/date_time.hpp"
#include "privacy/work.hpp"

namespace lhcr::privacy {

/// Whether a node is a date, dateTime or instant.
[[nodiscard]] bool is_date(const Work& work, tree::NodeId node);
/// The date at the beginning of `text`: what follows it may be wrong. nullopt: there is none.
[[nodiscard]] std::optional<DateTime> lenient_date(std::string_view text);
/// Whether somebody born then is older than 89 (the age of which 45 CFR 164.514(b)(2)(i)(C) lets
/// nothing be told).
[[nodiscard]] bool tells_high_age(const DateTime& born, const DateTime& today);
/// Leaves the year when the policy allows it and it tells no high age.
Effect redact_date(Work& work, tree::NodeId node);

}  // namespace lhcr::privacy
