// SPDX-License-Identifier: Apache-2.0
#include "terminology/store/image_writer.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <utility>

#include "base/error.hpp"

namespace lhcr::terminology {

StringPool::StringPool() : bytes_(sizeof(std::uint64_t), '\0'), slots_(1024) {}

std::string_view StringPool::text(std::uint32_t at) const noexcept {
  std::uint32_t size = 0;
  std::memcpy(&size, bytes_.data() + at, sizeof(size));
  return at == 0 ? std::string_view{} : std::string_view(bytes_).substr(at + sizeof(size), size);
}

std::uint32_t StringPool::add(std::string_view text) {
  if (text.empty()) {
    return 0;
  }
  if (used_ * 2 >= slots_.size()) {
    grow();
  }
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = std::hash<std::string_view>{}(text)&mask;
  while (slots_[at] != 0) {
    if (this->text(slots_[at]) == text) {
      return slots_[at];
    }
    at = (at + 1) & mask;
  }
  if (bytes_.size() + text.size() + sizeof(std::uint32_t) > 0xFFFFFFFFU) {
    throw Error(ErrorKind::input, "the release has more than 4 GB of texts");
  }
  const auto made = static_cast<std::uint32_t>(bytes_.size());
  const auto size = static_cast<std::uint32_t>(text.size());
  bytes_.append(reinterpret_cast<const char*>(&size), sizeof(size)).append(text);
  slots_[at] = made;
  ++used_;
  return made;
}

std::uint32_t StringPool::find(std::string_view wanted) const noexcept {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = std::hash<std::string_view>{}(wanted)&mask; slots_[at] != 0;
       at = (at + 1) & mask) {
    if (text(slots_[at]) == wanted) {
      return slots_[at];
    }
  }
  return 0;
}

void StringPool::grow() {
  std::vector<std::uint32_t> larger(slots_.size() * 2);
  const std::size_t mask = larger.size() - 1;
  for (const std::uint32_t held : slots_) {
    if (held != 0) {
      std::size_t at = std::hash<std::string_view>{}(text(held)) & mask;
      while (larger[at] != 0) {
        at = (at + 1) & mask;
      }
      larger[at] = held;
    }
  }
  slots_.swap(larger);
}

ImageWriter::ImageWriter(const std::string& path, StringPool strings)
    : file_(path), strings_(std::move(strings)) {
  trailer_.magic = image_magic;
  trailer_.layout = image_layout;
}

void ImageWriter::write(std::string_view bytes) {
  file_.write(bytes);
  hash_.add(bytes);
  offset_ += bytes.size();
}

void ImageWriter::add_bytes(Section section, std::string_view bytes) {
  constexpr std::size_t step = 8;
  constexpr char zeros[step] = {};
  write({zeros, (step - offset_ % step) % step});
  trailer_.sections[static_cast<std::size_t>(section)] = {offset_, bytes.size()};
  write(bytes);
}

void ImageWriter::set_meta(std::string_view key, std::string_view value) {
  std::string line(value);
  std::replace(line.begin(), line.end(), '\n', ' ');
  meta_.append(key).append(1, '\t').append(line).append(1, '\n');
}

void ImageWriter::finish() {
  add_bytes(Section::string, strings_.bytes());
  add_bytes(Section::meta, meta_);
  trailer_.digest = hash_.finish();
  file_.write({reinterpret_cast<const char*>(&trailer_), sizeof(trailer_)});
  file_.commit();
}

}  // namespace lhcr::terminology
