// SPDX-License-Identifier: Apache-2.0
#include "deliver/transport/crypto.hpp"

#include <algorithm>
#include <memory>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/hex.hpp"
#include "base/openssl.hpp"

namespace lhcr::deliver {
namespace {

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

Key key_of(const Sha256::Digest& digest) {
  Key key;
  std::copy_n(digest.begin(), key.size(), key.begin());
  return key;
}

}  // namespace

Key hash_of(std::initializer_list<std::string_view> parts) {
  thread_local Sha256 hash;
  for (const std::string_view part : parts) hash.add_text(part);
  return key_of(hash.finish());
}

Key hash_of_file(const std::string& path, std::uint64_t size) {
  Sha256 hash;
  hash.add({reinterpret_cast<const char*>(&size), sizeof size});
  each_block(path, [&](std::string_view block) { hash.add(block); });
  return key_of(hash.finish());
}

Sha256::Digest sha256(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.finish();
}

Sha256::Digest hmac_sha256(std::string_view key, std::string_view text) {
  Sha256::Digest digest;
  unsigned length = 0;
  if (openssl().HMAC(openssl().EVP_sha256(), key.data(), static_cast<int>(key.size()),
                     bytes_of(text), text.size(), digest.data(), &length) == nullptr) {
    throw Error(ErrorKind::internal, "HMAC fails");
  }
  return digest;
}

std::string base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size = openssl().EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                             bytes_of(bytes), static_cast<int>(bytes.size()));
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
  if (openssl().RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    throw Error(ErrorKind::internal, "no random bytes");
  }
  return uuid_text(bytes, 4);
}

std::string uuid_of(const Key& key) {
  return uuid_text(key, 8);
}

}  // namespace lhcr::deliver
