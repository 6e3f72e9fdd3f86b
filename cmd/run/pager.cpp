// SPDX-License-Identifier: Apache-2.0
#include "cmd/run/pager.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string_view>

#include <sys/wait.h>
#include <unistd.h>

#include "cmd/run/status_line.hpp"

namespace lhcr::cmd {
namespace {

volatile pid_t pager = 0;

bool is_program(const std::string& command) {
  const std::string name = command.substr(0, command.find(' '));
  if (name.find('/') != std::string::npos) return ::access(name.c_str(), X_OK) == 0;
  const char* path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(folder.size() + 1, rest.size()));
    if (::access((std::string(folder) + '/' + name).c_str(), X_OK) == 0) return true;
  }
  return false;
}

[[noreturn]] void become_pager(const std::string& command, const int (&ends)[2]) {
  dup2(ends[0], STDIN_FILENO);
  close(ends[0]);
  close(ends[1]);
  std::signal(SIGINT, SIG_DFL);
  // less: leave when all fits the screen, show colours, leave the text on the screen.
  setenv("LESS", "FRX", 0);
  execl("/bin/sh", "sh", "-c", command.c_str(), static_cast<char*>(nullptr));
  _exit(127);
}

}  // namespace

bool start_pager(const std::string& command) {
  int ends[2];
  if (!is_program(command) || ::pipe(ends) != 0) return false;
  const pid_t child = fork();
  if (child == 0) become_pager(command, ends);
  if (child > 0) {
    keep_status_away();
    dup2(ends[1], STDOUT_FILENO);
    pager = child;
  }
  close(ends[0]);
  close(ends[1]);
  return child > 0;
}

void finish_pager() noexcept {
  const pid_t child = pager;
  if (child == 0) return;
  pager = 0;
  close(STDOUT_FILENO);
  while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace lhcr::cmd
