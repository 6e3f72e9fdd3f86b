// SPDX-License-Identifier: Apache-2.0
#include "base/symbol.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace lhcr {
namespace {

template <class Word>
Word load(const char* bytes) noexcept {
  Word word = 0;
  std::memcpy(&word, bytes, sizeof(word));
  return word;
}

// Names are short, so words are what they are hashed and compared by; the last one overlaps the one
// before. Names of less than eight bytes fit into one word.
std::uint64_t short_word(const char* bytes, std::size_t size) noexcept {
  if (size >= sizeof(std::uint32_t)) {
    const auto low = load<std::uint32_t>(bytes);
    const auto high = load<std::uint32_t>(bytes + size - sizeof(std::uint32_t));
    return std::uint64_t{high} << 32U | low;
  }
  if (size == 0) {
    return 0;
  }
  const auto byte = [bytes](std::size_t at) {
    return std::uint64_t{static_cast<unsigned char>(bytes[at])};
  };
  return byte(0) | byte(size / 2) << 8U | byte(size - 1) << 16U;
}

std::uint64_t hash_name(std::string_view name) noexcept {
  constexpr std::uint64_t multiplier = 0x9E3779B97F4A7C15ULL;
  constexpr std::size_t word = sizeof(std::uint64_t);
  std::uint64_t hash = name.size() * multiplier;
  const auto mix = [&hash](std::uint64_t bits) {
    hash = (hash ^ bits) * multiplier;
    hash ^= hash >> 29U;
  };
  if (name.size() < word) {
    mix(short_word(name.data(), name.size()));
    return hash;
  }
  const char* last = name.data() + name.size() - word;
  for (const char* at = name.data(); at < last; at += word) {
    mix(load<std::uint64_t>(at));
  }
  mix(load<std::uint64_t>(last));
  return hash;
}

bool same_name(std::string_view left, std::string_view right) noexcept {
  constexpr std::size_t word = sizeof(std::uint64_t);
  if (left.size() != right.size()) {
    return false;
  }
  if (left.size() < word) {
    return short_word(left.data(), left.size()) == short_word(right.data(), right.size());
  }
  if (left.size() > 2 * word) {
    return std::memcmp(left.data(), right.data(), left.size()) == 0;
  }
  const std::size_t last = left.size() - word;
  return load<std::uint64_t>(left.data()) == load<std::uint64_t>(right.data()) &&
         load<std::uint64_t>(left.data() + last) == load<std::uint64_t>(right.data() + last);
}

constexpr std::array known_names = std::to_array<std::string_view>({
#define LHCR_NAME(identifier, text) text,
#include "base/names.def"
#undef LHCR_NAME
});

/// A name that stands twice would take the number of its first row, and all that follow would be
/// one off.
consteval bool is_each_once() {
  for (std::size_t at = 0; at < known_names.size(); ++at)
    for (std::size_t other = 0; other < at; ++other)
      if (known_names[at] == known_names[other]) return false;
  return true;
}
static_assert(is_each_once());

}  // namespace

// One without a base is that of all definitions: it has room for their names from the start.
SymbolTable::SymbolTable() {
  constexpr std::size_t most_names = 4096;
  names_.reserve(most_names);
  slots_.assign(2 * most_names, no_symbol);
  for (const std::string_view name : known_names) intern(name);
}

SymbolTable::SymbolTable(const SymbolTable* base)
    : base_(base), first_(base->size()), slots_(64, no_symbol) {}

Symbol SymbolTable::find(std::string_view name) const noexcept {
  return find_hashed(name, hash_name(name));
}

Symbol SymbolTable::find_hashed(std::string_view name, std::uint64_t hash) const noexcept {
  if (base_ != nullptr) {
    if (const Symbol found = base_->find_hashed(name, hash); found != no_symbol) {
      return found;
    }
    if (names_.empty()) {
      return no_symbol;
    }
  }
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash & mask; slots_[at] != no_symbol; at = (at + 1) & mask) {
    const Name& known = names_[slots_[at] - first_];
    if (known.hash == hash && same_name(known.text, name)) {
      return slots_[at];
    }
  }
  return no_symbol;
}

Symbol SymbolTable::intern(std::string_view name) {
  const std::uint64_t hash = hash_name(name);
  if (const Symbol found = find_hashed(name, hash); found != no_symbol) {
    return found;
  }
  if ((names_.size() + 1) * 2 > slots_.size()) {
    rehash();
  }
  const Symbol symbol = size();
  names_.push_back({text_.copy(name), hash});
  add_slot(symbol, hash);
  return symbol;
}

std::string_view SymbolTable::name(Symbol symbol) const noexcept {
  if (symbol >= first_) {
    const std::size_t index = symbol - first_;
    return index < names_.size() ? names_[index].text : std::string_view{};
  }
  return base_ != nullptr ? base_->name(symbol) : std::string_view{};
}

void SymbolTable::clear() noexcept {
  if (names_.empty()) {
    return;
  }
  names_.clear();
  std::fill(slots_.begin(), slots_.end(), no_symbol);
  text_.clear();
}

void SymbolTable::add_slot(Symbol symbol, std::uint64_t hash) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  while (slots_[at] != no_symbol) {
    at = (at + 1) & mask;
  }
  slots_[at] = symbol;
}

void SymbolTable::rehash() {
  slots_.assign(slots_.size() * 2, no_symbol);
  for (std::size_t index = 0; index < names_.size(); ++index) {
    add_slot(first_ + static_cast<Symbol>(index), names_[index].hash);
  }
}

}  // namespace lhcr
