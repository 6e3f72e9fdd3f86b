// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/ascii.hpp"
#include "base/error.hpp"
#include "cmd/packages.hpp"
#include "cmd/registry/provider.hpp"

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
  return {registry_folder(), package_folder(), home_folder() + "/.fhir/packages"};
}

std::string registry_folder() {
  return xdg_folder("XDG_CACHE_HOME", ".cache") + "/lhcr/registry";
}

void declare_packages(OptionList& list, PackageOptions& options) {
  list.opt("--package", options.packages, {"PACKAGE", {Completion::words_or_file, "packages"}},
           "Use a package of profiles, extensions and codes: a .tgz file, a folder or a file of "
           "conformance resources, or NAME#VERSION of one that was added or is in "
           "~/.fhir/packages; may be repeated, and the first that defines something counts; with "
           "@sha256:HASH, refuse it unless 'lhcr packages show' prints this hash for it");
  list.opt("--registry", options.registry, {"URL|DIR", Completion::directory},
           "Fetch missing packages, and the packages they depend on, from an npm-style registry, "
           "which is sent only their names, or from a folder of .tgz files. Packages from a "
           "registry are kept, and the SHA-256 of each is written to lhcr.lock beside lhcr.toml; a "
           "package that differs from it is refused");
}

namespace {

/// Refuses a package that has not the hash that it must have.
void check_hash(const std::string& source, const std::string& path, const std::string& demanded) {
  const std::string found = definition::package_hash(path);
  if (found == in_small_letters(demanded)) return;
  throw Error(ErrorKind::input, source + ": this is not the required package: its SHA-256 is " +
                                    found + ", not " + in_small_letters(demanded));
}

/// The path of what was asked for, with the hash that it must have.
std::string path_of(const std::string& wanted, const std::vector<std::string>& stores,
                    PackageProvider& provider) {
  constexpr std::string_view mark = "@sha256:";
  const std::size_t at = wanted.rfind(mark);
  const std::string source = wanted.substr(0, at);
  std::error_code none;
  std::string path = source;
  if (!std::filesystem::exists(source, none)) {
    const std::size_t hash = std::min(source.find('#'), source.size());
    const std::string found = provider.find(
        source.substr(0, hash), hash == source.size() ? std::string() : source.substr(hash + 1));
    path = found.empty() ? definition::find_package(stores, source) : found;
  }
  if (at != std::string::npos) check_hash(source, path, wanted.substr(at + mark.size()));
  return path;
}

/// The path of what a package depends on; empty when it is nowhere, which is noted.
std::string dependency(const std::string& name, const std::string& version,
                       PackageProvider& provider) {
  try {
    return provider.find(name, version);
  } catch (const NotThere&) {
    return {};
  }
}

/// lhcr.lock beside the lhcr.toml that options are from; empty when there is none.
std::string lock_of(const std::vector<Setting>& settings) {
  const auto from_file = std::find_if(settings.begin(), settings.end(),
                                      [](const Setting& one) { return !one.origin.empty(); });
  if (from_file == settings.end()) return {};
  const std::string file = from_file->origin.substr(0, from_file->origin.rfind(':'));
  return (std::filesystem::path(file).parent_path() / "lhcr.lock").string();
}

}  // namespace

std::vector<definition::PackageInfo> open_packages(definition::Library& library,
                                                   const PackageOptions& options,
                                                   const std::string& fhir, bool quiet,
                                                   const Io& io) {
  if (options.packages.empty()) return {};
  definition::PackageRequest request;
  request.stores = package_stores();
  std::error_code none;
  const bool folder = std::filesystem::is_directory(options.registry, none);
  if (folder) request.stores.push_back(options.registry);
  PackageProvider provider({folder ? std::string() : options.registry, lock_of(io.settings),
                            registry_folder(), request.stores});
  for (const std::string& package : options.packages) {
    request.sources.push_back(path_of(package, request.stores, provider));
  }
  request.provider = [&](const std::string& name, const std::string& version) {
    return dependency(name, version, provider);
  };
  request.read_as = fhir;
  request.cache = xdg_folder("XDG_CACHE_HOME", ".cache") + "/lhcr/packages";
  definition::LoadedPackages loaded = definition::load_packages(library, request);
  provider.finish();
  for (const std::string& note : loaded.notes) {
    if (!quiet) io.say("lhcr: note: " + note + "\n");
  }
  return std::move(loaded.packages);
}

}  // namespace lhcr::cmd
