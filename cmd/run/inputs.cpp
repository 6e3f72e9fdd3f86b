// SPDX-License-Identifier: Apache-2.0
#include "cmd/run/inputs.hpp"

#include <algorithm>
#include <filesystem>

#include "base/error.hpp"

namespace lhcr::cmd {
namespace {

namespace fs = std::filesystem;

bool is_wanted(const fs::path& path, InputKind kind) {
  if (kind == InputKind::any_file) return path.filename().string().front() != '.';
  const std::string extension = path.extension().string();
  return extension == ".json" || extension == ".xml" || extension == ".ndjson";
}

std::vector<Input> files_below(const std::string& folder, InputKind kind) {
  std::vector<Input> found;
  try {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
      if (entry.is_regular_file() && is_wanted(entry.path(), kind)) {
        found.push_back({entry.path().string(), entry.path().lexically_relative(folder).string()});
      }
    }
  } catch (const fs::filesystem_error& error) {
    throw Error(ErrorKind::input, error.path1().string() + ": " + error.code().message());
  }
  if (found.empty()) {
    throw Error(ErrorKind::input,
                folder + (kind == InputKind::records
                              ? ": there is no *.json, *.xml or *.ndjson file in this folder"
                              : ": there is no file in this folder"));
  }
  std::sort(found.begin(), found.end(),
            [](const Input& left, const Input& right) { return left.path < right.path; });
  return found;
}

}  // namespace

bool has_records(const std::string& folder) {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder, ignored)) {
    if (entry.is_regular_file(ignored) && is_wanted(entry.path(), InputKind::records)) return true;
  }
  return false;
}

std::vector<Input> expand_inputs(const InputOptions& options, const Io& io, InputKind kind) {
  if (options.paths.empty() && io.in_terminal) {
    throw Error(ErrorKind::usage,
                "nothing to read: name files or folders, or pipe a record into standard input");
  }
  if (options.paths.empty()) return {{"-", "stdin"}};
  std::vector<Input> inputs;
  for (const std::string& path : options.paths) {
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) {
      const std::vector<Input> found = files_below(path, kind);
      inputs.insert(inputs.end(), found.begin(), found.end());
    } else {
      inputs.push_back({path, path == "-" ? "stdin" : fs::path(path).filename().string()});
    }
  }
  return inputs;
}

}  // namespace lhcr::cmd
