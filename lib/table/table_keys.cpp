// SPDX-License-Identifier: Apache-2.0
#include "table/table_keys.hpp"

#include <algorithm>
#include <cstring>
#include <random>

namespace lhcr::validate {
namespace {

constexpr std::uint64_t first_prime = 0x9E3779B97F4A7C15U;
constexpr std::uint64_t second_prime = 0xC2B2AE3D27D4EB4FU;

std::uint64_t mixed(std::uint64_t value, std::uint64_t prime) noexcept {
  value *= prime;
  value ^= value >> 32U;
  value *= prime;
  return value ^ value >> 29U;
}

std::uint64_t random_word() {
  std::random_device device;
  return std::uint64_t{device()} << 32U | device();
}
const std::uint64_t first_seed = random_word();
const std::uint64_t second_seed = random_word();

}  // namespace

TableKey::TableKey() noexcept : high_(first_seed), low_(second_seed) {}

void TableKey::add(std::string_view part) noexcept {
  const auto take = [this](std::uint64_t word) {
    high_ = mixed(high_ ^ word, first_prime);
    low_ = mixed(low_ + word, second_prime);
  };
  for (std::size_t at = 0; at < part.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, part.data() + at, std::min(sizeof word, part.size() - at));
    take(word);
  }
  take(part.size() + 1);
}

std::size_t TableKeys::place(const TableKey& key) const noexcept {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = static_cast<std::size_t>(key.high()) & mask;
  while (slots_[at].line != 0 && (slots_[at].high != key.high() || slots_[at].low != key.low())) {
    at = (at + 1) & mask;
  }
  return at;
}

std::uint32_t TableKeys::add(const TableKey& key, std::uint64_t line) {
  std::size_t at = place(key);
  if (slots_[at].line != 0) return slots_[at].line;
  if (count_ == most_) {
    full_ = true;
    return 0;
  }
  if ((count_ + 1) * 4 > slots_.size() * 3) {
    grow();
    at = place(key);
  }
  ++count_;
  constexpr std::uint64_t largest = 0xFFFFFFFF;
  slots_[at] = {key.high(), key.low(), static_cast<std::uint32_t>(std::min(line, largest))};
  return 0;
}

bool TableKeys::has(const TableKey& key) const noexcept {
  return slots_[place(key)].line != 0;
}

void TableKeys::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  const std::size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.line == 0) continue;
    std::size_t at = static_cast<std::size_t>(slot.high) & mask;
    while (slots_[at].line != 0) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

}  // namespace lhcr::validate
