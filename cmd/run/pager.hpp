// SPDX-License-Identifier: Apache-2.0
/// Long text on a terminal goes through a pager.
#pragma once

#include <string>

namespace lhcr::cmd {

/// Runs `command` in a shell and makes standard output lead to it. False when its program is not
/// there or it cannot be started: standard output is as it was.
[[nodiscard]] bool start_pager(const std::string& command);
/// Ends the text and waits until the pager is left; nothing without one. Safe in a signal handler.
void finish_pager() noexcept;

}  // namespace lhcr::cmd
