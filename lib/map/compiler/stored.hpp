// SPDX-License-Identifier: Apache-2.0
/// Parts of a compiled map that are read from its image when they are first asked for: a document
/// needs a few of them.
#pragma once

#include <atomic>
#include <mutex>
#include <string_view>
#include <vector>

namespace lhcr::map {

class Image;
struct Row;

/// Either a value that is there, or bytes of an image that it is read from once. Shared by threads.
template <class Value>
class Stored {
 public:
  /// For who makes it.
  [[nodiscard]] Value& value() noexcept { return value_; }
  /// The image must outlive this.
  void store(const Image& image, std::string_view bytes) {
    image_ = &image;
    bytes_ = bytes;
    ready_ = false;
  }
  [[nodiscard]] const Value& get() const {
    if (!ready_.load(std::memory_order_acquire)) {
      read();
    }
    return value_;
  }

 private:
  void read() const {
    const std::lock_guard lock(reading_);
    if (!ready_.load(std::memory_order_relaxed)) {
      read_stored(*image_, bytes_, value_);
      ready_.store(true, std::memory_order_release);
    }
  }

  const Image* image_ = nullptr;
  std::string_view bytes_;
  mutable Value value_;
  mutable std::mutex reading_;
  mutable std::atomic<bool> ready_ = true;
};

}  // namespace lhcr::map
