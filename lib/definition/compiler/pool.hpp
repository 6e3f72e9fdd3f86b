// SPDX-License-Identifier: Apache-2.0
/// Sections of an image in the making: equal strings and equal lists are stored once.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/error.hpp"
#include "definition/image/layout.hpp"

namespace lhcr::definition::compiler {

[[nodiscard]] inline std::uint32_t checked(std::size_t number) {
  if (number > std::numeric_limits<std::uint32_t>::max()) {
    throw Error(ErrorKind::input, "the packages are too large for one definition image");
  }
  return static_cast<std::uint32_t>(number);
}

/// The text section.
class TextPool {
 public:
  TextPool() { add(""); }

  image::Text add(std::string_view text) {
    const auto known = known_.find(std::string(text));
    if (known != known_.end()) {
      return known->second;
    }
    const image::Text at = checked(bytes_.size());
    const std::uint32_t length = checked(text.size());
    const char* const raw = reinterpret_cast<const char*>(&length);
    bytes_.append(raw, sizeof(length)).append(text);
    known_.emplace(text, at);
    return at;
  }

  [[nodiscard]] std::string_view text(image::Text at) const {
    std::uint32_t length = 0;
    std::memcpy(&length, bytes_.data() + at, sizeof(length));
    return {bytes_.data() + at + sizeof(length), length};
  }
  [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

 private:
  std::string bytes_;
  std::unordered_map<std::string, image::Text> known_;
};

/// A section of rows without padding, cut into lists.
template <typename Row>
class ListPool {
  static_assert(std::has_unique_object_representations_v<Row>);

 public:
  image::Range add(const std::vector<Row>& list) {
    if (list.empty()) {
      return {};
    }
    const std::string key(reinterpret_cast<const char*>(list.data()), list.size() * sizeof(Row));
    const auto [known, added] = known_.try_emplace(key);
    if (added) {
      known->second = {checked(rows_.size()), checked(list.size())};
      rows_.insert(rows_.end(), list.begin(), list.end());
    }
    return known->second;
  }

  [[nodiscard]] const std::vector<Row>& rows() const noexcept { return rows_; }

 private:
  std::vector<Row> rows_;
  std::unordered_map<std::string, image::Range> known_;
};

/// Slots of an open addressing table for `count` entries, at most half full.
[[nodiscard]] inline std::size_t slot_count(std::size_t count) {
  return std::bit_ceil(count * 2);
}

/// Puts `value` (not 0) at the first free slot from `hash` on.
inline void put(std::vector<std::uint32_t>& slots, std::uint32_t hash, std::uint32_t value) {
  const std::size_t mask = slots.size() - 1;
  std::size_t at = hash & mask;
  while (slots[at] != 0) {
    at = (at + 1) & mask;
  }
  slots[at] = value;
}

/// Chains rows of equal url (neighbours in `rows`) and indexes the first of each chain.
template <typename Row>
[[nodiscard]] std::vector<std::uint32_t> index_by_url(std::vector<Row>& rows,
                                                      const TextPool& texts) {
  std::vector<std::uint32_t> slots(slot_count(rows.size()), 0);
  for (std::size_t at = 1; at < rows.size(); ++at) {
    if constexpr (requires { rows[at].next_same_url; }) {
      if (at > 1 && rows[at].url == rows[at - 1].url) {
        rows[at - 1].next_same_url = checked(at);
        continue;
      }
    }
    put(slots, image::hash(texts.text(rows[at].url)), checked(at));
  }
  return slots;
}

}  // namespace lhcr::definition::compiler
