// SPDX-License-Identifier: Apache-2.0
/// What unpacks gzip and Zstandard as it comes: whatever can be had of the bytes so far is given,
/// so that a pipe is live. zlib compares the check sums of gzip, which libarchive does not;
/// libarchive gives Zstandard in whole blocks of 128 KiB. For this room only.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace lhcr::format {

/// The state of one packed stream, which may be several parts one behind the other.
class Codec {
 public:
  Codec() = default;
  Codec(const Codec&) = delete;
  Codec& operator=(const Codec&) = delete;
  virtual ~Codec() = default;
  /// Unpacks what it can of `packed` into `out` (not empty), takes what it used from the front of
  /// `packed`, and returns how many bytes it made. Throws Error{input} when the data is damaged.
  virtual std::size_t unpack(std::string_view& packed, std::span<char> out) = 0;
  /// Whether the stream may end here.
  [[nodiscard]] virtual bool between() const noexcept = 0;
};

/// Whether the bytes are the beginning of gzip or Zstandard.
[[nodiscard]] bool begins_coded(std::string_view bytes) noexcept;
/// The codec of a stream that begins so; nullptr when it is neither. `path` is for messages. Throws
/// Error{input} when libzstd is needed and not there; it is loaded when it first is.
[[nodiscard]] std::unique_ptr<Codec> codec_of(std::string_view begun, const std::string& path);

/// The error of packed data that is damaged.
[[nodiscard]] Error damaged(const std::string& path, const std::string& why);

}  // namespace lhcr::format
