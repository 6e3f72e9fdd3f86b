// SPDX-License-Identifier: Apache-2.0
#include "cmd/run/interrupt.hpp"

#include <csignal>

namespace lhcr::cmd {
namespace {

using Handler = void (*)(int);

std::atomic<bool> noted{false};
std::atomic<Handler> earlier{SIG_DFL};
static_assert(std::atomic<Handler>::is_always_lock_free);

extern "C" void note_first_interrupt(int signal) {
  noted = true;
  std::signal(signal, earlier.load());
}

}  // namespace

const std::atomic<bool>& interrupted() noexcept {
  return noted;
}

GracefulInterrupt::GracefulInterrupt() noexcept {
  earlier = std::signal(SIGINT, note_first_interrupt);
  // nohup and the like have it ignored on purpose.
  if (earlier.load() == SIG_IGN) std::signal(SIGINT, SIG_IGN);
}

GracefulInterrupt::~GracefulInterrupt() {
  std::signal(SIGINT, earlier.load());
}

}  // namespace lhcr::cmd
