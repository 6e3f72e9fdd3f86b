// SPDX-License-Identifier: Apache-2.0
#include "deliver/transport/curl.hpp"

#include <string>

#include <dlfcn.h>

#include "base/error.hpp"

namespace lhcr::deliver {
namespace {

template <class Function>
void find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  if (function == nullptr) {
    throw Error(ErrorKind::endpoint, std::string(LHCR_LIBCURL " has no function ") + name);
  }
}

Curl load() {
  void* const library = dlopen(LHCR_LIBCURL, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    throw Error(ErrorKind::endpoint,
                "libcurl is needed for endpoints and cannot be loaded: " + std::string(dlerror()));
  }
  Curl made;
#define LHCR_CURL(name) find(library, "curl_" #name, made.name);
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
