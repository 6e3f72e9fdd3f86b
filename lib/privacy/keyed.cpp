// SPDX-License-Identifier: Apache-2.0
#include "privacy/keyed.hpp"

#include <array>
#include <memory>

#include "base/error.hpp"
#include "base/hex.hpp"
#include "base/openssl.hpp"
#include "base/sha256.hpp"

namespace lhcr::privacy {
namespace {

constexpr std::size_t nonce_size = 12;
constexpr std::size_t tag_size = 16;

unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

void require(bool done) {
  if (!done) throw Error(ErrorKind::internal, "the cryptographic library refused its work");
}

std::string base64(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int length =
      openssl().EVP_EncodeBlock(bytes_of(out), bytes_of(bytes), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

}  // namespace

std::string hmac(std::string_view key, std::string_view text) {
  std::string out(32, '\0');
  unsigned length = 0;
  // An empty key is a key of no bytes, which OpenSSL wants to see as a pointer to something.
  const char* bytes = key.empty() ? "" : key.data();
  require(openssl().HMAC(openssl().EVP_sha256(), bytes, static_cast<int>(key.size()),
                         bytes_of(text), text.size(), bytes_of(out), &length) != nullptr);
  return out;
}

std::string hmac_hex(std::string_view key, std::string_view text) {
  return hex(hmac(key, text));
}

std::uint64_t hmac_number(std::string_view key, std::string_view text) {
  std::uint64_t out = 0;
  for (const char byte : hmac(key, text).substr(0, 8)) {
    out = out << 8U | static_cast<unsigned char>(byte);
  }
  return out;
}

std::string encrypt(std::string_view key, std::string_view text) {
  const std::string secret = hmac(key, "lhcr encrypt");
  std::string out(nonce_size + text.size() + tag_size, '\0');
  require(openssl().RAND_bytes(bytes_of(out), nonce_size) == 1);
  const std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)> context(
      openssl().EVP_CIPHER_CTX_new(), openssl().EVP_CIPHER_CTX_free);
  require(context != nullptr);
  int length = 0;
  unsigned char* text_at = bytes_of(out) + nonce_size;
  require(openssl().EVP_EncryptInit_ex(context.get(), openssl().EVP_aes_256_gcm(), nullptr,
                                       bytes_of(secret), bytes_of(out)) == 1);
  require(openssl().EVP_EncryptUpdate(context.get(), text_at, &length, bytes_of(text),
                                      static_cast<int>(text.size())) == 1);
  require(openssl().EVP_EncryptFinal_ex(context.get(), text_at + length, &length) == 1);
  require(openssl().EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_size,
                                        text_at + text.size()) == 1);
  return base64(out);
}

std::uint64_t random_number() {
  std::array<unsigned char, 8> bytes{};
  require(openssl().RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
  std::uint64_t out = 0;
  for (const unsigned char byte : bytes) out = out << 8U | byte;
  return out;
}

}  // namespace lhcr::privacy
