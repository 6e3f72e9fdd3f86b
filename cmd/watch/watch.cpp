// SPDX-License-Identifier: Apache-2.0
#include "cmd/watch/watch.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "cmd/run/interrupt.hpp"
#include "cmd/watch/changes.hpp"

namespace lhcr::cmd {
namespace {

/// A run that fails ends, and the watching goes on.
void try_run(const Io& io, const std::function<ExitCode()>& run) {
  try {
    static_cast<void>(run());
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::internal) throw;
    io.say("lhcr: " + std::string(error.what()) + "\n");
  }
}

}  // namespace

ExitCode watched(const std::vector<std::string>& paths, const std::vector<std::string>& outputs,
                 const Io& io, const std::function<ExitCode()>& run) {
  if (paths.empty() || std::find(paths.begin(), paths.end(), "-") != paths.end()) {
    throw Error(ErrorKind::usage, "--watch needs files or folders: standard input does not change");
  }
  Changes changes(paths, outputs);
  for (;;) {
    try_run(io, run);
    if (interrupted()) return ExitCode::interrupted;
    io.say("lhcr: waiting for changes (Ctrl-C ends)\n");
    changes.wait();
  }
}

}  // namespace lhcr::cmd
