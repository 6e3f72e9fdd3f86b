// SPDX-License-Identifier: Apache-2.0
#include "deliver/transport/jwt.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include <nlohmann/json.hpp>
#include <openssl/core_names.h>

#include "base/error.hpp"
#include "base/openssl.hpp"
#include "deliver/transport/crypto.hpp"

namespace lhcr::deliver {
namespace {

struct KeyFree {
  void operator()(EVP_PKEY* key) const noexcept { openssl().EVP_PKEY_free(key); }
};
struct BioFree {
  void operator()(BIO* bio) const noexcept { openssl().BIO_free(bio); }
};
struct ContextFree {
  void operator()(EVP_MD_CTX* context) const noexcept { openssl().EVP_MD_CTX_free(context); }
};
struct NumberFree {
  void operator()(BIGNUM* number) const noexcept { openssl().BN_free(number); }
};
struct SignatureFree {
  void operator()(ECDSA_SIG* signature) const noexcept { openssl().ECDSA_SIG_free(signature); }
};

struct Algorithm {
  std::string_view name;
  int key_type;
  const char* digest;
};
constexpr std::array<Algorithm, 4> algorithms{{
    {"RS256", EVP_PKEY_RSA, "SHA256"},
    {"RS384", EVP_PKEY_RSA, "SHA384"},
    {"RS512", EVP_PKEY_RSA, "SHA512"},
    {"ES384", EVP_PKEY_EC, "SHA384"},
}};
constexpr int p384_bytes = 48;

const Algorithm& find_algorithm(const std::string& name) {
  for (const Algorithm& algorithm : algorithms) {
    if (algorithm.name == name) return algorithm;
  }
  throw Error(ErrorKind::usage,
              "Unknown signing algorithm " + name + ": use RS256, RS384, RS512 or ES384");
}

int give_password(char* out, int size, int /*writing*/, void* user) {
  const auto& password = *static_cast<const std::string*>(user);
  const int length = std::min(size, static_cast<int>(password.size()));
  std::memcpy(out, password.data(), static_cast<std::size_t>(length));
  return length;
}

std::string number(const EVP_PKEY* key, const char* name, int width) {
  BIGNUM* raw = nullptr;
  if (openssl().EVP_PKEY_get_bn_param(key, name, &raw) != 1) {
    throw Error(ErrorKind::input, "The private key has no public half");
  }
  const std::unique_ptr<BIGNUM, NumberFree> value(raw);
  const int size = std::max(width, (openssl().BN_num_bits(value.get()) + 7) / 8);
  std::string bytes(static_cast<std::size_t>(size), '\0');
  openssl().BN_bn2binpad(value.get(), reinterpret_cast<unsigned char*>(bytes.data()), size);
  return base64url(bytes);
}

/// JWS wants r and s side by side, OpenSSL gives DER (RFC 7518 section 3.4).
std::string joined_signature(const std::string& der) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  const std::unique_ptr<ECDSA_SIG, SignatureFree> signature(
      openssl().d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size())));
  if (signature == nullptr) throw Error(ErrorKind::internal, "The signature cannot be read");
  std::string out(std::size_t{2} * p384_bytes, '\0');
  auto* to = reinterpret_cast<unsigned char*>(out.data());
  openssl().BN_bn2binpad(openssl().ECDSA_SIG_get0_r(signature.get()), to, p384_bytes);
  openssl().BN_bn2binpad(openssl().ECDSA_SIG_get0_s(signature.get()), to + p384_bytes, p384_bytes);
  return out;
}

}  // namespace

struct SigningKey::State {
  std::unique_ptr<EVP_PKEY, KeyFree> key;
  const Algorithm* algorithm = nullptr;

  [[nodiscard]] std::string signature(std::string_view text) const;
  /// Members in the order of RFC 7638 section 3.
  [[nodiscard]] nlohmann::json public_members() const;
};

std::string SigningKey::State::signature(std::string_view text) const {
  const std::unique_ptr<EVP_MD_CTX, ContextFree> context(openssl().EVP_MD_CTX_new());
  const EVP_MD* digest = openssl().EVP_get_digestbyname(algorithm->digest);
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t size = 0;
  if (openssl().EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key.get()) != 1 ||
      openssl().EVP_DigestSign(context.get(), nullptr, &size, bytes, text.size()) != 1) {
    throw Error(ErrorKind::internal, "Signing fails");
  }
  std::string out(size, '\0');
  if (openssl().EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size,
                               bytes, text.size()) != 1) {
    throw Error(ErrorKind::internal, "Signing fails");
  }
  out.resize(size);
  return algorithm->key_type == EVP_PKEY_EC ? joined_signature(out) : out;
}

nlohmann::json SigningKey::State::public_members() const {
  if (algorithm->key_type == EVP_PKEY_RSA) {
    return {{"e", number(key.get(), OSSL_PKEY_PARAM_RSA_E, 0)},
            {"kty", "RSA"},
            {"n", number(key.get(), OSSL_PKEY_PARAM_RSA_N, 0)}};
  }
  return {{"crv", "P-384"},
          {"kty", "EC"},
          {"x", number(key.get(), OSSL_PKEY_PARAM_EC_PUB_X, p384_bytes)},
          {"y", number(key.get(), OSSL_PKEY_PARAM_EC_PUB_Y, p384_bytes)}};
}

SigningKey::SigningKey(std::string_view pem, const std::string& password, std::string algorithm,
                       std::string id)
    : state_(std::make_unique<State>()), algorithm_(std::move(algorithm)), id_(std::move(id)) {
  state_->algorithm = &find_algorithm(algorithm_);
  const std::unique_ptr<BIO, BioFree> bio(
      openssl().BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  std::string secret = password;
  state_->key.reset(openssl().PEM_read_bio_PrivateKey(bio.get(), nullptr, give_password, &secret));
  if (state_->key == nullptr) {
    throw Error(ErrorKind::input,
                "The signing key is not a private key in PEM form, or its password is wrong");
  }
  const bool fits =
      openssl().EVP_PKEY_get_base_id(state_->key.get()) == state_->algorithm->key_type &&
      (state_->algorithm->key_type != EVP_PKEY_EC ||
       openssl().EVP_PKEY_get_bits(state_->key.get()) == p384_bytes * 8);
  if (!fits)
    throw Error(ErrorKind::input, "The signing key does not fit the algorithm " + algorithm_);
  if (id_.empty()) id_ = base64url(text_of(sha256(state_->public_members().dump())));
}

SigningKey::~SigningKey() = default;
SigningKey::SigningKey(SigningKey&&) noexcept = default;
SigningKey& SigningKey::operator=(SigningKey&&) noexcept = default;

std::string SigningKey::sign(std::string_view claims) const {
  const nlohmann::json header{{"alg", algorithm_}, {"kid", id_}, {"typ", "JWT"}};
  const std::string text = base64url(header.dump()) + "." + base64url(claims);
  return text + "." + base64url(state_->signature(text));
}

std::string SigningKey::public_jwks() const {
  nlohmann::json key = state_->public_members();
  key["alg"] = algorithm_;
  key["kid"] = id_;
  key["use"] = "sig";
  key["key_ops"] = {"verify"};
  return nlohmann::json{{"keys", {key}}}.dump(2);
}

std::string unsigned_jwt(std::string_view claims) {
  return base64url(R"({"alg":"none","typ":"JWT"})") + "." + base64url(claims) + ".";
}

}  // namespace lhcr::deliver
