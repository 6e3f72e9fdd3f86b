// SPDX-License-Identifier: Apache-2.0
#include "definition/compiler/package.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <vector>

#include "base/error.hpp"
#include "definition/compiler/tar.hpp"

namespace lhcr::definition::compiler {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& path, const std::string& what) {
  throw Error(ErrorKind::input, path + ": " + what);
}

bool is_resource_file(std::string_view name) {
  return !name.empty() && name.front() != '.' &&
         (name.ends_with(".json") || name.ends_with(".xml"));
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

void visit_tarball(const std::string& path, const PackageVisitor& visit) {
  const auto source = open_gzip(path);
  TarReader reader(path, *source);
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
    const auto source = open_gzip(path);
    TarReader reader(path, *source);
    for (TarFile file; reader.next(file);) {
      if (package_file(file.name) == name) {
        visit(name, file.content);
        return;
      }
    }
  }
}

void visit_text(const std::string& path, const std::function<void(std::string_view)>& visit) {
  std::string content;
  read_file(path, content);
  visit(std::string_view(content).substr(0, content.size() - package_padding));
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
