// SPDX-License-Identifier: Apache-2.0
#include "base/openssl.hpp"

#include "base/shared_library.hpp"

namespace lhcr {
namespace {

OpenSsl load() {
  const SharedLibrary library(LHCR_LIBCRYPTO, ErrorKind::internal,
                              "libcrypto is needed for hashes and keys");
  OpenSsl made;
#define LHCR_OPENSSL(name) library.find(#name, made.name);
#include "base/openssl.def"
#undef LHCR_OPENSSL
  return made;
}

}  // namespace

const OpenSsl& openssl() {
  static const OpenSsl loaded = load();
  return loaded;
}

}  // namespace lhcr
