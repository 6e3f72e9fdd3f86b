// SPDX-License-Identifier: Apache-2.0
/// --watch: a run, and another one whenever its inputs change.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cmd/command.hpp"

namespace lhcr::cmd {

/// Runs, waits until one of the files or folders changes, and runs again, until Ctrl-C. What the
/// run writes itself (`outputs`, files or folders) is no change. What ends a run is told and does
/// not end the watching. Throws Error{usage} when there is no path to watch.
ExitCode watched(const std::vector<std::string>& paths, const std::vector<std::string>& outputs,
                 const Io& io, const std::function<ExitCode()>& run);

}  // namespace lhcr::cmd
