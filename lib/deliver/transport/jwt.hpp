// SPDX-License-Identifier: Apache-2.0
/// Signed JSON Web Tokens (RFC 7515, 7517, 7518, 7519) from a private key in PEM form.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace lhcr::deliver {

/// A private key and the algorithm it signs with. The key never leaves the object.
class SigningKey {
 public:
  /// `algorithm`: RS256, RS384, RS512 or ES384. `pem`: PKCS#8, PKCS#1 or SEC1, may be encrypted. An
  /// empty `id` becomes the key's RFC 7638 thumbprint. Throws Error{input} when the key cannot be
  /// read or does not fit the algorithm.
  SigningKey(std::string_view pem, const std::string& password, std::string algorithm,
             std::string id);
  ~SigningKey();
  SigningKey(SigningKey&&) noexcept;
  SigningKey& operator=(SigningKey&&) noexcept;

  /// The compact serialisation of the claims (a JSON object), with alg, typ and kid in the header.
  [[nodiscard]] std::string sign(std::string_view claims) const;
  /// The public half as a JWK Set for the authorisation server.
  [[nodiscard]] std::string public_jwks() const;
  [[nodiscard]] const std::string& id() const noexcept { return id_; }
  [[nodiscard]] const std::string& algorithm() const noexcept { return algorithm_; }

 private:
  struct State;
  std::unique_ptr<State> state_;
  std::string algorithm_;
  std::string id_;
};

/// A token with "alg":"none" and an empty signature, as the Spine takes it over mutual TLS.
[[nodiscard]] std::string unsigned_jwt(std::string_view claims);

}  // namespace lhcr::deliver
