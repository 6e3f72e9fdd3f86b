// SPDX-License-Identifier: Apache-2.0
// Runs a command and writes what it took: bench_timed FILE COMMAND...
// FILE gets one line: wall seconds, processor seconds, peak resident bytes, exit code. The peak
// that the system reports counts what the parent held before exec(), so that a large parent
// (Python) cannot see a small one.
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 3) {
    std::fputs("usage: bench_timed FILE COMMAND...\n", stderr);
    return 2;
  }
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child == 0) {
    execvp(arguments[2], arguments + 2);
    std::perror(arguments[2]);
    std::_Exit(127);
  }
  int status = 0;
  rusage used{};
  if (child < 0 || wait4(child, &status, 0, &used) != child) {
    std::perror("bench_timed");
    return 2;
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  std::FILE* out = std::fopen(arguments[1], "w");
  if (out == nullptr) {
    std::perror(arguments[1]);
    return 2;
  }
  std::fprintf(out, "%.6f %.6f %ld %d\n", wall.count(),
               seconds_of(used.ru_utime) + seconds_of(used.ru_stime), used.ru_maxrss * 1024, code);
  return std::fclose(out) == 0 ? 0 : 2;
}
