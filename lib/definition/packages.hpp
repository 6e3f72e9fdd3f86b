// SPDX-License-Identifier: Apache-2.0
/// Packages given at run time: found, compiled over the embedded definitions, laid over them.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "definition/definitions.hpp"

namespace lhcr::definition {

/// What a package says of itself (package.json).
struct PackageInfo {
  std::string path;
  std::string name;  ///< empty for what is no published package
  std::string version;
  std::vector<std::string> fhir_versions;
  std::vector<std::pair<std::string, std::string>> dependencies;  ///< name, version
};

/// Reads what the package at `path` (a tarball, a folder, a file) says of itself. Throws
/// Error{input}.
[[nodiscard]] PackageInfo package_info(const std::string& path);

/// The SHA-256 of a package in hexadecimal: of a tarball that of its bytes, else of the names and
/// contents of its files. Throws Error{input}.
[[nodiscard]] std::string package_hash(const std::string& path);

/// What to load.
struct PackageRequest {
  /// Paths (a tarball in npm form, a folder, a single conformance resource) or NAME#VERSION; of
  /// equal canonicals the first counts.
  std::vector<std::string> sources;
  /// Folders in which NAME#VERSION and dependencies are looked for, as folders or tarballs of that
  /// name.
  std::vector<std::string> stores;
  /// Asked before the stores where a package is that another one depends on; it answers with a path
  /// or nothing. May be empty.
  std::function<std::string(const std::string& name, const std::string& version)> provider;
  /// Load what packages depend on, as far as it is in the stores.
  bool dependencies = true;
  /// Folder for compiled packages; empty: they are compiled each time.
  std::string cache;
  /// The FHIR version that every record is read as, when the user says so: a file that is given by
  /// itself goes to this version too, whatever version it is for. Empty: each record decides.
  std::string read_as;
};

struct LoadedPackages {
  std::vector<PackageInfo> packages;  ///< those that were asked for first
  std::vector<std::string> notes;     ///< for the user, among them each dependency that is not here
};

/// Compiles the packages and lays them over the definitions of their FHIR version in `library`;
/// what does not say its version goes to all. To be called before the first record is read. Throws
/// Error{input} when a package is not found or cannot be read, or is for a FHIR version that is not
/// known, and what `provider` throws.
LoadedPackages load_packages(Library& library, const PackageRequest& request);

/// What a package holds.
struct PackageContent {
  std::map<std::string, std::size_t> types;  ///< conformance resources by type
  std::vector<std::string> problems;         ///< definitions that are not complete, and why
};

/// Reads a package and lays it over the definitions in `library`. Throws Error{input}.
[[nodiscard]] PackageContent package_content(Library& library, const PackageInfo& package);

}  // namespace lhcr::definition
