// SPDX-License-Identifier: Apache-2.0
/// The exit codes that every command shares.
#pragma once

namespace lhcr::cmd {

enum class ExitCode : int {
  yes = 0,         ///< done; valid; equal
  no = 1,          ///< invalid, differs, refused, lost
  usage = 2,       ///< the call cannot be carried out as asked
  unreadable = 3,  ///< input, map or package cannot be read
  endpoint = 4,    ///< endpoint or network
  fault = 5,       ///< a fault of this program
  interrupted = 130,
};

/// The more serious of two results of one run: a fault before what was unreadable before "no"
/// before "yes".
[[nodiscard]] constexpr ExitCode worse(ExitCode left, ExitCode right) {
  return static_cast<int>(left) < static_cast<int>(right) ? right : left;
}

}  // namespace lhcr::cmd
