// SPDX-License-Identifier: Apache-2.0
#include "deliver/transport/curl.hpp"

#include "base/shared_library.hpp"

namespace lhcr::deliver {
namespace {

Curl load() {
  const SharedLibrary library(LHCR_LIBCURL, ErrorKind::endpoint, "libcurl is needed for endpoints");
  Curl made;
#define LHCR_CURL(name) library.find("curl_" #name, made.name);
#include "deliver/transport/curl.def"
#undef LHCR_CURL
  made.global_init(CURL_GLOBAL_DEFAULT);
  return made;
}

}  // namespace

const Curl& curl() {
  static const Curl loaded = load();
  return loaded;
}

}  // namespace lhcr::deliver
