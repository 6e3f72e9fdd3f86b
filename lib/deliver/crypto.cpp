// SPDX-License-Identifier: Apache-2.0
#include "deliver/crypto.hpp"

#include <algorithm>
#include <memory>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "base/error.hpp"
#include "base/file.hpp"

namespace lhcr::deliver {
namespace {

struct DigestFree {
  void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string uuid_text(std::array<std::uint8_t, 16> bytes, unsigned version) {
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0fU) | (version << 4U));
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3fU) | 0x80U);
  std::string text = hex(bytes);
  for (const std::size_t place : {20U, 16U, 12U, 8U}) text.insert(place, 1, '-');
  return text;
}

}  // namespace

Key hash_of(std::initializer_list<std::string_view> parts) {
  thread_local const std::unique_ptr<EVP_MD_CTX, DigestFree> context(EVP_MD_CTX_new());
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  bool ok = EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
  for (const std::string_view part : parts) {
    const std::uint64_t size = part.size();
    ok = ok && EVP_DigestUpdate(context.get(), &size, sizeof size) == 1 &&
         EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  }
  if (!ok || EVP_DigestFinal_ex(context.get(), digest, &length) != 1) {
    throw Error(ErrorKind::internal, "SHA-256 fails");
  }
  Key key{};
  std::copy_n(digest, key.size(), key.begin());
  return key;
}

struct Sha256::State {
  std::unique_ptr<EVP_MD_CTX, DigestFree> context{EVP_MD_CTX_new()};
  bool good = true;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  state_->good = EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) == 1;
}

Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) {
  state_->good =
      state_->good && EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1;
}

std::string Sha256::finish() {
  std::string digest(32, '\0');
  unsigned length = 0;
  auto* out = reinterpret_cast<unsigned char*>(digest.data());
  if (!state_->good || EVP_DigestFinal_ex(state_->context.get(), out, &length) != 1) {
    throw Error(ErrorKind::internal, "SHA-256 fails");
  }
  return digest;
}

Key hash_of_file(const std::string& path, std::uint64_t size) {
  Sha256 hash;
  hash.add({reinterpret_cast<const char*>(&size), sizeof size});
  each_block(path, [&](std::string_view block) { hash.add(block); });
  const std::string digest = hash.finish();
  Key key{};
  std::copy_n(bytes_of(digest), key.size(), key.begin());
  return key;
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    out += digits[static_cast<unsigned char>(c) >> 4U];
    out += digits[static_cast<unsigned char>(c) & 15U];
  }
  return out;
}

std::string hex(const Key& key) {
  return hex({reinterpret_cast<const char*>(key.data()), key.size()});
}

std::string sha256(std::string_view bytes) {
  std::string digest(32, '\0');
  unsigned length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()),
                 &length, EVP_sha256(), nullptr) != 1) {
    throw Error(ErrorKind::internal, "SHA-256 fails");
  }
  return digest;
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
  std::string digest(32, '\0');
  unsigned length = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(text), text.size(),
           reinterpret_cast<unsigned char*>(digest.data()), &length) == nullptr) {
    throw Error(ErrorKind::internal, "HMAC fails");
  }
  return digest;
}

std::string base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes_of(bytes),
                                   static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::string base64url(std::string_view bytes) {
  std::string out = base64(bytes);
  while (!out.empty() && out.back() == '=') out.pop_back();
  std::replace(out.begin(), out.end(), '+', '-');
  std::replace(out.begin(), out.end(), '/', '_');
  return out;
}

std::string random_uuid() {
  std::array<std::uint8_t, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    throw Error(ErrorKind::internal, "no random bytes");
  }
  return uuid_text(bytes, 4);
}

std::string uuid_of(const Key& key) {
  return uuid_text(key, 8);
}

}  // namespace lhcr::deliver
