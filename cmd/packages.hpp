// SPDX-License-Identifier: Apache-2.0
/// Packages of profiles that the user names, and where they lie.
#pragma once

#include <string>
#include <vector>

#include "cmd/command.hpp"
#include "definition/package_store.hpp"
#include "definition/packages.hpp"

namespace lhcr::cmd {

/// --package, --registry
struct PackageOptions {
  std::vector<std::string> packages;
  std::string registry;  ///< URL or folder; empty: none
};
void declare_packages(OptionList& list, PackageOptions& options);

/// The folder of the XDG base directory specification that `variable` names, or the one below the
/// home folder.
[[nodiscard]] std::string xdg_folder(const std::string& variable, const std::string& below_home);
/// Where `lhcr packages add` puts packages: below $XDG_DATA_HOME/lhcr.
[[nodiscard]] std::string package_folder();
/// Where what a registry gave is kept: below $XDG_CACHE_HOME/lhcr.
[[nodiscard]] std::string registry_folder();
/// The folders that NAME#VERSION is looked for in: registry_folder(), package_folder(), then
/// ~/.fhir/packages.
[[nodiscard]] std::vector<std::string> package_stores();

/// Lays the packages over the library's definitions, tells the user what is missing, unless
/// `quiet`, and returns the packages with those that they depend on. Throws Error{input}.
std::vector<definition::PackageInfo> open_packages(definition::Library& library,
                                                   const PackageOptions& options,
                                                   const std::string& fhir, bool quiet,
                                                   const Io& io);

}  // namespace lhcr::cmd
