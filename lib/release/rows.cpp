// SPDX-License-Identifier: Apache-2.0
#include "release/rows.hpp"

#include <algorithm>
#include <cstring>

#include "base/error.hpp"
#include "base/number_in.hpp"
#include "base/text.hpp"

namespace lhcr::release {
namespace {

constexpr std::size_t block_bytes = std::size_t{1} << 18U;
constexpr std::size_t longest_line = std::size_t{64} << 20U;

bool same_letters(std::string_view left, std::string_view right) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return left.size() == right.size() &&
         std::equal(left.begin(), left.end(), right.begin(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

}  // namespace

Lines::Lines(format::ByteSource& source) : source_(source), buffer_(block_bytes, '\0') {}

bool Lines::fill() {
  if (at_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + at_, end_ - at_);
    end_ -= at_;
    at_ = 0;
  } else if (end_ == buffer_.size()) {
    if (buffer_.size() >= longest_line) {
      throw Error(ErrorKind::input, "line " + std::to_string(number_ + 1) + " has no end");
    }
    buffer_.resize(buffer_.size() * 2);
  }
  const std::size_t got = source_.read(buffer_.data() + end_, buffer_.size() - end_);
  end_ += got;
  return got > 0;
}

bool Lines::next(std::string_view& line) {
  std::size_t searched = at_;
  for (;;) {
    const void* found = std::memchr(buffer_.data() + searched, '\n', end_ - searched);
    const bool last = found == nullptr && done_;
    if (found != nullptr || last) {
      const std::size_t stop =
          last ? end_ : static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data());
      if (last && at_ == end_) {
        return false;
      }
      line = std::string_view(buffer_).substr(at_, stop - at_);
      line.remove_suffix(line.ends_with('\r') ? 1 : 0);
      at_ = last ? end_ : stop + 1;
      ++number_;
      return true;
    }
    const std::size_t kept = end_ - at_;
    done_ = !fill();
    searched = at_ + kept;
  }
}

TabRows::TabRows(const SourceFile& file, Notes& notes)
    : file_(file), notes_(notes), source_(file.open()), lines_(*source_) {
  std::string_view line;
  if (lines_.next(line)) {
    if (line.starts_with(utf8_bom)) {
      line.remove_prefix(utf8_bom.size());
    }
    split(line);
    header_.assign(fields_.begin(), fields_.end());
  }
}

void TabRows::split(std::string_view line) {
  fields_.clear();
  const char* at = line.data();
  const char* const end = at + line.size();
  for (;;) {
    const void* found = std::memchr(at, '\t', static_cast<std::size_t>(end - at));
    const char* const stop = found == nullptr ? end : static_cast<const char*>(found);
    fields_.emplace_back(at, static_cast<std::size_t>(stop - at));
    if (found == nullptr) {
      return;
    }
    at = stop + 1;
  }
}

std::optional<std::size_t> TabRows::find(std::string_view column) const {
  const auto found = std::find_if(header_.begin(), header_.end(), [&](const std::string& name) {
    return same_letters(name, column);
  });
  return found == header_.end() ? std::nullopt
                                : std::optional(static_cast<std::size_t>(found - header_.begin()));
}

std::size_t TabRows::column(std::string_view column) const {
  const auto found = find(column);
  if (!found) {
    throw Error(ErrorKind::input, file_.shown + ":1: there is no column " + std::string(column));
  }
  return *found;
}

bool TabRows::next() {
  std::string_view line;
  while (lines_.next(line)) {
    if (line.empty()) {
      continue;
    }
    split(line);
    if (fields_.size() == header_.size()) {
      return true;
    }
    refuse("the row has " + std::to_string(fields_.size()) + " fields, the header " +
           std::to_string(header_.size()));
  }
  return false;
}

std::optional<std::uint64_t> number_of(std::string_view text) noexcept {
  return number_in<std::uint64_t>(text);
}

}  // namespace lhcr::release
