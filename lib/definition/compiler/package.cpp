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

bool is_resource_file(std::string_view name) {
  return !name.empty() && name.front() != '.' &&
         (name.ends_with(".json") || name.ends_with(".xml"));
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
    if (is_resource_file(name)) {
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

void visit_file(const fs::path& file, const std::string& name, const PackageVisitor& visit) {
  std::string content;
  read_file(file, content);
  visit(name, std::string_view(content).substr(0, content.size() - package_padding));
}

bool is_hidden(const fs::path& path) {
  return path.filename().string().starts_with('.');
}

/// The files below a folder, sorted by path; below the folder of a published package only its own.
std::vector<fs::path> files_below(const fs::path& folder, bool published) {
  std::vector<fs::path> files;
  for (fs::recursive_directory_iterator at(folder), end; at != end; ++at) {
    if (at->is_directory() && (published || is_hidden(at->path()))) {
      at.disable_recursion_pending();
    } else if (at->is_regular_file() && is_resource_file(at->path().filename().string())) {
      files.push_back(at->path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool is_gzip(const std::string& path) {
  std::array<char, 2> start{};
  std::ifstream(path, std::ios::binary).read(start.data(), start.size());
  return start[0] == '\x1f' && start[1] == '\x8b';
}

}  // namespace

std::vector<std::string> package_files(const std::string& path) {
  try {
    if (!fs::is_directory(path)) {
      return {path};
    }
    const fs::path inner = fs::path(path) / "package";
    const bool published = fs::is_directory(inner);
    std::vector<std::string> names;
    for (const fs::path& file : files_below(published ? inner : fs::path(path), published)) {
      names.push_back(file.string());
    }
    return names;
  } catch (const fs::filesystem_error& error) {
    fail(error.path1().string(), error.code().message());
  }
}

void read_package_file(const std::string& path, std::string_view name,
                       const PackageVisitor& visit) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    for (const fs::path& file : {fs::path(path) / "package" / name, fs::path(path) / name}) {
      if (fs::is_regular_file(file, error)) {
        visit_file(file, std::string(name), visit);
        return;
      }
    }
  } else if (is_gzip(path)) {
    TarReader reader(path);
    for (TarFile file; reader.next(file);) {
      if (package_file(file.name) == name) {
        visit(name, file.content);
        return;
      }
    }
  }
}

void visit_package(const std::string& path, const PackageVisitor& visit) {
  std::error_code error;
  if (!fs::is_directory(path, error) && is_gzip(path)) {
    visit_tarball(path, visit);
    return;
  }
  const bool folder = fs::is_directory(path, error);
  for (const std::string& file : package_files(path)) {
    visit_file(file, folder ? fs::path(file).filename().string() : file, visit);
  }
}

}  // namespace lhcr::definition::compiler
