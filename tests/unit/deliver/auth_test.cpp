// SPDX-License-Identifier: Apache-2.0
#include "deliver/transport/auth.hpp"

#include <atomic>
#include <thread>

#include <doctest/doctest.h>

#include "base/error.hpp"
#include "base/hex.hpp"
#include "deliver/transport/crypto.hpp"
#include "deliver/transport/jwt.hpp"
#include "deliver/transport/token_fetcher.hpp"

using namespace lhcr;
using namespace lhcr::deliver;

TEST_CASE("hashes, base64 and UUIDs") {
  CHECK(hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  // RFC 4231, test case 2.
  CHECK(hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(base64url("\xfb\xff") == "-_8");
  CHECK(hash_of({"ab", "c"}) != hash_of({"a", "bc"}));
  const std::string uuid = random_uuid();
  CHECK(uuid.size() == 36);
  CHECK(uuid[14] == '4');
  CHECK(uuid != random_uuid());
  CHECK(uuid_of(hash_of({"x"})) == uuid_of(hash_of({"x"})));
}

TEST_CASE("an unsigned token has an empty signature") {
  CHECK(unsigned_jwt("{}") == "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.e30.");
}

TEST_CASE("a key that is none, or does not fit, is refused") {
  CHECK_THROWS_AS(SigningKey("no key", "", "RS384", ""), Error);
  CHECK_THROWS_AS(SigningKey("no key", "", "HS256", ""), Error);
}

TEST_CASE("assertions live five minutes at most and carry nested claims") {
  AuthSettings settings;
  settings.method = "jwt-bearer";
  settings.client_id = "client";
  settings.lifetime = std::chrono::seconds(9999);
  settings.claims = {{"usr.rol", "nurse"}, {"rsn", "care"}};
  const std::string claims = assertion_claims(settings, "IAM", 1000);
  CHECK(claims.find("\"exp\":1300") != std::string::npos);
  CHECK(claims.find("\"iat\":1000") != std::string::npos);
  CHECK(claims.find("\"usr\":{\"rol\":\"nurse\"}") != std::string::npos);
  CHECK(claims.find("\"iss\":\"client\"") != std::string::npos);
  CHECK(claims.find("\"jti\":") != std::string::npos);
}

TEST_CASE("claims of a record are laid over those of the region, and numbers make arrays") {
  AuthSettings settings;
  settings.claims = {{"pat.nhs", "none"},
                     {"who.identifier.0.system", "urn:s"},
                     {"who.identifier.0.value", "v"},
                     {"7", "seven"}};
  const std::string claims =
      assertion_claims(settings, "x", 1000, {{"pat.nhs", "9990000018"}, {"pat.dob", "1970-03-04"}});
  CHECK(claims.find(R"("pat":{"dob":"1970-03-04","nhs":"9990000018"})") != std::string::npos);
  CHECK(claims.find(R"("who":{"identifier":[{"system":"urn:s","value":"v"}]})") !=
        std::string::npos);
  CHECK(claims.find(R"("7":"seven")") != std::string::npos);
  settings.claims = {{"usr", "x"}, {"usr.rol", "y"}};
  CHECK_THROWS_AS((void)assertion_claims(settings, "x", 1000), Error);
  settings.claims = {{"a.0", "x"}, {"a.b", "y"}};
  CHECK_THROWS_AS((void)assertion_claims(settings, "x", 1000), Error);
}

TEST_CASE("the MESH header is the HMAC over mailbox, nonce, count, password and minute") {
  AuthSettings settings;
  settings.mailbox = "X26ABC1";
  settings.secret = "password";
  settings.shared_key = "TestKey";
  const std::string value = mesh_authorization(settings, "nonce", 1, 0);
  CHECK(value == "NHSMESH X26ABC1:nonce:1:197001010000:" +
                     hex(hmac_sha256("TestKey", "X26ABC1:nonce:1:password:197001010000")));
}

TEST_CASE("a credential does not travel in clear, and settings must be there") {
  AuthSettings settings;
  settings.method = "bearer";
  settings.secret = "token-1234";
  CHECK_THROWS_AS((void)make_authenticator(settings, "http://fhir.example.org", {}), Error);
  CHECK(make_authenticator(settings, "http://127.0.0.1:1/fhir", {})->headers({}).at(0) ==
        "Authorization: Bearer token-1234");
  settings.secret.clear();
  CHECK_THROWS_AS((void)make_authenticator(settings, "https://fhir.example.org", {}), Error);
  settings.method = "no-such";
  CHECK_THROWS_AS((void)make_authenticator(settings, "https://fhir.example.org", {}), Error);
}

namespace {

/// Gives a token when it is let; counts what is asked.
class Slow : public TokenSource {
 public:
  Slow(std::atomic<int>& asked, std::atomic<bool>& let, const std::atomic<bool>& stopped)
      : asked_(asked), let_(let), stopped_(stopped) {}
  Token fetch(const Claims& own) override {
    ++asked_;
    while (!let_ && !stopped_) std::this_thread::yield();
    if (stopped_) throw Error(ErrorKind::endpoint, "stopped");
    if (own.contains("bad")) throw Error(ErrorKind::endpoint, "no token");
    return {own.empty() ? "common" : own.begin()->second, Clock::now()};
  }

 private:
  std::atomic<int>& asked_;
  std::atomic<bool>& let_;
  const std::atomic<bool>& stopped_;
};

}  // namespace

TEST_CASE("a token is fetched once for all that ask, several beside each other, and nobody waits") {
  std::atomic<int> asked{0};
  std::atomic<bool> let{false};
  std::atomic<int> ready{0};
  const TokenFetcher::Maker make = [&](const std::atomic<bool>& stopped) {
    return std::make_unique<Slow>(asked, let, stopped);
  };
  TokenFetcher fetcher(make, 2, [&] { ++ready; });
  for (int time = 0; time < 5; ++time) {
    fetcher.ask({});
    fetcher.ask({{"pat", "one"}});
    fetcher.ask({{"bad", "two"}});
  }
  CHECK(fetcher.take().empty());
  while (asked < 2) std::this_thread::yield();  // two threads, both at work
  let = true;
  while (ready < 3) std::this_thread::yield();
  CHECK(asked == 3);
  const auto fetched = fetcher.take();
  REQUIRE(fetched.size() == 3);
  for (const TokenFetcher::Fetched& each : fetched) {
    CHECK((each.problem != nullptr) == each.claims.contains("bad"));
    if (each.claims.empty()) CHECK(each.token.text == "common");
  }
  fetcher.ask({});
  while (ready < 4) std::this_thread::yield();
  CHECK(fetcher.take().size() == 1);
  let = false;
  fetcher.ask({{"pat", "three"}});
  while (asked < 5) std::this_thread::yield();  // its end does not wait for it
}

TEST_CASE("secrets are taken out of texts") {
  CHECK(redacted("got Bearer abcdef, abcdef", {"abcdef"}) == "got Bearer …, …");
  CHECK(redacted("nothing", {"", "x"}) == "nothing");
}

TEST_CASE("which URLs are private channels, and origins") {
  CHECK(is_private_channel("https://fhir.example.org"));
  CHECK(is_private_channel("http://localhost:80/x"));
  CHECK_FALSE(is_private_channel("http://127.0.0.1.example.org/"));
  CHECK_FALSE(is_private_channel("http://10.0.0.1/"));
  CHECK(origin_of("HTTPS://Example.org/a") == origin_of("https://example.org:443/b"));
  CHECK(origin_of("http://127.0.0.1:1/") != origin_of("http://127.0.0.1:2/"));
  CHECK(resolve_url("http://h/fhir/Patient", "/other?x=1") == "http://h/other?x=1");
}
