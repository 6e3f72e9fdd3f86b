// SPDX-License-Identifier: Apache-2.0
/// Messages of the Language Server Protocol 3.17 as they go over a pipe: a header with their
/// length, then JSON.
#pragma once

#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

namespace lhcr::cmd {

/// The next message; nothing at the end of the input. Throws Error{input} for what is no message.
[[nodiscard]] std::optional<std::string> read_message(std::FILE* in);
void write_message(std::FILE* out, std::string_view content);

}  // namespace lhcr::cmd
