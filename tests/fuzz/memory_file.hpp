// SPDX-License-Identifier: Apache-2.0
/// Bytes as a file that has a path and no place on the disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include <sys/mman.h>
#include <unistd.h>

#include "check.hpp"

namespace lhcr::fuzz {

class MemoryFile {
 public:
  MemoryFile(const void* bytes, std::size_t size) : file_(memfd_create("fuzz", 0)) {
    expect(file_ >= 0 && ::write(file_, bytes, size) == static_cast<ssize_t>(size),
           "no memory file");
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { ::close(file_); }
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(file_); }

 private:
  int file_;
};

}  // namespace lhcr::fuzz
