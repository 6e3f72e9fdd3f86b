// SPDX-License-Identifier: Apache-2.0
#include "base/symbol.hpp"

#include <algorithm>

#include "base/name_hash.hpp"

namespace lhcr {

SymbolTable::SymbolTable() : SymbolTable(nullptr) {}

SymbolTable::SymbolTable(const SymbolTable* base)
    : base_(base), first_(base != nullptr ? base->size() : 1), slots_(64, no_symbol) {}

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
