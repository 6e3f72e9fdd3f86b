// SPDX-License-Identifier: Apache-2.0
#include "definition/compiler/tar.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

#include <zlib.h>

#include "base/error.hpp"
#include "definition/compiler/package.hpp"

namespace lhcr::definition::compiler {
namespace {

constexpr std::size_t block = 512;
constexpr std::uint64_t largest_file = std::uint64_t{256} << 20U;
constexpr std::size_t most_files = 200'000;
constexpr std::size_t largest_step = std::size_t{1} << 20U;
// Packages of JSON shrink to a tenth; what shrinks to less than a 200th was made to swell.
constexpr std::uint64_t harmless_bytes = std::uint64_t{64} << 20U;
constexpr std::uint64_t largest_ratio = 200;

class GzipSource : public ByteSource {
 public:
  explicit GzipSource(const std::string& path) : path_(path), file_(gzopen(path.c_str(), "rb")) {
    std::error_code error;
    const std::uint64_t packed = std::filesystem::file_size(path, error);
    if (file_ == nullptr || error) {
      throw Error(ErrorKind::input, path_ + ": cannot be opened");
    }
    limit_ = std::max(harmless_bytes, packed * largest_ratio);
    gzbuffer(file_, 1U << 17U);
  }
  ~GzipSource() override { gzclose_r(file_); }

  std::size_t read(char* bytes, std::size_t size) override {
    const int got = gzread(file_, bytes, static_cast<unsigned>(size));
    int error = Z_OK;
    gzerror(file_, &error);
    if (got < 0 || (error != Z_OK && error != Z_STREAM_END)) {
      throw Error(ErrorKind::input, path_ + ": is not a complete gzip file");
    }
    total_ += static_cast<std::uint64_t>(got);
    if (total_ > limit_) {
      throw Error(ErrorKind::input, path_ + ": swells to more than " +
                                        std::to_string(limit_ >> 20U) +
                                        " MiB; this is not a package but a decompression bomb");
    }
    return static_cast<std::size_t>(got);
  }

 private:
  std::string path_;
  gzFile file_;
  std::uint64_t limit_ = 0;
  std::uint64_t total_ = 0;
};

/// The `path` record of a pax extended header ("27 path=package/some name\n"), else empty.
std::string pax_path(std::string_view records) {
  constexpr std::string_view key = " path=";
  const std::size_t at = records.find(key);
  if (at == std::string_view::npos) {
    return {};
  }
  const std::string_view rest = records.substr(at + key.size());
  return std::string(rest.substr(0, rest.find('\n')));
}

}  // namespace

std::unique_ptr<ByteSource> open_gzip(const std::string& path) {
  return std::make_unique<GzipSource>(path);
}

void TarReader::fail(const std::string& what) const {
  throw Error(ErrorKind::input, path_ + ": " + what);
}

std::string_view TarReader::field(std::size_t at, std::size_t size) const {
  const std::string_view text(header_.data() + at, size);
  return text.substr(0, text.find('\0'));
}

std::uint64_t TarReader::number(std::size_t at, std::size_t size) const {
  std::uint64_t value = 0;
  for (const char digit : field(at, size)) {
    if (digit != ' ' && (digit < '0' || digit > '7')) {
      fail("has a tar header with a bad number");
    }
    value = digit == ' ' ? value : value * 8 + static_cast<std::uint64_t>(digit - '0');
  }
  return value;
}

std::string TarReader::full_name() const {
  const std::string_view prefix = field(345, 155);
  std::string name(field(0, 100));
  return prefix.empty() ? name : std::string(prefix) + '/' + name;
}

bool TarReader::read_header() {
  header_.resize(block);
  const std::size_t got = source_.read(header_.data(), block);
  if (got != 0 && got != block) {
    fail("ends within a tar header");
  }
  if (got == 0 || header_[0] == '\0') {
    drain();
    return false;
  }
  std::uint64_t sum = 0;
  for (std::size_t at = 0; at < block; ++at) {
    const bool own = at >= 148 && at < 156;
    sum += own ? std::uint64_t{' '} : static_cast<unsigned char>(header_[at]);
  }
  if (sum != number(148, 8)) {
    fail("is not a tar archive, or a damaged one");
  }
  return true;
}

// The sums of gzip are at its end.
void TarReader::drain() {
  std::array<char, block * 64> rest{};
  while (source_.read(rest.data(), rest.size()) != 0) {
  }
}

void TarReader::read_content(std::uint64_t size) {
  if (size > largest_file) {
    fail("holds a file of more than 256 MiB");
  }
  const std::size_t blocks = (size + block - 1) / block * block;
  // Memory grows with what is there, not with what a header says.
  for (std::size_t at = 0; at < blocks;) {
    const std::size_t step = std::min(blocks - at, largest_step);
    if (content_.size() < at + step + package_padding) {
      content_.resize(at + step + package_padding);
    }
    if (source_.read(content_.data() + at, step) != step) {
      fail("ends within a file");
    }
    at += step;
  }
  content_.resize(std::max(content_.size(), blocks + package_padding));
  std::fill_n(content_.begin() + static_cast<std::ptrdiff_t>(size), package_padding, '\0');
}

void TarReader::check_kind(char kind) const {
  constexpr std::string_view honest(
      "\0"
      "05xgLK7",
      8);
  if (honest.find(kind) == std::string_view::npos) {
    fail(kind == '1' || kind == '2' ? "holds a link, which no package needs"
                                    : "holds something that is neither a file nor a folder");
  }
}

void TarReader::check_name(std::string_view name) const {
  const bool odd = std::any_of(name.begin(), name.end(), [](char letter) {
    return static_cast<unsigned char>(letter) < ' ' || letter == '\\';
  });
  bool up = name.starts_with('/');
  for (std::string_view rest = name; !rest.empty();) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    up = up || rest.substr(0, slash) == "..";
    rest.remove_prefix(std::min(slash + 1, rest.size()));
  }
  if (odd || up) {
    fail("holds a file whose name leads outside of the package");
  }
}

bool TarReader::next(TarFile& file) {
  std::string long_name;
  while (read_header()) {
    const char kind = header_[156];
    check_kind(kind);
    const std::uint64_t size = number(124, 12);
    read_content(size);
    if (++files_ > most_files) {
      fail("holds more than " + std::to_string(most_files) + " files");
    }
    const std::string_view text(content_.data(), size);
    if (kind == 'x') {
      long_name = pax_path(text);
    } else if (kind == 'L') {
      long_name = text.substr(0, text.find('\0'));
    } else {
      file = {long_name.empty() ? full_name() : long_name, text};
      check_name(file.name);
      long_name.clear();
      if (kind == '0' || kind == '\0' || kind == '7') {
        return true;
      }
    }
  }
  return false;
}

}  // namespace lhcr::definition::compiler
