// SPDX-License-Identifier: Apache-2.0
#include "cmd/registry/provider.hpp"

#include <filesystem>
#include <utility>

#include <unistd.h>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/hex.hpp"
#include "base/sha256.hpp"
#include "base/text.hpp"
#include "definition/package_store.hpp"
#include "definition/packages.hpp"

namespace lhcr::cmd {
namespace {

namespace fs = std::filesystem;

std::string sha256_of(const std::string& bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hex(hash.finish());
}

void make_private(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error) fs::permissions(folder, fs::perms::owner_all, error);
  if (error) throw Error(ErrorKind::input, folder + ": " + error.message());
}

}  // namespace

PackageProvider::PackageProvider(ProviderOptions options)
    : options_(std::move(options)), lock_(options_.lock) {}

std::string PackageProvider::kept(const std::string& label) const {
  return options_.folder + "/" + label + ".tgz";
}

std::string PackageProvider::find(const std::string& name, const std::string& asked) {
  if (const auto version = lock_.version(name, asked)) return locked(name, *version);
  const auto stored = definition::stored_packages(options_.stores);
  std::string path = definition::stored_package(stored, name, asked);
  if (path.empty()) return options_.registry.empty() ? path : fetched(name, asked);
  if (!options_.registry.empty() && fs::path(path).parent_path() == fs::path(options_.folder)) {
    lock_.confirm(fs::path(path).stem().string(), definition::package_hash(path), path);
  }
  return path;
}

std::string PackageProvider::locked(const std::string& name, const std::string& version) {
  const std::string label = name + "#" + version;
  std::string path = kept(label);
  std::error_code none;
  if (fs::exists(path, none)) {
    lock_.confirm(label, definition::package_hash(path), path);
    return path;
  }
  if (!options_.registry.empty()) return fetched(name, version);
  throw Error(ErrorKind::input, label + ": " + options_.lock +
                                    " has it from a registry, but it is no longer here. Run once "
                                    "with --registry URL, or remove its line");
}

std::string PackageProvider::fetched(const std::string& name, const std::string& asked) {
  if (!definition::is_plain_name(name)) {
    throw Error(ErrorKind::input, printable(name) + ": this is not the name of a package");
  }
  if (!registry_) registry_.emplace(options_.registry);
  const Release release = registry_->release(name, asked);
  const std::string bytes = registry_->tarball(name, release);
  const std::string label = name + "#" + release.version;
  lock_.confirm(label, sha256_of(bytes), "the registry " + registry_->url());
  keep(name, release.version, bytes);
  return kept(label);
}

/// Only what is the package that it is called gets its name.
void PackageProvider::keep(const std::string& name, const std::string& version,
                           const std::string& bytes) const {
  make_private(options_.folder);
  const std::string label = name + "#" + version;
  const std::string fresh =
      options_.folder + "/." + label + "." + std::to_string(static_cast<long>(getpid())) + ".tgz";
  std::error_code error;
  try {
    write_file(fresh, bytes);
    const definition::PackageInfo info = definition::package_info(fresh);
    if (info.name != name || info.version != version) {
      throw Error(ErrorKind::input, label + ": the registry " + options_.registry + " sent " +
                                        printable(info.name + "#" + info.version) + " for it");
    }
  } catch (const Error&) {
    fs::remove(fresh, error);
    throw;
  }
  fs::rename(fresh, kept(label), error);
  if (error) throw Error(ErrorKind::input, kept(label) + ": " + error.message());
}

}  // namespace lhcr::cmd
