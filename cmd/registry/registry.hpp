// SPDX-License-Identifier: Apache-2.0
/// Packages from a server in the form of npm's registry, which the user names: GET URL/NAME lists
/// the versions of a package with the addresses and SHA-1 of their tarballs. Nothing but names of
/// packages is sent.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "deliver/transport/http.hpp"

namespace lhcr::cmd {

/// Of a registry that has no such package, or not in such a version.
class NotThere : public Error {
 public:
  explicit NotThere(const std::string& message) : Error(ErrorKind::input, message) {}
};

/// One version of a package.
struct Release {
  std::string version;
  std::string tarball;  ///< URL
  std::string sha1;     ///< hexadecimal
};

class Registry {
 public:
  /// Throws Error{usage} for a URL that is not https, or http to this machine.
  explicit Registry(const std::string& url);

  /// The newest version that fits "1.2.3", "1.2.x", "latest" or nothing. Throws NotThere, and
  /// Error{endpoint} when the server fails, Error{input} for a release that is refused: one at
  /// another host, or without SHA-1.
  [[nodiscard]] Release release(const std::string& name, const std::string& asked);
  /// The tarball of a release, which has the SHA-1 that it should have.
  [[nodiscard]] std::string tarball(const std::string& name, const Release& release);
  [[nodiscard]] const std::string& url() const noexcept { return url_; }

 private:
  [[nodiscard]] std::string get(const std::string& url, const std::string& name);

  std::string url_;
  std::unique_ptr<deliver::HttpTransport> transport_;  // made for the first request
};

}  // namespace lhcr::cmd
