// SPDX-License-Identifier: Apache-2.0
/// Copies of texts of which many are the same.
#pragma once

#include <string_view>
#include <vector>

#include "base/arena.hpp"

namespace lhcr {

/// Copies texts into an arena, those that come again soon only once.
class TextPool {
 public:
  /// The arena must outlive the pool.
  explicit TextPool(Arena& arena) : arena_(arena) {}
  /// The copy; valid as long as what the arena holds.
  [[nodiscard]] std::string_view keep(std::string_view text);

 private:
  Arena& arena_;
  std::vector<std::string_view> recent_;  // by hash; a text takes the place of another one
};

}  // namespace lhcr
