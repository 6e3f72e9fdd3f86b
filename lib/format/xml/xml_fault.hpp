// SPDX-License-Identifier: Apache-2.0
/// Words for what makes a document not well-formed.
#pragma once

#include <cstddef>
#include <string_view>

#include "format/issues.hpp"

namespace lhcr::format {

/// Why expat stopped.
struct XmlStop {
  int error = 0;           ///< XML_Error
  std::size_t offset = 0;  ///< in the source
  std::string_view open;   ///< name of the innermost open element; empty: there is none
  bool rooted = false;     ///< an outermost element has begun
};

/// The finding for it, at the place that has to be mended.
[[nodiscard]] Fault explain_stop(std::string_view source, const XmlStop& stop);

}  // namespace lhcr::format
