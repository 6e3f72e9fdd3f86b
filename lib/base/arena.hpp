// SPDX-License-Identifier: Apache-2.0
/// A bump allocator for text that lives as long as one record.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>
#include <vector>

namespace lhcr {

/// Hands out bytes that stay at their address until clear(). Not thread-safe; one arena belongs to
/// one worker.
class Arena {
 public:
  /// Returns `size` writable bytes (unaligned). Memory belongs to the arena.
  char* allocate(std::size_t size);
  /// Copies `text` and returns the view of the copy.
  std::string_view copy(std::string_view text);
  /// Gives the unused tail of the latest allocation back: `used` of the `size` bytes at `bytes`
  /// stay.
  void shrink_last(const char* bytes, std::size_t size, std::size_t used) noexcept;
  /// Forgets every allocation. Keeps the first chunk, so that reading many records allocates
  /// nothing.
  void clear() noexcept;
  /// Bytes reserved from the system.
  [[nodiscard]] std::size_t capacity() const noexcept;

 private:
  struct Chunk {
    std::unique_ptr<char[]> bytes;
    std::size_t size = 0;
  };
  void grow(std::size_t size);

  std::vector<Chunk> chunks_;
  char* next_ = nullptr;
  std::size_t left_ = 0;
};

}  // namespace lhcr
