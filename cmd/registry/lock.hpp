// SPDX-License-Identifier: Apache-2.0
/// lhcr.lock: the packages that a project has from a registry, and their SHA-256.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace lhcr::cmd {

/// The lock beside an lhcr.toml: a line NAME#VERSION sha256:HASH for each package.
class Lock {
 public:
  /// `path` empty: there is no project, and nothing is kept. Throws Error{input} with the line for
  /// what is no lock.
  explicit Lock(std::string path);

  /// The newest version of a package that fits, as the project has it; nothing when it has none.
  [[nodiscard]] std::optional<std::string> version(std::string_view name,
                                                   std::string_view asked) const;
  /// Notes the hash of a package. Throws Error{input} when the project has it with another one;
  /// `where` says what had this one.
  void confirm(const std::string& label, const std::string& sha256, const std::string& where);
  /// Writes what is new. Throws Error{input} when it cannot.
  void save() const;

 private:
  void read(std::string_view line, std::size_t number);

  std::string path_;
  std::map<std::string, std::string> hashes_;  // by label
  bool changed_ = false;
};

}  // namespace lhcr::cmd
