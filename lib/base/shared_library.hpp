// SPDX-License-Identifier: Apache-2.0
/// Libraries that are loaded when they are first needed: binding their thousands of names would
/// take most of the start of every command, few of which need them.
#pragma once

#include "base/error.hpp"

namespace lhcr {

/// A library that stays loaded.
class SharedLibrary {
 public:
  /// `file`: the name that its ABI has; `purpose`: "libcurl is needed for endpoints". Throws
  /// Error{kind} when it is not on this machine.
  SharedLibrary(const char* file, ErrorKind kind, const char* purpose);

  /// Sets `function` to the function of that name. Throws Error{kind} when there is none.
  template <class Function>
  void find(const char* name, Function& function) const {
    function = reinterpret_cast<Function>(address(name));
  }

 private:
  [[nodiscard]] void* address(const char* name) const;

  const char* file_;
  ErrorKind kind_;
  void* handle_;
};

}  // namespace lhcr
