// SPDX-License-Identifier: Apache-2.0
/// Ctrl-C while records are worked on: what is finished goes out, nothing more is read.
#pragma once

#include <atomic>

namespace lhcr::cmd {

/// Set by the first Ctrl-C under a GracefulInterrupt; stays set.
[[nodiscard]] const std::atomic<bool>& interrupted() noexcept;

/// As long as it lives, Ctrl-C sets interrupted(), and a second one ends the program at once.
class GracefulInterrupt {
 public:
  GracefulInterrupt() noexcept;
  ~GracefulInterrupt();
  GracefulInterrupt(const GracefulInterrupt&) = delete;
  GracefulInterrupt& operator=(const GracefulInterrupt&) = delete;
};

}  // namespace lhcr::cmd
