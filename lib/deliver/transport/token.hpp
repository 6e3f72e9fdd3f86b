// SPDX-License-Identifier: Apache-2.0
/// Access tokens from an OAuth2 token endpoint (RFC 6749).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "deliver/job/pacing.hpp"
#include "deliver/transport/auth.hpp"

namespace lhcr::deliver {

struct Token {
  std::string text;
  Clock::time_point renew_at;  ///< some time before it ends
};

/// Form fields and header lines of one token request.
struct Grant {
  std::vector<std::pair<std::string, std::string>> form;
  std::vector<std::string> headers;
};
/// Makes the grant for a token URL; called for every request, because assertions are used once.
/// `own`: claims that a record gives.
using GrantBuilder = std::function<Grant(const std::string& token_url, const Claims& own)>;

[[nodiscard]] GrantBuilder client_secret_grant(const AuthSettings& settings);
[[nodiscard]] GrantBuilder private_key_grant(const AuthSettings& settings);
[[nodiscard]] GrantBuilder jwt_bearer_grant(const AuthSettings& settings);

class TokenSource {
 public:
  TokenSource() = default;
  TokenSource(const TokenSource&) = delete;
  TokenSource& operator=(const TokenSource&) = delete;
  virtual ~TokenSource() = default;
  /// Asks until there is an answer, at most a few times. Throws Error{endpoint}.
  virtual Token fetch(const Claims& own) = 0;
};

struct TokenRequest {
  const AuthSettings& settings;
  const std::string& base_url;
  const TransportOptions& transport;
};
[[nodiscard]] std::unique_ptr<TokenSource> make_token_source(const TokenRequest& request,
                                                             GrantBuilder grant);

}  // namespace lhcr::deliver
