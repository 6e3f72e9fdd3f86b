// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "base/ascii.hpp"
#include "base/error.hpp"
#include "cmd/packages.hpp"

namespace lhcr::cmd {
namespace {

std::string home_folder() {
  const char* home = std::getenv("HOME");
  return home == nullptr ? "/" : home;
}

}  // namespace

std::string xdg_folder(const std::string& variable, const std::string& below_home) {
  const char* set = std::getenv(variable.c_str());
  return set != nullptr && *set == '/' ? set : home_folder() + "/" + below_home;
}

std::string package_folder() {
  return xdg_folder("XDG_DATA_HOME", ".local/share") + "/lhcr/packages";
}

std::vector<std::string> package_stores() {
  return {package_folder(), home_folder() + "/.fhir/packages"};
}

void declare_packages(OptionList& list, PackageOptions& options) {
  list.opt(
      "--package", options.packages, {"PACKAGE", {Completion::words_or_file, "packages"}},
      "Package of profiles, extensions and codes: a .tgz, a folder or a file of conformance "
      "resources, or NAME#VERSION of one that was added or lies in ~/.fhir/packages; may be "
      "repeated, the first that defines something counts; with @sha256:HASH it must be the one "
      "that 'lhcr packages show' gives this hash");
}

namespace {

/// The package without the hash that it must have, which is compared.
std::string without_hash(const std::string& wanted, const std::vector<std::string>& stores) {
  constexpr std::string_view mark = "@sha256:";
  const std::size_t at = wanted.rfind(mark);
  if (at == std::string::npos) return wanted;
  const std::string source = wanted.substr(0, at);
  const std::string demanded = in_small_letters(wanted.substr(at + mark.size()));
  const std::string found = definition::package_hash(definition::find_package(stores, source));
  if (found == demanded) return source;
  throw Error(ErrorKind::input, source +
                                    ": this is another package than was demanded: its SHA-256 is " +
                                    found + ", not " + demanded);
}

}  // namespace

void open_packages(definition::Library& library, const PackageOptions& options,
                   const std::string& fhir, bool quiet, const Io& io) {
  if (options.packages.empty()) return;
  definition::PackageRequest request;
  request.stores = package_stores();
  for (const std::string& package : options.packages) {
    request.sources.push_back(without_hash(package, request.stores));
  }
  request.read_as = fhir;
  request.cache = xdg_folder("XDG_CACHE_HOME", ".cache") + "/lhcr/packages";
  for (const std::string& note : definition::load_packages(library, request)) {
    if (!quiet) io.say("lhcr: note: " + note + "\n");
  }
}

}  // namespace lhcr::cmd
