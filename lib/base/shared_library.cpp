// SPDX-License-Identifier: Apache-2.0
#include "base/shared_library.hpp"

#include <string>

#include <dlfcn.h>

namespace lhcr {

SharedLibrary::SharedLibrary(const char* file, ErrorKind kind, const char* purpose)
    : file_(file), kind_(kind), handle_(dlopen(file, RTLD_NOW | RTLD_LOCAL)) {
  if (handle_ == nullptr) {
    throw Error(kind, std::string(purpose) + " and cannot be loaded: " + dlerror());
  }
}

void* SharedLibrary::address(const char* name) const {
  void* const found = dlsym(handle_, name);
  if (found == nullptr) throw Error(kind_, std::string(file_) + " has no function " + name);
  return found;
}

}  // namespace lhcr
