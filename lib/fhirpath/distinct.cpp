// SPDX-License-Identifier: Apache-2.0
#include "fhirpath/machine.hpp"

namespace lhcr::fhirpath {

bool Distinct::contains_small(const Value& value) {
  for (const Value& known : buffers_.items) {
    if (machine_.equal(known, value) == Truth::yes) {
      return true;
    }
  }
  return false;
}

std::uint32_t* Distinct::find_slot(const Value& value) {
  const std::size_t mask = buffers_.slots.size() - 1;
  std::size_t at = machine_.hash(value) & mask;
  while (buffers_.slots[at] != 0 &&
         machine_.equal(buffers_.items[buffers_.slots[at] - 1], value) != Truth::yes) {
    machine_.step();
    at = (at + 1) & mask;
  }
  return &buffers_.slots[at];
}

void Distinct::rehash() {
  std::size_t size = 32;
  while (size < buffers_.items.size() * 4) {
    size *= 2;
  }
  buffers_.slots.assign(size, 0);
  const std::size_t mask = size - 1;
  for (std::size_t i = 0; i < buffers_.items.size(); ++i) {
    std::size_t at = machine_.hash(buffers_.items[i]) & mask;
    while (buffers_.slots[at] != 0) {
      at = (at + 1) & mask;
    }
    buffers_.slots[at] = static_cast<std::uint32_t>(i + 1);
  }
}

bool Distinct::contains(const Value& value) {
  return buffers_.slots.empty() ? contains_small(value) : *find_slot(value) != 0;
}

bool Distinct::add(const Value& value) {
  machine_.step();
  if (buffers_.slots.empty()) {
    if (contains_small(value)) {
      return false;
    }
    buffers_.items.push_back(value);
    if (buffers_.items.size() > small) {
      rehash();
    }
    return true;
  }
  std::uint32_t* const slot = find_slot(value);
  if (*slot != 0) {
    return false;
  }
  buffers_.items.push_back(value);
  *slot = static_cast<std::uint32_t>(buffers_.items.size());
  if (buffers_.items.size() * 2 > buffers_.slots.size()) {
    rehash();
  }
  return true;
}

}  // namespace lhcr::fhirpath
