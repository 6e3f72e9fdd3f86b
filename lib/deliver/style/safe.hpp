// SPDX-License-Identifier: Apache-2.0
/// What of a record may become part of a URL, a header or a file name: one function each. Every
/// style asks here before it builds anything.
#pragma once

#include <string>
#include <string_view>

#include "deliver/job/work.hpp"

namespace lhcr::deliver {

/// Whether a text has the form of a resource type: a capital letter, then letters, 64 at most.
[[nodiscard]] bool is_type_name(std::string_view text) noexcept;
/// Whether a text is an id (R4 datatypes, id) that makes one segment of a path: "." and ".." would
/// lead elsewhere (RFC 3986 section 5.2.4).
[[nodiscard]] bool is_id(std::string_view text) noexcept;
/// Whether a text may be the value of a header (RFC 9110 section 5.5): no control characters.
[[nodiscard]] bool is_header_value(std::string_view text) noexcept;
/// Whether a text may be the name of a file in a folder: no path, no control characters.
[[nodiscard]] bool is_file_name(std::string_view text) noexcept;

/// "Type/id" as the address of a resource below the base; empty when either is none. `type` and
/// `id` come from a record.
[[nodiscard]] std::string address_of(std::string_view type, std::string_view id);
/// Whether the url of a request that a Bundle holds is one below the endpoint's base, as R4 demands
/// (Bundle.entry.request.url): no scheme, no step up, no control characters. What it would look up
/// elsewhere would take the credentials there.
[[nodiscard]] bool is_below_base(std::string_view url);
/// Why nothing may be built of what an entry says of itself, empty when everything may.
[[nodiscard]] std::string unsafe_part(const Work& work, const Entry& entry);

}  // namespace lhcr::deliver
