// SPDX-License-Identifier: Apache-2.0
#include "cmd/registry/lock.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "base/ascii.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "definition/package_store.hpp"

namespace lhcr::cmd {
namespace {

constexpr std::size_t most_lock_bytes = std::size_t{1} << 20U;
constexpr std::string_view head =
    "# The packages that 'lhcr --registry' got for this project. Keep this file with lhcr.toml.\n";
constexpr std::string_view mark = " sha256:";

bool is_hash(std::string_view text) {
  constexpr std::size_t digits = 64;
  return text.size() == digits && std::all_of(text.begin(), text.end(), [](char letter) {
           return is_digit(letter) || (letter >= 'a' && letter <= 'f');
         });
}

}  // namespace

Lock::Lock(std::string path) : path_(std::move(path)) {
  std::error_code none;
  if (path_.empty() || !std::filesystem::exists(path_, none)) return;
  const std::string text = read_file(path_, most_lock_bytes);
  std::size_t number = 0;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t end = std::min(text.find('\n', from), text.size());
    read(std::string_view(text).substr(from, end - from), ++number);
    from = end + 1;
  }
}

void Lock::read(std::string_view line, std::size_t number) {
  if (line.empty() || line.front() == '#') return;
  const std::size_t at = line.find(mark);
  const std::string label(line.substr(0, at));
  const std::size_t hash = label.find('#');
  if (at == std::string_view::npos || !is_hash(line.substr(at + mark.size())) || hash == 0 ||
      hash == std::string::npos || !hashes_.emplace(label, line.substr(at + mark.size())).second) {
    throw Error(ErrorKind::input, path_ + ":" + std::to_string(number) +
                                      ": this is not NAME#VERSION sha256:HASH of a package that no "
                                      "other line has");
  }
}

std::optional<std::string> Lock::version(std::string_view name, std::string_view asked) const {
  std::optional<std::string> newest;
  for (const auto& [label, sha256] : hashes_) {
    const std::size_t hash = label.find('#');
    const std::string version = label.substr(hash + 1);
    if (std::string_view(label).substr(0, hash) != name ||
        !definition::version_fits(asked, version)) {
      continue;
    }
    if (!newest || definition::compare_versions(version, *newest) > 0) newest = version;
  }
  return newest;
}

void Lock::confirm(const std::string& label, const std::string& sha256, const std::string& where) {
  if (path_.empty()) return;
  const auto [at, is_new] = hashes_.emplace(label, sha256);
  changed_ = changed_ || is_new;
  if (at->second == sha256) return;
  throw Error(ErrorKind::input, label + ": what " + where + " has is not what " + path_ +
                                    " has: its SHA-256 is " + sha256 + ", not " + at->second +
                                    ". If the change is wanted, remove that line");
}

void Lock::save() const {
  if (!changed_) return;
  std::string text(head);
  for (const auto& [label, sha256] : hashes_) {
    text.append(label).append(mark).append(sha256).append(1, '\n');
  }
  write_file(path_, text);
}

}  // namespace lhcr::cmd
