// SPDX-License-Identifier: Apache-2.0
#include "process.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace golden {
namespace fs = std::filesystem;
namespace {

constexpr auto time_limit = std::chrono::seconds(300);

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// Opens `path` as descriptor `number` of this (the child) process.
void redirect(const char* path, int flags, int number) {
  const int opened = ::open(path, flags, 0600);
  if (opened < 0 || ::dup2(opened, number) < 0) ::_exit(126);
  ::close(opened);
}

[[noreturn]] void become(const Run& what, const fs::path& out, const fs::path& err) {
  ::setpgid(0, 0);
  const char* old_path = std::getenv("PATH");
  const std::string path =
      what.lhcr.parent_path().string() + ":" + (old_path ? old_path : "/usr/bin:/bin");
  ::setenv("PATH", path.c_str(), 1);
  ::setenv("LC_ALL", "C", 1);
  // Packages and releases that the user has added are no part of what is expected.
  ::setenv("XDG_DATA_HOME", (out.parent_path() / "data").c_str(), 1);
  ::setenv("SOURCE_DATE_EPOCH", "1700000000", 1);  // reports name a time
  ::unsetenv("NO_COLOR");
  redirect("/dev/null", O_RDONLY, STDIN_FILENO);
  redirect(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
  if (what.merge) {
    ::dup2(STDOUT_FILENO, STDERR_FILENO);
  } else {
    redirect(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
  }
  if (::chdir(what.folder.c_str()) != 0) ::_exit(126);
  ::execl("/bin/sh", "sh", "-c", what.line.c_str(), nullptr);
  ::_exit(127);
}

/// The wait status, with the time limit kept.
int wait_for(pid_t child, rusage& usage) {
  const auto end = std::chrono::steady_clock::now() + time_limit;
  int status = 0;
  auto pause = std::chrono::milliseconds(1);
  while (::wait4(child, &status, WNOHANG, &usage) == 0) {
    if (std::chrono::steady_clock::now() > end) {
      ::kill(-child, SIGKILL);
      ::wait4(child, &status, 0, &usage);
      return 124 << 8;
    }
    std::this_thread::sleep_for(pause);
    if (pause < std::chrono::milliseconds(20)) pause *= 2;
  }
  return status;
}

}  // namespace

Result run(const Run& what) {
  const fs::path out = what.folder.string() + ".out";
  const fs::path err = what.folder.string() + ".err";
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("cannot make a process");
  if (child == 0) become(what, out, err);
  rusage usage{};
  const int status = wait_for(child, usage);
  Result result;
  result.out = content(out);
  result.err = what.merge ? "" : content(err);
  result.exit = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  result.peak_kilobytes = usage.ru_maxrss;
  fs::remove(out);
  fs::remove(err);
  return result;
}

}  // namespace golden
