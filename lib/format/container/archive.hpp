// SPDX-License-Identifier: Apache-2.0
/// Files in archives: zip, and tar as it is or packed with gzip or Zstandard. libarchive reads
/// them; it is loaded when the first archive is met, since its libraries would be a good part of
/// the start of every command.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "format/container/byte_source.hpp"

namespace lhcr::format {

/// What the caller makes of the beginning of a file.
enum class Sight : std::uint8_t { wanted, other, unsure };
/// `whole`: there is no more of it.
using Judge = std::function<Sight(std::string_view beginning, bool whole)>;

/// What a file is, by its content.
struct Look {
  Sight sight = Sight::wanted;  ///< of what is packed, when it is; unsure after megabytes
  bool archive = false;         ///< a zip or tar, the latter packed or not
};

/// Looks into a file as far as it takes. What cannot be read is for whoever reads it as a record
/// to say, and is wanted.
[[nodiscard]] Look look_at(const std::string& path, const Judge& judge);

/// A file in an archive.
struct Member {
  std::string name;     ///< as the archive has it, but for what a terminal would take as more
  std::string problem;  ///< why it cannot be read: encrypted; empty: nothing is known
  Look look = {};       ///< an archive in an archive is not opened
};

/// Whether the bytes are the beginning of a zip or tar.
[[nodiscard]] bool begins_archive(std::string_view bytes);

/// Whether a file, by its content, is an archive; false for what cannot be read.
[[nodiscard]] bool is_archive(const std::string& path);

/// The files in an archive, in its order; what is no file (folders, links) is not among them. When
/// it is damaged, the last one has no name and says so. Throws Error{input} when it cannot be
/// opened or has too many files.
[[nodiscard]] std::vector<Member> list_members(const std::string& path, const Judge& judge);

/// Opens a file in an archive. Members that one thread opens in the archive's order cost one pass
/// over it. Throws Error{input}.
[[nodiscard]] std::unique_ptr<ByteSource> open_member(const std::string& archive,
                                                      const std::string& member);

}  // namespace lhcr::format
