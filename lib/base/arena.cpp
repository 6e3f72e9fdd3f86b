// SPDX-License-Identifier: Apache-2.0
#include "base/arena.hpp"

#include <algorithm>
#include <cstring>

namespace lhcr {
namespace {
constexpr std::size_t chunk_size = std::size_t{64} * 1024;
}

char* Arena::allocate(std::size_t size) {
  if (size > left_) {
    grow(size);
  }
  char* bytes = next_;
  next_ += size;
  left_ -= size;
  return bytes;
}

std::string_view Arena::copy(std::string_view text) {
  if (text.empty()) {
    return {};
  }
  char* bytes = allocate(text.size());
  std::memcpy(bytes, text.data(), text.size());
  return {bytes, text.size()};
}

void Arena::shrink_last(const char* bytes, std::size_t size, std::size_t used) noexcept {
  if (bytes + size == next_) {
    next_ -= size - used;
    left_ += size - used;
  }
}

void Arena::clear() noexcept {
  if (chunks_.empty()) {
    return;
  }
  chunks_.resize(1);
  next_ = chunks_.front().bytes.get();
  left_ = chunks_.front().size;
}

std::size_t Arena::capacity() const noexcept {
  std::size_t sum = 0;
  for (const Chunk& chunk : chunks_) {
    sum += chunk.size;
  }
  return sum;
}

void Arena::grow(std::size_t size) {
  const std::size_t wanted = std::max(size, chunk_size);
  chunks_.push_back({std::make_unique_for_overwrite<char[]>(wanted), wanted});
  next_ = chunks_.back().bytes.get();
  left_ = wanted;
}

}  // namespace lhcr
