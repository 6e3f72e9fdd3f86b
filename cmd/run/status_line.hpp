// SPDX-License-Identifier: Apache-2.0
/// The last line of a terminal, on which long work says how far it has come.
#pragma once

#include <string_view>

namespace lhcr::cmd {

/// Puts `text` there in place of what it said. To be called only when standard error is a terminal;
/// in any thread.
void show_status(std::string_view text);
/// Takes the line away. Io::say() and Output do so before they write, so that nothing is written
/// behind it.
void clear_status();
/// From now on show_status() does nothing: the terminal is a pager's.
void keep_status_away();

}  // namespace lhcr::cmd
