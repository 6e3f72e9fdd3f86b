// SPDX-License-Identifier: Apache-2.0
#include "definition/compiler/package.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <vector>

#include <zlib.h>

#include "base/error.hpp"

namespace lhcr::definition::compiler {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t tar_block = 512;
constexpr std::uint64_t largest_file = std::uint64_t{256} << 20U;

[[noreturn]] void fail(const std::string& path, const std::string& what) {
  throw Error(ErrorKind::input, path + ": " + what);
}

bool is_json(std::string_view name) {
  constexpr std::string_view suffix = ".json";
  return name.size() > suffix.size() && name.substr(name.size() - suffix.size()) == suffix &&
         name.front() != '.';
}

/// Bytes of a gzip file, on demand.
class GzipFile {
 public:
  explicit GzipFile(const std::string& path) : path_(path), file_(gzopen(path.c_str(), "rb")) {
    if (file_ == nullptr) {
      fail(path, "cannot be opened");
    }
    gzbuffer(file_, 1U << 17U);
  }
  ~GzipFile() { gzclose_r(file_); }
  GzipFile(const GzipFile&) = delete;
  GzipFile& operator=(const GzipFile&) = delete;

  /// Reads `size` bytes; false at a clean end.
  bool read(char* bytes, std::size_t size) {
    const int got = gzread(file_, bytes, static_cast<unsigned>(size));
    if (got == 0) {
      return false;
    }
    if (got < 0 || static_cast<std::size_t>(got) != size) {
      fail(path_, "is not a complete gzip file");
    }
    return true;
  }

 private:
  const std::string& path_;
  gzFile file_;
};

using TarHeader = std::array<char, tar_block>;

std::string_view field(const TarHeader& header, std::size_t at, std::size_t size) {
  const std::string_view text(header.data() + at, size);
  return text.substr(0, text.find('\0'));
}

std::uint64_t octal(const std::string& path, std::string_view digits) {
  std::uint64_t value = 0;
  for (const char digit : digits) {
    if (digit == ' ') {
      continue;
    }
    if (digit < '0' || digit > '7') {
      fail(path, "has a tar header with a bad number");
    }
    value = value * 8 + static_cast<std::uint64_t>(digit - '0');
  }
  return value;
}

/// Name of a file directly in `package/`, else empty.
std::string_view package_file(std::string_view name) {
  constexpr std::string_view folder = "package/";
  if (name.substr(0, folder.size()) != folder) {
    return {};
  }
  name.remove_prefix(folder.size());
  return name.find('/') == std::string_view::npos ? name : std::string_view{};
}

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

struct TarFile {
  std::string name;
  std::string_view content;
};

/// Files of a tar archive one after the other. Knows ustar prefixes, pax paths and GNU long names.
class TarReader {
 public:
  explicit TarReader(const std::string& path) : path_(path), gzip_(path) {}

  bool next(TarFile& file) {
    TarHeader header{};
    std::string long_name;
    while (gzip_.read(header.data(), header.size()) && header[0] != '\0') {
      const std::uint64_t size = octal(path_, field(header, 124, 12));
      read_content(size);
      const char type = header[156];
      if (type == 'x') {
        long_name = pax_path({buffer_.data(), size});
      } else if (type == 'L') {
        long_name = std::string(std::string_view(buffer_.data(), size).data());
      } else if (type == '0' || type == '\0') {
        file = {long_name.empty() ? full_name(header) : long_name, {buffer_.data(), size}};
        return true;
      } else {
        long_name.clear();
      }
    }
    return false;
  }

 private:
  static std::string full_name(const TarHeader& header) {
    const std::string_view prefix = field(header, 345, 155);
    std::string name(field(header, 0, 100));
    return prefix.empty() ? name : std::string(prefix) + '/' + name;
  }

  void read_content(std::uint64_t size) {
    if (size > largest_file) {
      fail(path_, "holds a file of more than 256 MiB");
    }
    const std::size_t blocks = (size + tar_block - 1) / tar_block * tar_block;
    if (buffer_.size() < blocks + package_padding) {
      buffer_.resize(blocks + package_padding);
    }
    if (blocks > 0 && !gzip_.read(buffer_.data(), blocks)) {
      fail(path_, "ends within a file");
    }
    std::fill_n(buffer_.begin() + static_cast<std::ptrdiff_t>(size), package_padding, '\0');
  }

  const std::string& path_;
  GzipFile gzip_;
  std::vector<char> buffer_;
};

void visit_tarball(const std::string& path, const PackageVisitor& visit) {
  TarReader reader(path);
  TarFile file;
  while (reader.next(file)) {
    const std::string_view name = package_file(file.name);
    if (is_json(name)) {
      visit(name, file.content);
    }
  }
}

void read_file(const fs::path& path, std::string& content) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    fail(path.string(), "cannot be opened");
  }
  content.assign(std::istreambuf_iterator<char>(file), {});
  content.append(package_padding, '\0');
}

void visit_folder(const fs::path& folder, const PackageVisitor& visit) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_regular_file() && is_json(entry.path().filename().string())) {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  std::string content;
  for (const fs::path& file : files) {
    read_file(file, content);
    visit(file.filename().string(),
          std::string_view(content).substr(0, content.size() - package_padding));
  }
}

}  // namespace

void visit_package(const std::string& path, const PackageVisitor& visit) {
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    visit_tarball(path, visit);
    return;
  }
  const fs::path inner = fs::path(path) / "package";
  visit_folder(fs::is_directory(inner, error) ? inner : fs::path(path), visit);
}

}  // namespace lhcr::definition::compiler
