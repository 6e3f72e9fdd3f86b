// SPDX-License-Identifier: Apache-2.0
/// Credentials for requests: static ones, tokens that are renewed, and ones made for each request.
#pragma once

#include <chrono>
#include <ctime>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "deliver/transport/http.hpp"

namespace lhcr::deliver {

/// Claims of a token; a dot in a path makes a nested object, a number an item of an array.
using Claims = std::map<std::string, std::string>;

/// What a region's [auth] table says, with every secret already fetched.
struct AuthSettings {
  std::string method = "none";  ///< a row of the table in auth.cpp
  std::string header = "apikey";
  std::string user;
  std::string secret;  ///< API key, password, bearer token or client secret
  std::string client_id;
  std::string secret_by = "post";  ///< or "basic"
  std::string token_url;           ///< empty: SMART discovery at the base URL
  std::string scope;
  std::string audience;  ///< empty: the token URL
  std::string key;       ///< private key, PEM
  std::string key_password;
  std::string key_id;
  std::string algorithm = "RS384";
  std::chrono::seconds lifetime{240};  ///< of an assertion, at most 300
  Claims claims;                       ///< further ones, the same for every record
  std::string mailbox;                 ///< MESH
  std::string shared_key;              ///< MESH
};

/// Names and meanings of the methods, for help texts.
struct AuthMethod {
  std::string_view name;
  std::string_view text;
};
[[nodiscard]] const std::vector<AuthMethod>& auth_methods();

/// Gives the header lines that authorise a request. One object serves all connections, so that a
/// token is fetched once.
class Authenticator {
 public:
  Authenticator() = default;
  Authenticator(const Authenticator&) = delete;
  Authenticator& operator=(const Authenticator&) = delete;
  virtual ~Authenticator() = default;
  /// Header lines for the next request. `own`: claims that its record gives, by path. May fetch a
  /// token. Throws Error{endpoint} when none can be had.
  virtual std::vector<std::string> headers(const Claims& own) = 0;
  /// The same without waiting: nothing while a token is being fetched, once for all that ask for
  /// the same.
  virtual std::optional<std::vector<std::string>> headers_now(const Claims& own) {
    return headers(own);
  }
  /// The server said 401 to a request that carried `lines`. True when another try has a new
  /// credential.
  virtual bool renew(const std::vector<std::string>& lines) = 0;
  /// Texts that must never be shown.
  [[nodiscard]] virtual std::vector<std::string> secrets() const = 0;
};

/// Throws Error{usage} when a setting that the method needs is missing, or a secret would travel in
/// clear. `ready` is called, in any thread, when headers_now() may give what it did not.
[[nodiscard]] std::unique_ptr<Authenticator> make_authenticator(
    const AuthSettings& settings, const std::string& base_url, const TransportOptions& transport,
    const std::function<void()>& ready = {});

/// The claims of a client assertion (RFC 7523, SMART Backend Services) as JSON; exp is `lifetime`
/// after `now`. `own`: further ones that a record gives.
[[nodiscard]] std::string assertion_claims(const AuthSettings& settings,
                                           const std::string& audience, std::time_t now,
                                           const Claims& own = {});
/// The value of the MESH Authorization header.
[[nodiscard]] std::string mesh_authorization(const AuthSettings& settings, const std::string& nonce,
                                             unsigned count, std::time_t now);

/// Replaces every secret in a text by dots.
[[nodiscard]] std::string redacted(std::string text, const std::vector<std::string>& secrets);

}  // namespace lhcr::deliver
