// SPDX-License-Identifier: Apache-2.0
/// What each operating system does in its own way: the one place that asks which it is. Linux and
/// macOS; another system needs another branch in platform.cpp.
#pragma once

#include <cstddef>
#include <string>

#include "base/file.hpp"

namespace lhcr {

/// The path of the running program; empty where the system does not tell.
[[nodiscard]] std::string program_path();

/// A file without a name in memory (memfd_create(2)) or, where there is no such thing, in the
/// folder for temporary files. `name` shows in the system's lists only. Throws Error{input} when
/// there is no room.
[[nodiscard]] Descriptor memory_file(const char* name);

/// A path by which an open file can be opened again, from its beginning, as long as `file` lives.
[[nodiscard]] std::string path_of(const Descriptor& file);

/// A pipe whose ends neither block nor outlive exec(2). Throws Error{internal} when none can be
/// made.
struct Pipe {
  Descriptor out;  ///< to read from
  Descriptor in;   ///< to write to
};
[[nodiscard]] Pipe nonblocking_pipe();

/// Blocks of memory from `bytes` on go back to the system when they are freed, where the allocator
/// has such a switch.
void return_large_blocks(std::size_t bytes) noexcept;

/// Lets two existing paths change places in one step. False where the system or the file system
/// cannot.
[[nodiscard]] bool exchange_paths(const std::string& one, const std::string& other) noexcept;

}  // namespace lhcr
