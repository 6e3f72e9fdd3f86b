// SPDX-License-Identifier: Apache-2.0
/// Compiled layers on disk, by the content that they were made from and by the build that made
/// them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.hpp"
#include "base/sha256.hpp"

namespace lhcr::definition {

/// A SHA-256 of this build and of many texts, as 32 hexadecimal digits of it.
class ContentHash {
 public:
  ContentHash();
  /// Where one text ends and the next one begins counts.
  void add(std::string_view text) { hash_.add_text(text); }
  [[nodiscard]] std::string finish();

 private:
  Sha256 hash_;
};

/// What was compiled for a call with the same packages.
struct CachedLayers {
  std::vector<std::pair<std::string, std::string>> images;  ///< FHIR version, content hash
  std::vector<std::string> notes;
};

/// Files in one folder. Several processes may use it at once: files appear whole or not at all, and
/// one that is damaged counts as absent. A folder that cannot be written to is no error.
class PackageCache {
 public:
  /// `folder` empty: nothing is kept.
  explicit PackageCache(std::string folder) : folder_(std::move(folder)) {}

  /// The image of that content made by this build; empty when it is not here.
  [[nodiscard]] std::vector<std::byte> image(const std::string& content) const;
  void store(const std::string& content, const std::vector<std::byte>& image) const;
  /// The layers of an earlier call, by the hash of what its packages looked like from outside:
  /// names, sizes and times of files.
  [[nodiscard]] std::optional<CachedLayers> layers(const std::string& outside) const;
  void store(const std::string& outside, const CachedLayers& layers) const;

 private:
  [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }
  void remove_old() const;

  std::string folder_;
};

/// The hash of what the files look like from outside; nullopt when one of them is so new that it
/// could change again without looking different.
[[nodiscard]] std::optional<std::string> outside_hash(const std::vector<std::string>& packages);

}  // namespace lhcr::definition
