// SPDX-License-Identifier: Apache-2.0
/// Packages of profiles that the user names, and where they lie.
#pragma once

#include <string>
#include <vector>

#include "cmd/command.hpp"
#include "definition/package_store.hpp"
#include "definition/packages.hpp"

namespace lhcr::cmd {

/// --package
struct PackageOptions {
  std::vector<std::string> packages;
};
void declare_packages(OptionList& list, PackageOptions& options);

/// The folder of the XDG base directory specification that `variable` names, or the one below the
/// home folder.
[[nodiscard]] std::string xdg_folder(const std::string& variable, const std::string& below_home);
/// Where `lhcr packages add` puts packages: below $XDG_DATA_HOME/lhcr.
[[nodiscard]] std::string package_folder();
/// The folders that NAME#VERSION is looked for in: package_folder(), then ~/.fhir/packages.
[[nodiscard]] std::vector<std::string> package_stores();

/// Lays the packages over the library's definitions and tells the user what is missing, unless
/// `quiet`. Throws Error{input}.
void open_packages(definition::Library& library, const PackageOptions& options,
                   const std::string& fhir, bool quiet, const Io& io);

}  // namespace lhcr::cmd
