// SPDX-License-Identifier: Apache-2.0
/// libcrypto of OpenSSL, loaded when it is first needed (shared_library.hpp).
#pragma once

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

namespace lhcr {

/// Its functions by name.
struct OpenSsl {
// NOLINTNEXTLINE(bugprone-macro-parentheses): a name cannot stand in parentheses
#define LHCR_OPENSSL(name) decltype(&::name) name = nullptr;
#include "base/openssl.def"
#undef LHCR_OPENSSL
};

/// Throws Error{internal} when libcrypto is not on this machine.
[[nodiscard]] const OpenSsl& openssl();

}  // namespace lhcr
