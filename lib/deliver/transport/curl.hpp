// SPDX-License-Identifier: Apache-2.0
/// libcurl, loaded when the first request is made: it and the thirty libraries behind it would take
/// more than half of the start of every command, most of which never see a network.
#pragma once

#include <curl/curl.h>

namespace lhcr::deliver {

/// Its functions by name.
struct Curl {
// NOLINTNEXTLINE(bugprone-macro-parentheses): a name cannot stand in parentheses
#define LHCR_CURL(name) decltype(&::curl_##name) name = nullptr;
#include "deliver/transport/curl.def"
#undef LHCR_CURL
};

/// Throws Error{endpoint} when libcurl is not on this machine.
[[nodiscard]] const Curl& curl();

}  // namespace lhcr::deliver
