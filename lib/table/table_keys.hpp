// SPDX-License-Identifier: Apache-2.0
/// Keys of a table's rows, as hashes of 96 bits with the line they stand on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace lhcr::validate {

/// The hash of a key: the parts after each other, each told apart from the next. Differs from run
/// to run, so that no file can be made whose keys all collide.
class TableKey {
 public:
  TableKey() noexcept;
  void add(std::string_view part) noexcept;
  [[nodiscard]] std::uint64_t high() const noexcept { return high_; }
  [[nodiscard]] std::uint32_t low() const noexcept { return static_cast<std::uint32_t>(low_); }

 private:
  std::uint64_t high_;
  std::uint64_t low_;
};

/// A set with an upper limit; open addressing.
class TableKeys {
 public:
  explicit TableKeys(std::size_t most) : most_(most), slots_(1024) {}
  /// The line of the same key that came before, or 0 when this one is new (or there is no room).
  std::uint32_t add(const TableKey& key, std::uint64_t line);
  [[nodiscard]] bool has(const TableKey& key) const noexcept;
  [[nodiscard]] bool full() const noexcept { return full_; }

 private:
  struct Slot {
    std::uint64_t high = 0;
    std::uint32_t low = 0;
    std::uint32_t line = 0;  ///< 0: free
  };
  [[nodiscard]] std::size_t place(const TableKey& key) const noexcept;
  void grow();

  std::size_t most_;
  std::size_t count_ = 0;
  bool full_ = false;
  std::vector<Slot> slots_;
};

}  // namespace lhcr::validate
