// SPDX-License-Identifier: Apache-2.0
/// Where packages are that are asked for by name: here, or in a registry.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cmd/registry/lock.hpp"
#include "cmd/registry/registry.hpp"

namespace lhcr::cmd {

struct ProviderOptions {
  std::string registry;             ///< URL; empty: nothing is fetched
  std::string lock;                 ///< lhcr.lock; empty: there is no project
  std::string folder;               ///< where packages of registries are kept, for the user alone
  std::vector<std::string> stores;  ///< where packages are, `folder` among them
};

/// Finds packages, and fetches those that are not here. What the lock has comes from `folder` or
/// the registry alone, and must have its hash.
class PackageProvider {
 public:
  explicit PackageProvider(ProviderOptions options);

  /// Where NAME#VERSION is, the version as in version_fits(); empty when it is nowhere. Throws
  /// Error{input} for what is not what the lock has, and what Registry throws.
  [[nodiscard]] std::string find(const std::string& name, const std::string& asked);
  void finish() const { lock_.save(); }

 private:
  [[nodiscard]] std::string locked(const std::string& name, const std::string& version);
  [[nodiscard]] std::string fetched(const std::string& name, const std::string& asked);
  [[nodiscard]] std::string kept(const std::string& label) const;
  void keep(const std::string& name, const std::string& version, const std::string& bytes) const;

  ProviderOptions options_;
  Lock lock_;
  std::optional<Registry> registry_;  // made when something is to be fetched
};

}  // namespace lhcr::cmd
