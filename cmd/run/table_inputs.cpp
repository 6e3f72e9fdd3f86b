// SPDX-License-Identifier: Apache-2.0
#include "cmd/run/table_inputs.hpp"

#include <algorithm>
#include <filesystem>

#include "base/error.hpp"
#include "format/container/archive.hpp"
#include "format/csv/csv_name.hpp"

namespace lhcr::cmd {
namespace {

namespace fs = std::filesystem;

bool is_folder(const std::string& path) {
  std::error_code none;
  return fs::is_directory(path, none);
}

std::vector<std::string> tables_in_archive(const std::string& path) {
  const auto any = [](std::string_view, bool) { return format::Sight::wanted; };
  std::vector<std::string> found;
  for (const format::Member& member : format::list_members(path, any)) {
    if (member.name.empty()) throw Error(ErrorKind::input, member.problem);
    const std::string name = fs::path(member.name).filename().string();
    if (!format::names_table(name) || name.starts_with('.')) continue;
    const std::string table = path + "/" + member.name;
    if (!member.problem.empty()) throw Error(ErrorKind::input, table + ": " + member.problem);
    found.push_back(table);
  }
  return found;
}

}  // namespace

bool may_hold_tables(const std::string& path) {
  std::error_code none;
  return is_folder(path) || (fs::is_regular_file(path, none) && format::is_archive(path));
}

std::vector<std::string> tables_in(const std::string& path) {
  std::vector<std::string> found;
  if (!is_folder(path)) {
    found = tables_in_archive(path);
  } else {
    for (const fs::directory_entry& entry : fs::directory_iterator(path)) {
      const std::string name = entry.path().string();
      if (entry.is_regular_file() && format::names_table(name)) found.push_back(name);
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<std::string> expand_tables(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    if (!may_hold_tables(path)) {
      files.push_back(path);
      continue;
    }
    const std::vector<std::string> found = tables_in(path);
    if (found.empty()) {
      throw Error(ErrorKind::input, path + ": there is no table (*.csv) in this " +
                                        (is_folder(path) ? "folder" : "archive"));
    }
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

}  // namespace lhcr::cmd
