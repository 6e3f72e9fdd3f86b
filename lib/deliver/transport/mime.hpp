// SPDX-License-Identifier: Apache-2.0
/// Answers that are a package of several parts (MIME multipart/related, RFC 2387).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "deliver/transport/http.hpp"

namespace lhcr::deliver {

/// A parameter of a media type, `name` in lower case; empty when there is none.
[[nodiscard]] std::string media_parameter(std::string_view header, std::string_view name);
/// What an answer consists of first of all: the root part of a package, or the body of any other
/// answer. Nothing when the package is broken, or the part is in a coding that is not read here.
[[nodiscard]] std::optional<std::string_view> root_part(const Answer& answer);

}  // namespace lhcr::deliver
