// SPDX-License-Identifier: Apache-2.0
#include "base/glob.hpp"

#include <fnmatch.h>

namespace lhcr {

bool fits_glob(const std::string& glob, const std::string& path) {
  const bool whole = glob.find('/') != std::string::npos;
  const std::size_t last = path.rfind('/');
  const char* const text =
      whole || last == std::string::npos ? path.c_str() : path.c_str() + last + 1;
  return ::fnmatch(glob.c_str(), text, 0) == 0;
}

}  // namespace lhcr
