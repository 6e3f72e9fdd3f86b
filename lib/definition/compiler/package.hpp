// SPDX-License-Identifier: Apache-2.0
/// The files of a FHIR package: an npm tarball (.tgz), a folder, or a single file.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace lhcr::definition::compiler {

/// Readable bytes after the content that a PackageVisitor gets (what simdjson asks for).
constexpr std::size_t package_padding = 64;

/// Gets each file's name without folder, and its content, valid during the call.
using PackageVisitor = std::function<void(std::string_view name, std::string_view content)>;

/// The files that a package is made of: the path itself, or for a folder the .json and .xml files
/// directly in its `package/` when it has one, else everywhere below it; sorted. Hidden ones do not
/// count. Throws Error{input}.
[[nodiscard]] std::vector<std::string> package_files(const std::string& path);

/// Visits the .json and .xml files of the package at `path`: those directly in `package/` of a
/// tarball in their own order, or package_files(). Throws Error{input} when the package cannot be
/// read to its end.
void visit_package(const std::string& path, const PackageVisitor& visit);

/// The text of a file, valid during the call. Throws Error{input}.
void visit_text(const std::string& path, const std::function<void(std::string_view)>& visit);

/// Visits one file of a package, by name and without what comes before it where that can be told;
/// nothing when it has no such file.
void read_package_file(const std::string& path, std::string_view name, const PackageVisitor& visit);

}  // namespace lhcr::definition::compiler
