// SPDX-License-Identifier: Apache-2.0
/// Folders that packages lie in, as NAME#VERSION, NAME#VERSION.tgz or, as npm packs them,
/// NAME-VERSION.tgz.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "definition/compiler/version.hpp"

namespace lhcr::definition {

struct StoredPackage {
  std::string label;  ///< "NAME#VERSION"
  std::string name, version, path;
};

/// The packages in the folders, by name, the newest version of each first.
[[nodiscard]] std::vector<StoredPackage> stored_packages(const std::vector<std::string>& stores);

/// The path of the newest package whose version fits "1.2.3", "1.2.x", "latest" or nothing; empty
/// when there is none.
[[nodiscard]] std::string stored_package(const std::vector<StoredPackage>& packages,
                                         std::string_view name, std::string_view version);

/// A path that exists, or the path of NAME or NAME#VERSION in the stores. Throws Error{input} with
/// a suggestion.
[[nodiscard]] std::string find_package(const std::vector<std::string>& stores,
                                       const std::string& source);

/// Whether the program itself holds what a package of that name holds, or it is in the stores.
[[nodiscard]] bool is_here(const std::vector<std::string>& stores, std::string_view name,
                           std::string_view version);
[[nodiscard]] bool is_embedded(std::string_view name);

/// Copies a package into `store` under its name and version, in place of one that is there, and
/// returns where it lies. Throws Error{input} when it cannot be read to its end, does not say its
/// name and version, or cannot be written; nothing is left half-written.
std::string add_package(const std::string& path, const std::string& store);

/// Whether a name or a version may become the name of a file.
[[nodiscard]] bool is_plain_name(std::string_view text);

/// Whether a version is the one asked for: "1.2.3", "1.2.x", "latest" or nothing.
[[nodiscard]] bool version_fits(std::string_view asked, std::string_view version);

}  // namespace lhcr::definition
