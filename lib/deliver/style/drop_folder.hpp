// SPDX-License-Identifier: Apache-2.0
/// The folder that a drop fills: files that appear whole, and a manifest of all of them, written
/// last.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "deliver/job/work.hpp"

namespace lhcr::deliver {

/// What the manifest says of a file, beside its name, size and digest.
struct DropFacts {
  std::string type;                    ///< resource type of its lines
  std::string table;                   ///< that its rows are of
  std::optional<std::uint64_t> count;  ///< lines or rows, where they are known
};

class DropFolder {
 public:
  DropFolder(std::filesystem::path folder, std::string manifest);

  /// Makes the folder. Throws Error{input}.
  void make() const;
  void put(const std::string& name, std::string_view bytes, DropFacts facts);
  /// Copies a record that is a file.
  void copy(const std::string& name, const Record& record);
  /// Removes the files of parcels that a run wrote which did not live to say so: what is in them is
  /// written anew.
  void forget(const std::set<std::string>& parcels);
  /// Writes the manifest. Files that an earlier one names, and that are as it says, stay in it.
  void finish();

 private:
  struct File {
    std::uint64_t bytes = 0;
    std::string digest;
    DropFacts facts;
  };
  void read_manifest();
  void add_unknown(const std::filesystem::directory_entry& entry);

  std::filesystem::path folder_;
  std::string manifest_;
  std::map<std::string, File> files_;
};

}  // namespace lhcr::deliver
