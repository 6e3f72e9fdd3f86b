// SPDX-License-Identifier: Apache-2.0
/// The JSON files of a FHIR package: an npm tarball (.tgz) or a folder.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace lhcr::definition::compiler {

/// Readable bytes after the content that a PackageVisitor gets (what simdjson asks for).
constexpr std::size_t package_padding = 64;

/// Gets each file's name without folder, and its content, valid during the call.
using PackageVisitor = std::function<void(std::string_view name, std::string_view content)>;

/// Visits the .json files of the package at `path`: those directly in `package/` of a tarball, in
/// `package/` of a folder that has one, or else in the folder itself. Folders are visited in the
/// order of file names, tarballs in their own order. Throws Error{input} when the package cannot be
/// read to its end.
void visit_package(const std::string& path, const PackageVisitor& visit);

}  // namespace lhcr::definition::compiler
