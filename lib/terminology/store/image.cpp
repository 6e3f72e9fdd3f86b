// SPDX-License-Identifier: Apache-2.0
#include "terminology/store/image.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/error.hpp"

namespace lhcr::terminology {

namespace {

/// What constraints read through.
constexpr std::array scanned = {Section::interval,  Section::child,         Section::parent,
                                Section::attribute, Section::attribute_use, Section::member,
                                Section::link,      Section::map_row,       Section::posting};

}  // namespace

Image::Image(const std::string& path) : path_(path), file_(std::make_unique<MappedFile>(path)) {
  const std::string_view all = file_->bytes();
  const auto refuse = [&](const std::string& why) {
    throw Error(ErrorKind::input, path + ": " + why);
  };
  if (all.size() < sizeof(trailer_)) {
    refuse("this is not a terminology image");
  }
  // A look-up touches a few pages, which need not bring megabytes with them.
  file_->expect(all, MappedFile::Access::anywhere);
  const std::size_t body = all.size() - sizeof(trailer_);
  std::memcpy(&trailer_, all.data() + body, sizeof(trailer_));
  if (trailer_.magic != image_magic) {
    refuse("this is not a terminology image, or it is damaged");
  }
  if (trailer_.layout != image_layout) {
    refuse("another version of lhcr made it; add the release again");
  }
  for (const auto& entry : trailer_.sections) {
    if (entry.offset > body || entry.size > body - entry.offset || entry.offset % 8 != 0) {
      refuse("the terminology image is damaged; add the release again");
    }
  }
  for (const Section section : scanned) {
    expect_scan(section);
  }
  std::string_view lines = bytes(Section::meta);
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    const std::size_t tab = line.find('\t');
    if (tab != std::string_view::npos) {
      meta_.emplace(line.substr(0, tab), line.substr(tab + 1));
    }
  }
}

void Image::expect_scan(Section section) const noexcept {
  file_->expect(bytes(section), MappedFile::Access::onward);
}

std::string_view Image::bytes(Section section) const noexcept {
  const ImageTrailer::Entry& entry = trailer_.sections[static_cast<std::size_t>(section)];
  return file_->bytes().substr(entry.offset, entry.size);
}

std::string_view Image::text(std::uint32_t at) const noexcept {
  const std::string_view all = bytes(Section::string);
  std::uint32_t size = 0;
  if (at == 0 || at > all.size() || all.size() - at < sizeof(size)) {
    return {};
  }
  std::memcpy(&size, all.data() + at, sizeof(size));
  const std::string_view behind = all.substr(at + sizeof(size));
  return size <= behind.size() ? behind.substr(0, size) : std::string_view{};
}

std::string_view Image::meta(std::string_view key) const {
  const auto found = meta_.find(key);
  return found == meta_.end() ? std::string_view{} : found->second;
}

bool Image::verified() const {
  const std::string_view all = file_->bytes();
  Sha256 hash;
  hash.add(all.substr(0, all.size() - sizeof(trailer_)));
  return hash.finish() == trailer_.digest;
}

}  // namespace lhcr::terminology
