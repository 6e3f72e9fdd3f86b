// SPDX-License-Identifier: Apache-2.0
#include "deliver/transport/token.hpp"

#include <cmath>
#include <thread>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "deliver/transport/crypto.hpp"
#include "deliver/transport/curl.hpp"
#include "deliver/transport/jwt.hpp"

namespace lhcr::deliver {
namespace {

using Json = nlohmann::json;

constexpr unsigned tries = 4;
constexpr std::string_view assertion_type =
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
constexpr std::string_view bearer_grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";

std::string text_member(const Json& object, const char* name) {
  const auto place = object.find(name);
  return place != object.end() && place->is_string() ? place->get<std::string>() : std::string();
}

double seconds_member(const Json& object, const char* name, double otherwise) {
  const auto place = object.find(name);
  if (place == object.end()) return otherwise;
  if (place->is_number()) return place->get<double>();
  return otherwise;
}

/// What to add to a refusal when the two clocks are apart, which makes every assertion look
/// expired.
std::string clock_hint(const Answer& answer) {
  const std::string_view date = answer.header("date");
  if (date.empty()) return {};
  const std::time_t theirs = curl().getdate(std::string(date).c_str(), nullptr);
  const double apart = std::difftime(std::time(nullptr), theirs);
  if (theirs == -1 || std::abs(apart) < 60) return {};
  return "; this machine's clock is " + std::to_string(std::llround(std::abs(apart))) + " s " +
         (apart > 0 ? "ahead of" : "behind") + " the server's";
}

std::string form_text(const Grant& grant) {
  std::string text;
  for (const auto& [name, value] : grant.form) {
    if (!text.empty()) text += '&';
    text += encode_query(name) + '=' + encode_query(value);
  }
  return text;
}

class Endpoint : public TokenSource {
 public:
  Endpoint(const TokenRequest& request, GrantBuilder grant)
      : transport_(request.transport),
        url_(request.settings.token_url),
        base_url_(request.base_url),
        options_(request.transport),
        secrets_{request.settings.secret, request.settings.key_password},
        grant_(std::move(grant)) {}

  Token fetch(const Claims& own) override {
    if (url_.empty()) url_ = discover();
    if (!is_private_channel(url_, options_.proxy)) {
      throw Error(ErrorKind::usage,
                  "A credential is not sent in clear: the token URL " + url_ + " is not https");
    }
    Backoff backoff(Millis(300), Millis(5000), std::random_device{}());
    for (unsigned attempt = 1;; ++attempt) {
      const Answer answer = ask(own);
      if (answer.failure == Failure::none && answer.status == 200) return read(answer);
      const bool transient =
          answer.failure == Failure::not_sent || answer.failure == Failure::interrupted ||
          answer.failure == Failure::timed_out || answer.status == 429 || answer.status >= 500;
      if (!transient || attempt == tries) refuse(answer);
      wait(answer, backoff.delay(attempt));
    }
  }

 private:
  Answer ask(const Claims& own) {
    const Grant grant = grant_(url_, own);
    Request request;
    request.url = url_;
    request.headers = grant.headers;
    request.headers.emplace_back("Content-Type: application/x-www-form-urlencoded");
    request.headers.emplace_back("Accept: application/json");
    request.body = form_text(grant);
    return transport_.perform(std::move(request));
  }

  /// Ends early when the user wants it.
  void wait(const Answer& answer, Millis pause) {
    constexpr Millis step{100};
    const auto asked =
        parse_retry_after(answer.header("retry-after"), answer.header("date"), std::time(nullptr));
    if (asked && *asked > options_.patience) refuse(answer);
    const Clock::time_point until = Clock::now() + std::max(pause, asked.value_or(Millis(0)));
    while (Clock::now() < until) {
      if (options_.cancelled && options_.cancelled()) {
        throw Error(ErrorKind::endpoint, "interrupted while waiting for a token");
      }
      std::this_thread::sleep_for(step);
    }
  }

  Token read(const Answer& answer) {
    const Json object = Json::parse(answer.body, nullptr, false);
    const std::string text = object.is_object() ? text_member(object, "access_token") : "";
    if (text.empty() || text.find_first_of("\r\n") != std::string::npos) {
      throw Error(ErrorKind::endpoint, "The token endpoint " + url_ + " answered without a token");
    }
    const double seconds = seconds_member(object, "expires_in", 300);
    const double usable = std::max(seconds * 0.5, seconds - 30);
    return {text, Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                     std::chrono::duration<double>(usable))};
  }

  [[noreturn]] void refuse(const Answer& answer) {
    std::string why = answer.problem;
    if (answer.failure == Failure::none) {
      const Json object = Json::parse(answer.body, nullptr, false);
      why = "status " + std::to_string(answer.status);
      if (object.is_object()) {
        why += " " + text_member(object, "error") + " " + text_member(object, "error_description");
      }
      why += clock_hint(answer);
    }
    throw Error(ErrorKind::endpoint,
                redacted("No token from " + url_ + ": " + why + "; nothing was sent", secrets_));
  }

  /// SMART App Launch 2.0, section "Authorization metadata".
  std::string discover() {
    Request request;
    request.method = "GET";
    request.url = base_url_ + "/.well-known/smart-configuration";
    request.headers.emplace_back("Accept: application/json");
    const Answer answer = transport_.perform(std::move(request));
    const Json object = Json::parse(answer.body, nullptr, false);
    std::string url =
        answer.status == 200 && object.is_object() ? text_member(object, "token_endpoint") : "";
    if (url.empty()) {
      throw Error(ErrorKind::endpoint,
                  "No token URL: auth.token_url is not set and " + base_url_ +
                      "/.well-known/smart-configuration gives none" +
                      (answer.problem.empty() ? "" : " (" + answer.problem + ")"));
    }
    return url;
  }

  HttpTransport transport_;
  std::string url_;
  std::string base_url_;
  TransportOptions options_;
  std::vector<std::string> secrets_;
  GrantBuilder grant_;
};

void add_scope(Grant& grant, const AuthSettings& settings) {
  if (!settings.scope.empty()) grant.form.emplace_back("scope", settings.scope);
}

std::shared_ptr<SigningKey> signing_key(const AuthSettings& settings) {
  return std::make_shared<SigningKey>(settings.key, settings.key_password, settings.algorithm,
                                      settings.key_id);
}

}  // namespace

GrantBuilder client_secret_grant(const AuthSettings& settings) {
  return [settings](const std::string& /*token_url*/, const Claims& /*own*/) {
    Grant grant;
    grant.form.emplace_back("grant_type", "client_credentials");
    add_scope(grant, settings);
    if (settings.secret_by == "basic") {
      grant.headers.push_back(
          "Authorization: Basic " +
          base64(encode_query(settings.client_id) + ":" + encode_query(settings.secret)));
    } else {
      grant.form.emplace_back("client_id", settings.client_id);
      grant.form.emplace_back("client_secret", settings.secret);
    }
    return grant;
  };
}

GrantBuilder private_key_grant(const AuthSettings& settings) {
  return [settings, key = signing_key(settings)](const std::string& token_url, const Claims& own) {
    const std::string& audience = settings.audience.empty() ? token_url : settings.audience;
    Grant grant;
    grant.form.emplace_back("grant_type", "client_credentials");
    grant.form.emplace_back("client_assertion_type", assertion_type);
    grant.form.emplace_back("client_assertion", key->sign(assertion_claims(
                                                    settings, audience, std::time(nullptr), own)));
    add_scope(grant, settings);
    return grant;
  };
}

GrantBuilder jwt_bearer_grant(const AuthSettings& settings) {
  return
      [settings, key = signing_key(settings)](const std::string& /*token_url*/, const Claims& own) {
        Grant grant;
        grant.form.emplace_back("grant_type", bearer_grant);
        grant.form.emplace_back("assertion", key->sign(assertion_claims(settings, settings.audience,
                                                                        std::time(nullptr), own)));
        grant.form.emplace_back("client_id", settings.client_id);
        if (!settings.secret.empty()) grant.form.emplace_back("client_secret", settings.secret);
        return grant;
      };
}

std::unique_ptr<TokenSource> make_token_source(const TokenRequest& request, GrantBuilder grant) {
  return std::make_unique<Endpoint>(request, std::move(grant));
}

}  // namespace lhcr::deliver
