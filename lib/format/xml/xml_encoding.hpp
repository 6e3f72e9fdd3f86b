// SPDX-License-Identifier: Apache-2.0
/// What an XML document's bytes are encoded in, and the document as UTF-8.
#pragma once

#include <optional>
#include <string_view>

#include "base/arena.hpp"
#include "format/format.hpp"
#include "format/issues.hpp"

namespace lhcr::format {

/// The document as UTF-8: `bytes` themselves, or a copy in the arena when they are UTF-16 (with or
/// without byte order mark), ISO-8859-1 or windows-1252. The byte order mark, the first bytes and
/// the declaration decide (XML 1.0 appendix F). `fault` is set at another encoding, at a declared
/// one that the bytes contradict (section 4.3.3), and at bytes that a decoded encoding does not
/// have. UTF-8 is not looked into: the parser does that.
std::string_view decode_document(std::string_view bytes, Arena& arena, std::optional<Fault>& fault);

/// The text that offsets of a record's nodes and findings count in: its bytes, or the UTF-8 form of
/// XML in another encoding, which goes into the arena.
[[nodiscard]] std::string_view counted_text(const Record& record, Arena& arena);

}  // namespace lhcr::format
