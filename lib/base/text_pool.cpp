// SPDX-License-Identifier: Apache-2.0
#include "base/text_pool.hpp"

#include <cstdint>
#include <cstring>

namespace lhcr {
namespace {

constexpr std::size_t slots = 4096;
constexpr std::size_t longest = 64;  // longer ones are seldom the same

/// Of the size, the beginning and the end: codes and OIDs differ there.
std::size_t slot_of(std::string_view text) noexcept {
  constexpr std::uint64_t multiplier = 0x9E3779B97F4A7C15ULL;
  constexpr unsigned bits = 12;
  static_assert(std::size_t{1} << bits == slots);
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  if (text.size() >= sizeof(begin)) {
    std::memcpy(&begin, text.data(), sizeof(begin));
    std::memcpy(&end, text.data() + text.size() - sizeof(end), sizeof(end));
  } else {
    std::memcpy(&begin, text.data(), text.size());
  }
  const std::uint64_t hash = (begin * multiplier + end) ^ text.size();
  return static_cast<std::size_t>((hash * multiplier) >> (64U - bits));
}

}  // namespace

std::string_view TextPool::keep(std::string_view text) {
  if (text.empty() || text.size() > longest) {
    return arena_.copy(text);
  }
  recent_.resize(slots);
  std::string_view& recent = recent_[slot_of(text)];
  if (recent != text) {
    recent = arena_.copy(text);
  }
  return recent;
}

}  // namespace lhcr
