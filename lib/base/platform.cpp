// SPDX-License-Identifier: Apache-2.0
#include "base/platform.hpp"

#include <array>
#include <cstdint>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

#include "base/error.hpp"

#ifdef __APPLE__

#include <mach-o/dyld.h>
#include <stdio.h>
#include <stdlib.h>
#else
#include <sys/mman.h>
#endif
#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace lhcr {
namespace {

Descriptor held(int number) {
  if (number < 0) throw Error(ErrorKind::input, "there is no room for a file in memory");
  return Descriptor(number);
}

}  // namespace

#ifdef __APPLE__

std::string program_path() {
  std::uint32_t size = 0;
  ::_NSGetExecutablePath(nullptr, &size);
  std::string path(size, '\0');
  if (::_NSGetExecutablePath(path.data(), &size) != 0) return {};
  std::error_code error;
  const auto real = std::filesystem::canonical(path.c_str(), error);
  return error ? std::string() : real.string();
}

Descriptor memory_file(const char* name) {
  std::string path = std::filesystem::temp_directory_path() / (std::string(name) + ".XXXXXX");
  Descriptor made = held(::mkstemp(path.data()));
  ::unlink(path.c_str());
  ::fcntl(made.get(), F_SETFD, FD_CLOEXEC);
  return made;
}

std::string path_of(const Descriptor& file) {
  // Opened again, /dev/fd shares the place with the descriptor.
  ::lseek(file.get(), 0, SEEK_SET);
  return "/dev/fd/" + std::to_string(file.get());
}

bool exchange_paths(const std::string& one, const std::string& other) noexcept {
  return ::renamex_np(one.c_str(), other.c_str(), RENAME_SWAP) == 0;
}

#else

std::string program_path() {
  std::error_code error;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? std::string() : path.string();
}

Descriptor memory_file(const char* name) {
  return held(::memfd_create(name, MFD_CLOEXEC));
}

std::string path_of(const Descriptor& file) {
  return "/proc/self/fd/" + std::to_string(file.get());
}

bool exchange_paths(const std::string& one, const std::string& other) noexcept {
#ifdef RENAME_EXCHANGE
  return ::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE) == 0;
#else
  // A C library without the call: the caller has a way in two steps.
  return one == other;
#endif
}

#endif

Pipe nonblocking_pipe() {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) throw Error(ErrorKind::internal, "no pipe can be made");
  Pipe made{Descriptor(ends[0]), Descriptor(ends[1])};
  for (const int end : ends) {
    ::fcntl(end, F_SETFD, FD_CLOEXEC);
    ::fcntl(end, F_SETFL, O_NONBLOCK);
  }
  return made;
}

void return_large_blocks(std::size_t bytes) noexcept {
#ifdef __GLIBC__
  ::mallopt(M_MMAP_THRESHOLD, static_cast<int>(bytes));
#else
  static_cast<void>(bytes);
#endif
}

}  // namespace lhcr
