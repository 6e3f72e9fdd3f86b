// SPDX-License-Identifier: Apache-2.0
/// Regular files mapped into memory, and what happens when one changes meanwhile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/file.hpp"

struct stat;

namespace lhcr {

struct MappedRegion;

/// A regular file's bytes, mapped read-only. Someone else may shorten or change the file, or its
/// disk may fail, while it is mapped: bytes that are gone then raise SIGBUS, and read as zeros when
/// the program's handler calls absorb_bus_error(). So whoever has worked on bytes() asks afterwards
/// whether they were intact().
class MappedFile {
 public:
  MappedFile() = default;
  /// Throws Error{input} when the file cannot be opened or mapped.
  explicit MappedFile(const std::string& path);
  /// Maps `size` bytes of an open regular file.
  MappedFile(const Descriptor& file, std::size_t size, const std::string& path);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();
  [[nodiscard]] std::string_view bytes() const noexcept { return {data_, size_}; }
  /// Whether bytes() have been those of the file at its opening all the while.
  [[nodiscard]] bool intact() const noexcept;
  /// Throws Error{input} when they have not.
  void require_intact() const;
  /// What is to be said of a file that is not: "PATH: it changed while it was read".
  [[nodiscard]] std::string fault() const;
  /// Gives the memory of all bytes() of a mapping back; who looks at them again has them read
  /// again.
  static void forget(std::string_view bytes) noexcept;
  /// How a part of bytes() will be looked at: here and there, so that reading ahead is of no use,
  /// or from its beginning on.
  enum class Access : std::uint8_t { anywhere, onward };
  void expect(std::string_view part, Access access) const noexcept;

 private:
  /// What a file is known by, to see that it is the same and unchanged.
  struct Identity {
    std::uint64_t device = 0;
    std::uint64_t number = 0;
    std::int64_t size = 0;
    std::int64_t seconds = 0;  ///< of the last change
    std::int64_t nanoseconds = 0;
    bool operator==(const Identity&) const = default;
  };
  static Identity identity_of(const struct stat& status) noexcept;
  void map(const Descriptor& file, std::size_t size);

  const char* data_ = nullptr;
  std::size_t size_ = 0;
  std::string path_;
  Identity identity_;
  MappedRegion* region_ = nullptr;  ///< of all mappings' list
};

/// Readable bytes (zeros) that the system guarantees after a mapping of `size` bytes.
[[nodiscard]] std::size_t mapped_padding(std::size_t size) noexcept;

/// For the handler of SIGBUS: when `address` is in a MappedFile, everything from its page on is
/// made readable as zeros and the file is no longer intact(). False when it is in none. Uses
/// nothing that a signal handler may not.
[[nodiscard]] bool absorb_bus_error(const void* address) noexcept;

}  // namespace lhcr
