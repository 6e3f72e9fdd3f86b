// SPDX-License-Identifier: Apache-2.0
// The transport, tokens and the check of a region over loopback.
#include "deliver/transport/http.hpp"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/error.hpp"
#include "deliver/region/region_check.hpp"
#include "deliver/region/settings.hpp"
#include "deliver/transport/auth.hpp"
#include "deliver/transport/jwt.hpp"
#include "loopback.hpp"

using namespace lhcr;
using namespace lhcr::deliver;

namespace {

Request post(const std::string& url, std::string body) {
  Request request;
  request.url = url;
  request.body = std::move(body);
  request.headers = {"Content-Type: application/fhir+json"};
  return request;
}

const SecretAccess granted{[](const std::string& name) {
                             return name == "HAS" ? std::optional<std::string>("from-environment")
                                                  : std::nullopt;
                           },
                           [](const std::string&) { return std::string("from-command\n"); }};

/// A private key in PEM.
std::string make_key(const char* kind, int bits) {
  EVP_PKEY* key = bits > 0
                      ? EVP_PKEY_Q_keygen(nullptr, nullptr, kind, static_cast<std::size_t>(bits))
                      : EVP_PKEY_Q_keygen(nullptr, nullptr, kind, "P-384");
  BIO* out = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out, &bytes);
  std::string pem(bytes, static_cast<std::size_t>(size));
  BIO_free(out);
  EVP_PKEY_free(key);
  return pem;
}

AuthSettings client(const std::string& root) {
  AuthSettings settings;
  settings.method = "client-secret";
  settings.client_id = "me";
  settings.secret = "very secret";
  settings.token_url = root + "/token";
  return settings;
}

constexpr std::string_view token = R"({"access_token":"t-1234567","expires_in":300})";

}  // namespace

TEST_CASE("requests arrive as they are, and answers with what matters of them") {
  Loopback server([](const Loopback::Message& message) {
    return http_answer(
        message.asks("PUT") ? 201 : 200, "{}",
        "Content-Type: Application/FHIR+JSON; charset=utf-8\r\nLocation: Patient/1\r\n");
  });
  HttpTransport transport({});
  Request put = post(server.root() + "/fhir/Patient/1", "body");
  put.method = "PUT";
  put.repeatable = true;
  const Answer answer = transport.perform(put);
  CHECK(answer.failure == Failure::none);
  CHECK(answer.status == 201);
  CHECK(answer.content_type == "application/fhir+json");
  CHECK(answer.header("location") == "Patient/1");
  CHECK(answer.header("etag").empty());
  CHECK(transport.perform(post(server.root() + "/fhir", std::string(300000, 'x'))).status == 200);
  Request packed = post(server.root() + "/fhir", std::string(3000, 'y'));
  packed.compress = true;
  CHECK(transport.perform(packed).status == 200);
  Request get = post(server.root() + "/fhir/metadata", "");
  get.method = "GET";
  CHECK(transport.perform(get).body == "{}");
  const auto seen = server.seen();
  REQUIRE(seen.size() == 4);
  CHECK(seen[0].asks("PUT /fhir/Patient/1 "));
  CHECK(seen[0].body == "body");
  CHECK(seen[1].body.size() == 300000);
  CHECK(seen[2].head.find("Content-Encoding: gzip") != std::string::npos);
  CHECK(seen[2].body.size() < 1000);
  CHECK(seen[3].asks("GET /fhir/metadata "));
}

TEST_CASE("what went wrong is told apart") {
  HttpTransport transport({});
  std::string dead;
  {
    const Loopback gone([](const Loopback::Message&) { return std::string(); });
    dead = gone.root();
  }
  CHECK(transport.perform(post(dead, "x")).failure == Failure::not_sent);
  CHECK(transport.perform(post("http://127.0.0.1/a b", "x")).failure == Failure::malformed);
  CHECK(transport.perform(post("gopher://127.0.0.1/", "x")).failure == Failure::malformed);
  Request lines = post("http://127.0.0.1/", "x");
  lines.headers.emplace_back("X-A: b\r\nX-B: c");
  CHECK(transport.perform(lines).failure == Failure::malformed);
  const Loopback closes([](const Loopback::Message&) { return std::string(); });
  CHECK(transport.perform(post(closes.root(), "x")).failure == Failure::interrupted);
  const Loopback other([](const Loopback::Message&) { return std::string("220 mail ready\r\n"); });
  CHECK(transport.perform(post(other.root(), "x")).failure == Failure::interrupted);
  const Loopback cuts([](const Loopback::Message&) {
    return std::string("HTTP/1.1 200 x\r\nContent-Length: 100\r\n\r\nhalf");
  });
  CHECK(transport.perform(post(cuts.root(), "x")).failure == Failure::interrupted);
}

TEST_CASE("waiting for one request ends when its user wants it") {
  const Loopback server([](const Loopback::Message&) { return http_answer(200, ""); });
  TransportOptions options;
  options.cancelled = [] { return true; };
  options.proxy = server.root();
  HttpTransport transport(options);
  transport.wake();
  CHECK(transport.wait(std::chrono::milliseconds(0)).empty());
  CHECK(has_query("http://h/fhir?x=1"));
  CHECK_FALSE(has_query("http://h/fhir"));
  CHECK_FALSE(is_private_channel("http://127.0.0.1/", "http://proxy"));
  CHECK(origin_of("no url at all").empty());
  CHECK(resolve_url("::", "x").empty());
}

TEST_CASE("a token is fetched once, renewed when it is refused, and never shown") {
  unsigned number = 0;
  Loopback server([&](const Loopback::Message&) {
    return http_answer(
        200, R"({"access_token":"token-)" + std::to_string(++number) + R"(","expires_in":300})");
  });
  for (const char* by : {"post", "basic"}) {
    AuthSettings settings = client(server.root());
    settings.secret_by = by;
    settings.scope = "system/*.*";
    const auto authenticator = make_authenticator(settings, server.root(), {});
    const auto lines = authenticator->headers({});
    CHECK(authenticator->headers({}) == lines);
    CHECK(authenticator->renew(lines));
    CHECK(authenticator->headers({}) != lines);
    const auto secrets = authenticator->secrets();
    CHECK(std::find(secrets.begin(), secrets.end(), lines[0].substr(22)) != secrets.end());
  }
  const auto seen = server.seen();
  REQUIRE(seen.size() == 4);
  CHECK(seen[0].body.find("client_secret=very%20secret") != std::string::npos);
  CHECK(seen[0].body.find("scope=system") != std::string::npos);
  CHECK(seen[2].head.find("Authorization: Basic ") != std::string::npos);
  CHECK(seen[2].body.find("secret") == std::string::npos);
}

TEST_CASE("a token that is being fetched is not waited for") {
  std::atomic<unsigned> asked{0};
  const Loopback server([&](const Loopback::Message&) {
    // One that says that it is over is good for who waits for it.
    return http_answer(
        200, R"({"access_token":"token-)" + std::to_string(++asked) + R"(","expires_in":0})");
  });
  std::atomic<int> ready{0};
  const auto authenticator =
      make_authenticator(client(server.root()), server.root(), {}, [&] { ++ready; });
  CHECK_FALSE(authenticator->headers_now({}));
  CHECK_FALSE(authenticator->headers_now({{"pat", "1"}}));
  while (ready < 2) std::this_thread::yield();
  const auto lines = authenticator->headers_now({});
  REQUIRE(lines);
  CHECK(lines->at(0).starts_with("Authorization: Bearer token-"));
  CHECK(authenticator->headers_now({{"pat", "1"}}));
  CHECK(asked == 2);
  CHECK_FALSE(authenticator->headers_now({}));  // a second time it is over
  const auto refused =
      make_authenticator(client("http://10.0.0.1"), server.root(), {}, [&] { ++ready; });
  CHECK_FALSE(refused->headers_now({}));
  while (ready < 4) std::this_thread::yield();
  CHECK_THROWS_AS((void)refused->headers_now({}), Error);
}

TEST_CASE("a token endpoint is found by discovery, and a refusal says why") {
  Loopback server([&](const Loopback::Message& message) {
    if (message.asks("GET /none")) return http_answer(404, "");
    if (message.asks("GET")) {
      return http_answer(200, R"({"token_endpoint":")" + server.root() + R"(/refuses"})");
    }
    if (message.asks("POST /empty")) return http_answer(200, "{}");
    return http_answer(400,
                       R"({"error":"invalid_client","error_description":"very secret is wrong"})",
                       "Date: Wed, 21 Oct 2015 07:28:00 GMT\r\n");
  });
  AuthSettings settings = client("");
  settings.token_url.clear();
  try {
    static_cast<void>(make_authenticator(settings, server.root(), {})->headers({}));
    FAIL("no error");
  } catch (const Error& error) {
    const std::string words = error.what();
    CHECK(words.find("invalid_client") != std::string::npos);
    CHECK(words.find("very secret") == std::string::npos);
    CHECK(words.find("clock") != std::string::npos);
  }
  CHECK_THROWS_AS((void)make_authenticator(settings, server.root() + "/none", {})->headers({}),
                  Error);
  settings.token_url = server.root() + "/empty";
  CHECK_THROWS_AS((void)make_authenticator(settings, server.root(), {})->headers({}), Error);
  settings.token_url = "http://10.0.0.1/token";
  CHECK_THROWS_AS((void)make_authenticator(settings, server.root(), {})->headers({}), Error);
}

TEST_CASE("assertions are signed by the key, whose public half is told") {
  const Loopback server([](const Loopback::Message& message) {
    CHECK(message.body.find("assertion=ey") != std::string::npos);
    return http_answer(200, token);
  });
  for (const auto& [kind, bits, algorithm] :
       {std::tuple("RSA", 2048, "RS384"), std::tuple("EC", 0, "ES384")}) {
    AuthSettings settings = client(server.root());
    settings.method = "private-key-jwt";
    settings.key = make_key(kind, bits);
    settings.algorithm = algorithm;
    CHECK(make_authenticator(settings, server.root(), {})->headers({})[0] ==
          "Authorization: Bearer t-1234567");
    settings.method = "jwt-bearer";
    settings.audience = "there";
    CHECK(make_authenticator(settings, server.root(), {})->headers({}).size() == 1);
    const SigningKey key(settings.key, "", algorithm, "");
    CHECK(key.public_jwks().find(key.id()) != std::string::npos);
    CHECK(key.sign("{}").size() > 100);
  }
  CHECK_THROWS_AS(SigningKey(make_key("EC", 0), "", "RS256", ""), Error);
}

TEST_CASE("other methods make their lines") {
  AuthSettings settings;
  settings.secret = "s-secret";
  settings.shared_key = "k";
  settings.mailbox = "M";
  settings.user = "u";
  settings.audience = "a";
  const std::string base = "https://fhir.example.org";
  const std::pair<const char*, const char*> wanted[] = {{"api-key", "apikey: s-secret"},
                                                        {"basic", "Authorization: Basic "},
                                                        {"mesh", "Authorization: NHSMESH M:"},
                                                        {"spine-jwt", "Authorization: Bearer ey"}};
  for (const auto& [method, line] : wanted) {
    settings.method = method;
    const auto authenticator = make_authenticator(settings, base, {});
    const auto lines = authenticator->headers({});
    CHECK(lines.at(0).starts_with(line));
    CHECK_FALSE(authenticator->renew(lines));
    CHECK_FALSE(authenticator->secrets().empty());
  }
  CHECK(auth_methods().size() >= 9);
}

namespace {

std::string statement(const std::string& version, const std::string& interaction) {
  return R"({"resourceType":"CapabilityStatement","fhirVersion":")" + version +
         R"(","rest":[{"interaction":[{"code":")" + interaction + R"("}]}]})";
}

/// What a check says: "+what" and "-what".
std::string checked(const std::string& toml, const std::string& style) {
  const Region region = Region::parse(toml, "checked", "checked.toml");
  std::string said;
  const bool good = check_region(region, style, granted, [&](const CheckLine& line) {
    said += (line.good ? "+" : "-") + line.what + " ";
  });
  return said + (good ? "good" : "bad");
}

std::string answer_in_fhir(int status, const std::string& body) {
  return http_answer(status, body, "Content-Type: application/fhir+json\r\n");
}

}  // namespace

TEST_CASE("an endpoint is checked step by step") {
  std::string body = statement("4.0.1", "transaction");
  int status = 200;
  Loopback server([&](const Loopback::Message&) { return answer_in_fhir(status, body); });
  const std::string toml = "title = \"t\"\n[endpoint]\nurl = \"" + server.root() + "\"\n";
  CHECK(checked(toml, "transaction") ==
        "+settings +authorisation +endpoint +FHIR version +style transaction good");
  CHECK(checked(toml, "message").ends_with("good"));
  body = statement("3.0.1", "batch");
  CHECK(checked(toml, "transaction").ends_with("-FHIR version -style transaction bad"));
  body = "{}";
  CHECK(checked(toml, "transaction").ends_with("-CapabilityStatement bad"));
  status = 401;
  CHECK(checked(toml, "transaction").ends_with("-authorisation bad"));
  status = 200;
  CHECK(checked(toml + "check = \"ping\"\n", "transaction").ends_with("+/ping good"));
  CHECK(checked("title = \"t\"\n", "transaction") == "-settings bad");
  CHECK(checked("title = \"t\"\n[drop]\nfolder = \"/no/such\"\n", "drop") ==
        "+settings -folder bad");
  CHECK(checked(toml + "[auth]\nmethod = \"api-key\"\n", "transaction") ==
        "+settings -authorisation bad");
}

TEST_CASE(
    "secrets come from files, the environment and commands, and values fill what names them") {
  const std::string path =
      (std::filesystem::temp_directory_path() / "lhcr-secret-of-a-test").string();
  std::ofstream(path) << "from-file\n";
  const auto secret = [](const std::string& line) {
    const Region region = Region::parse("[auth]\n" + line + "\n", "s", "s.toml");
    return fetch_secret(region, "auth.secret", granted);
  };
  CHECK(secret("secret.file = \"" + path + "\"") == "from-file");
  CHECK(secret("secret.env = \"HAS\"") == "from-environment");
  CHECK(secret("secret.command = \"x\"") == "from-command");
  CHECK_THROWS_AS((void)secret("secret.env = \"HAS_NOT\""), Error);
  std::filesystem::remove(path);
  const Region region = Region::parse("[values]\na = \"1\"\n", "v", "v.toml");
  CHECK(fill_values(region, "x${a}y${uuid}") == "x1y${uuid}");
  CHECK_THROWS_AS((void)fill_values(region, "${b}"), Error);
  CHECK_THROWS_AS((void)public_jwks(region, granted), Error);
}
