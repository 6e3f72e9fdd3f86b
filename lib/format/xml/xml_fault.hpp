// SPDX-License-Identifier: Apache-2.0
/// Words for what makes a document not well-formed, from what stands there.
#pragma once

#include <cstddef>
#include <string_view>

#include "format/issues.hpp"

namespace lhcr::format {

/// The '&' at `at` begins no reference that XML has.
[[nodiscard]] Fault bad_reference(std::string_view source, std::size_t at);
/// Markup, and not text, cannot go on with what stands at `at`, which is not the end.
[[nodiscard]] Fault misplaced(std::string_view source, std::size_t at);
/// At `at` stands neither white space nor markup, or markup that only an element can have.
[[nodiscard]] Fault outside_element(std::string_view source, std::size_t at, bool rooted);
/// The name of an end tag is not that of the innermost open element; `open` is empty when there is
/// none.
[[nodiscard]] Fault bad_end_tag(std::size_t at, std::string_view name, std::string_view open);
/// The source ends where it must not. `rooted`: an outermost element has begun.
[[nodiscard]] Fault too_early(std::string_view source, std::string_view open, bool rooted);

}  // namespace lhcr::format
