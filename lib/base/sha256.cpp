// SPDX-License-Identifier: Apache-2.0
#include "base/sha256.hpp"

#include "base/error.hpp"
#include "base/openssl.hpp"

namespace lhcr {

struct Sha256::State {
  State() : context(openssl().EVP_MD_CTX_new()), good(start(openssl().EVP_sha256())) {}
  ~State() { openssl().EVP_MD_CTX_free(context); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  /// Without a type it is the one it was, which need not be looked up: of a short text that takes
  /// most of the time.
  [[nodiscard]] bool start(const EVP_MD* type) const {
    return openssl().EVP_DigestInit_ex(context, type, nullptr) == 1;
  }

  EVP_MD_CTX* context;
  bool good;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}

Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) {
  state_->good =
      state_->good && openssl().EVP_DigestUpdate(state_->context, bytes.data(), bytes.size()) == 1;
}

void Sha256::add_text(std::string_view text) {
  const std::uint64_t size = text.size();
  add({reinterpret_cast<const char*>(&size), sizeof size});
  add(text);
}

Sha256::Digest Sha256::finish() {
  Digest digest;
  const bool good =
      state_->good && openssl().EVP_DigestFinal_ex(state_->context, digest.data(), nullptr) == 1;
  state_->good = state_->start(nullptr);
  if (!good) {
    throw Error(ErrorKind::internal, "SHA-256 fails");
  }
  return digest;
}

}  // namespace lhcr
