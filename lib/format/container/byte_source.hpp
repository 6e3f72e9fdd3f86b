// SPDX-License-Identifier: Apache-2.0
/// Where the bytes of an input come from: a file or pipe, what is packed in one, a file in an
/// archive.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/file.hpp"

namespace lhcr::format {

/// Bytes in order.
class ByteSource {
 public:
  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource() = default;
  /// Up to `size` bytes, 0 at the end. Throws Error{input}, also when there are less than there
  /// were to be.
  [[nodiscard]] virtual std::size_t read(char* buffer, std::size_t size) = 0;
  /// Whether read() would not wait for whoever writes the input; waits for `milliseconds` to see.
  [[nodiscard]] virtual bool ready(int milliseconds) = 0;
  /// Whether ready() can be no.
  [[nodiscard]] virtual bool can_wait() const = 0;
  /// The regular file, from whose beginning nothing but what read() gave has been read, and its
  /// size; nullptr when the bytes are no file's.
  [[nodiscard]] virtual const Descriptor* file(std::uint64_t& size) const = 0;
};

/// Opens a file, "-" for standard input, or "ARCHIVE/FILE" for a file in an archive; the name of
/// the latter is compared with the archive's table only. Throws Error{input}.
[[nodiscard]] std::unique_ptr<ByteSource> open_source(const std::string& path);

/// The same, and what is packed in it with gzip or Zstandard is unpacked. Throws Error{input} for
/// an archive, of which a file is to be named.
[[nodiscard]] std::unique_ptr<ByteSource> open_unpacked(const std::string& path);

/// The bytes of open_unpacked(). Throws Error{input} when there are more than `limit`.
[[nodiscard]] std::string read_unpacked(const std::string& path, std::size_t limit);

/// Whether the bytes are the beginning of what unpacked() or an archive's reader would unpack.
[[nodiscard]] bool begins_packed(std::string_view bytes);

/// The bytes that are packed in `source` with gzip or Zstandard, whose first bytes, `begun`, have
/// been read; nullptr when `begun` is not the beginning of such. `path` is for messages.
[[nodiscard]] std::unique_ptr<ByteSource> unpacked(std::unique_ptr<ByteSource>& source,
                                                   std::string_view begun, const std::string& path);

/// How much packed bytes may swell: what goes beyond was made to do so.
class SwellLimit {
 public:
  explicit SwellLimit(std::string path) : path_(std::move(path)) {}
  /// Throws Error{input} when `unpacked` bytes are too many for `packed`.
  void check(std::uint64_t unpacked, std::uint64_t packed) const;

 private:
  std::string path_;
};

}  // namespace lhcr::format
