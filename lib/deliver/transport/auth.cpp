// SPDX-License-Identifier: Apache-2.0
#include "deliver/transport/auth.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/hex.hpp"
#include "base/number_in.hpp"
#include "deliver/transport/crypto.hpp"
#include "deliver/transport/jwt.hpp"
#include "deliver/transport/token_fetcher.hpp"

namespace lhcr::deliver {
namespace {

using Lines = std::vector<std::string>;

void need(const std::string& value, std::string_view key, const std::string& method) {
  if (!value.empty()) return;
  throw Error(ErrorKind::usage, "auth.method " + method + " needs auth." + std::string(key));
}

/// The same lines every time: no credential, API key, basic, a bearer token that is only given.
class Fixed : public Authenticator {
 public:
  Fixed(Lines lines, Lines secrets) : lines_(std::move(lines)), secrets_(std::move(secrets)) {}
  Lines headers(const Claims& /*own*/) override { return lines_; }
  bool renew(const Lines& /*lines*/) override { return false; }
  [[nodiscard]] Lines secrets() const override { return secrets_; }

 private:
  Lines lines_;
  Lines secrets_;
};

/// A line made anew for every request.
class Made : public Authenticator {
 public:
  explicit Made(AuthSettings settings) : settings_(std::move(settings)) {}
  [[nodiscard]] Lines secrets() const override { return {settings_.secret, settings_.shared_key}; }
  bool renew(const Lines& /*lines*/) override { return false; }

 protected:
  AuthSettings settings_;
};

class SpineToken : public Made {
 public:
  using Made::Made;
  Lines headers(const Claims& own) override {
    return {"Authorization: Bearer " +
            unsigned_jwt(assertion_claims(settings_, settings_.audience, std::time(nullptr), own))};
  }
};

class MeshToken : public Made {
 public:
  using Made::Made;
  Lines headers(const Claims& /*own*/) override {
    return {"Authorization: " +
            mesh_authorization(settings_, random_uuid(), 0, std::time(nullptr))};
  }
};

/// Bearer tokens from a token endpoint, one for each set of claims that records give, shared by all
/// requests of the same and renewed before they end.
class Fetched : public Authenticator {
 public:
  Fetched(const TokenFetcher::Maker& make, std::size_t most, std::function<void()> ready,
          Lines secrets)
      : source_(make(never_)),
        secrets_(std::move(secrets)),
        fetcher_(make, most, std::move(ready)) {}

  Lines headers(const Claims& own) override {
    std::optional<Lines> known = usable(own);
    if (!known) {
      keep(own, source_->fetch(own));
      known = usable(own);
    }
    return *known;
  }
  std::optional<Lines> headers_now(const Claims& own) override {
    for (TokenFetcher::Fetched& each : fetcher_.take()) {
      if (each.problem != nullptr) std::rethrow_exception(each.problem);
      keep(each.claims, std::move(each.token));
    }
    std::optional<Lines> known = usable(own);
    if (!known) fetcher_.ask(own);
    return known;
  }
  bool renew(const Lines& lines) override {
    for (auto place = tokens_.begin(); place != tokens_.end(); ++place) {
      if (std::find(lines.begin(), lines.end(), line(place->second.token)) == lines.end()) continue;
      retire(place);
      break;
    }
    return true;
  }
  [[nodiscard]] Lines secrets() const override {
    Lines all = secrets_;
    all.insert(all.end(), earlier_.begin(), earlier_.end());
    for (const auto& [claims, kept] : tokens_) all.push_back(kept.token.text);
    return all;
  }

 private:
  struct Kept {
    Token token;
    bool used = false;  ///< one that nobody has used is good, whatever is said of its life
  };
  using Tokens = std::map<Claims, Kept>;
  static constexpr std::size_t most_tokens = 64;
  static constexpr std::size_t most_earlier = 2 * most_tokens;

  [[nodiscard]] static std::string line(const Token& token) {
    return "Authorization: Bearer " + token.text;
  }
  std::optional<Lines> usable(const Claims& own) {
    const auto place = tokens_.find(own);
    if (place == tokens_.end()) return std::nullopt;
    Kept& kept = place->second;
    const bool good = !std::exchange(kept.used, true) || Clock::now() < kept.token.renew_at;
    if (good) return Lines{line(kept.token)};
    retire(place);
    return std::nullopt;
  }
  void keep(const Claims& own, Token token) {
    make_room();
    tokens_.insert_or_assign(own, Kept{std::move(token)});
  }
  /// Records of one patient come one after the other, more often than not.
  void make_room() {
    if (tokens_.size() < most_tokens) return;
    const auto first =
        std::min_element(tokens_.begin(), tokens_.end(), [](const auto& a, const auto& b) {
          return a.second.token.renew_at < b.second.token.renew_at;
        });
    retire(first);
  }
  /// An answer may still tell of a token that has been replaced.
  void retire(Tokens::iterator place) {
    earlier_.push_back(place->second.token.text);
    if (earlier_.size() > most_earlier) earlier_.erase(earlier_.begin());
    tokens_.erase(place);
  }

  const std::atomic<bool> never_{false};
  std::unique_ptr<TokenSource> source_;  ///< of headers(), which waits
  Lines secrets_;
  Lines earlier_;  ///< tokens before these
  Tokens tokens_;
  TokenFetcher fetcher_;
};

struct Context {
  const AuthSettings& settings;
  const std::string& base_url;
  const TransportOptions& transport;
  const std::function<void()>& ready;
};
using Made_ = std::unique_ptr<Authenticator>;

Made_ make_none(const Context& /*context*/) {
  return std::make_unique<Fixed>(Lines{}, Lines{});
}

Made_ make_api_key(const Context& context) {
  const AuthSettings& settings = context.settings;
  need(settings.secret, "secret", settings.method);
  return std::make_unique<Fixed>(Lines{settings.header + ": " + settings.secret},
                                 Lines{settings.secret});
}

Made_ make_basic(const Context& context) {
  const AuthSettings& settings = context.settings;
  need(settings.user, "user", settings.method);
  need(settings.secret, "secret", settings.method);
  const std::string coded = base64(settings.user + ":" + settings.secret);
  return std::make_unique<Fixed>(Lines{"Authorization: Basic " + coded},
                                 Lines{settings.secret, coded});
}

Made_ make_bearer(const Context& context) {
  const AuthSettings& settings = context.settings;
  need(settings.secret, "secret", settings.method);
  return std::make_unique<Fixed>(Lines{"Authorization: Bearer " + settings.secret},
                                 Lines{settings.secret});
}

/// Threads that fetch tokens ask it whether to go on, beside what their caller asks.
TransportOptions stoppable(TransportOptions options, const std::atomic<bool>& stopped) {
  options.cancelled = [outer = options.cancelled, &stopped] {
    return stopped || (outer && outer());
  };
  return options;
}

Made_ fetched(const Context& context, const GrantBuilder& grant) {
  const auto make = [settings = context.settings, base_url = context.base_url,
                     transport = context.transport, grant](const std::atomic<bool>& stopped) {
    return make_token_source({settings, base_url, stoppable(transport, stopped)}, grant);
  };
  return std::make_unique<Fetched>(make, context.transport.connections, context.ready,
                                   Lines{context.settings.secret, context.settings.key_password});
}

Made_ make_client_secret(const Context& context) {
  need(context.settings.client_id, "client_id", context.settings.method);
  need(context.settings.secret, "secret", context.settings.method);
  return fetched(context, client_secret_grant(context.settings));
}

Made_ make_private_key_jwt(const Context& context) {
  need(context.settings.client_id, "client_id", context.settings.method);
  need(context.settings.key, "key", context.settings.method);
  return fetched(context, private_key_grant(context.settings));
}

Made_ make_jwt_bearer(const Context& context) {
  need(context.settings.client_id, "client_id", context.settings.method);
  need(context.settings.key, "key", context.settings.method);
  need(context.settings.audience, "audience", context.settings.method);
  return fetched(context, jwt_bearer_grant(context.settings));
}

Made_ make_spine(const Context& context) {
  need(context.settings.audience, "audience", context.settings.method);
  return std::make_unique<SpineToken>(context.settings);
}

Made_ make_mesh(const Context& context) {
  need(context.settings.mailbox, "mailbox", context.settings.method);
  need(context.settings.secret, "secret", context.settings.method);
  need(context.settings.shared_key, "shared_key", context.settings.method);
  return std::make_unique<MeshToken>(context.settings);
}

struct Row {
  AuthMethod method;
  Made_ (*make)(const Context&);
};
const std::vector<Row>& table() {
  static const std::vector<Row> rows{
      {{"none", "no credential (mutual TLS may still identify the client)"}, make_none},
      {{"api-key", "a key in a header of a given name"}, make_api_key},
      {{"basic", "user and password (RFC 7617)"}, make_basic},
      {{"bearer", "a given token (RFC 6750)"}, make_bearer},
      {{"client-secret", "OAuth2 client credentials with a secret"}, make_client_secret},
      {{"private-key-jwt", "OAuth2 client credentials with a signed assertion (RFC 7523, SMART)"},
       make_private_key_jwt},
      {{"jwt-bearer", "OAuth2 jwt-bearer grant (RFC 7523), as the Interweave Exchange has it"},
       make_jwt_bearer},
      {{"spine-jwt", "unsigned Spine token over mutual TLS"}, make_spine},
      {{"mesh", "MESH mailbox HMAC"}, make_mesh},
  };
  return rows;
}

/// The place in an array that a step of a path names, or nothing.
std::optional<std::size_t> place_of(std::string_view step) {
  constexpr std::size_t most = 100;
  const auto place = number_in<std::size_t>(step);
  return place && *place < most ? place : std::nullopt;
}

void set_nested(nlohmann::json& object, std::string_view path, const std::string& value) {
  const std::size_t dot = path.find('.');
  const std::string_view step = path.substr(0, dot);
  const std::optional<std::size_t> place = object.is_object() ? std::nullopt : place_of(step);
  nlohmann::json& member = place ? object[*place] : object[std::string(step)];
  if (dot == std::string_view::npos) {
    member = value;
  } else {
    set_nested(member, path.substr(dot + 1), value);
  }
}

void add_claim(nlohmann::json& claims, const std::string& path, const std::string& value) {
  try {
    set_nested(claims, path, value);
  } catch (const nlohmann::json::type_error&) {
    throw Error(ErrorKind::usage, "auth.claims." + path + " is inside a claim that is a text, or " +
                                      "beside items of an array");
  }
}

}  // namespace

const std::vector<AuthMethod>& auth_methods() {
  static const std::vector<AuthMethod> methods = [] {
    std::vector<AuthMethod> all;
    for (const Row& row : table()) all.push_back(row.method);
    return all;
  }();
  return methods;
}

std::unique_ptr<Authenticator> make_authenticator(const AuthSettings& settings,
                                                  const std::string& base_url,
                                                  const TransportOptions& transport,
                                                  const std::function<void()>& ready) {
  for (const Row& row : table()) {
    if (row.method.name != settings.method) continue;
    if (settings.method != "none" && !is_private_channel(base_url, transport.proxy)) {
      throw Error(ErrorKind::usage, "A credential is not sent in clear: " + base_url +
                                        " is not https (only this machine may be)");
    }
    return row.make({settings, base_url, transport, ready});
  }
  throw Error(ErrorKind::usage, "Unknown auth.method '" + settings.method + "'");
}

std::string assertion_claims(const AuthSettings& settings, const std::string& audience,
                             std::time_t now, const Claims& own) {
  const auto lifetime = std::clamp<std::int64_t>(settings.lifetime.count(), 1, 300);
  nlohmann::json claims{
      {"aud", audience}, {"iat", now}, {"exp", now + lifetime}, {"jti", random_uuid()}};
  if (!settings.client_id.empty()) {
    claims["iss"] = settings.client_id;
    claims["sub"] = settings.client_id;
  }
  if (!settings.scope.empty() && settings.method != "private-key-jwt") {
    claims["scope"] = settings.scope;
  }
  for (const Claims* all : {&settings.claims, &own}) {
    for (const auto& [path, value] : *all) add_claim(claims, path, value);
  }
  return claims.dump();
}

std::string mesh_authorization(const AuthSettings& settings, const std::string& nonce,
                               unsigned count, std::time_t now) {
  std::tm utc{};
  gmtime_r(&now, &utc);
  char stamp[16];
  std::strftime(stamp, sizeof stamp, "%Y%m%d%H%M", &utc);
  const std::string visible = settings.mailbox + ":" + nonce + ":" + std::to_string(count);
  const std::string signed_text = visible + ":" + settings.secret + ":" + stamp;
  return "NHSMESH " + visible + ":" + stamp + ":" +
         hex(hmac_sha256(settings.shared_key, signed_text));
}

std::string redacted(std::string text, const std::vector<std::string>& secrets) {
  constexpr std::size_t shortest = 4;
  for (const std::string& secret : secrets) {
    if (secret.size() < shortest) continue;
    for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
      text.replace(at, secret.size(), "…");
    }
  }
  return text;
}

}  // namespace lhcr::deliver
