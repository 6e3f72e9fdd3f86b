// SPDX-License-Identifier: Apache-2.0
#include "base/sha1.hpp"

#include <array>

#include "base/error.hpp"
#include "base/openssl.hpp"

namespace lhcr {

std::string sha1(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (openssl().EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, openssl().EVP_sha1(),
                           nullptr) != 1) {
    throw Error(ErrorKind::internal, "SHA-1 fails");
  }
  return {reinterpret_cast<const char*>(digest.data()), size};
}

}  // namespace lhcr
