// SPDX-License-Identifier: Apache-2.0
#include "cmd/run/status_line.hpp"

#include <mutex>
#include <string>

#include <unistd.h>

namespace lhcr::cmd {
namespace {

/// Back to the first column, and everything behind it away.
constexpr std::string_view wipe = "\r\x1b[K";

std::mutex& terminal() {
  static std::mutex mutex;
  return mutex;
}
bool shown = false;
bool away = false;

void put(std::string_view text) {
  // A terminal that does not take it has nobody who reads it.
  static_cast<void>(::write(STDERR_FILENO, text.data(), text.size()) < 0);
}

}  // namespace

void show_status(std::string_view text) {
  const std::lock_guard guard(terminal());
  if (away) return;
  put(std::string(wipe).append(text));
  shown = true;
}

void clear_status() {
  const std::lock_guard guard(terminal());
  if (shown) put(wipe);
  shown = false;
}

void keep_status_away() {
  clear_status();
  const std::lock_guard guard(terminal());
  away = true;
}

}  // namespace lhcr::cmd
