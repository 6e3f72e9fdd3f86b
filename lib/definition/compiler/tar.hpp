// SPDX-License-Identifier: Apache-2.0
/// Tar archives from anywhere, read without trust: nothing is unpacked to disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lhcr::definition::compiler {

/// Bytes one after the other.
class ByteSource {
 public:
  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource() = default;
  /// Fills up to `size` bytes; fewer only at the end. Throws Error{input} when reading fails.
  virtual std::size_t read(char* bytes, std::size_t size) = 0;
};

/// A gzip file. Content that swells beyond what packages do (a decompression bomb) and a file that
/// is damaged or cut off are errors.
[[nodiscard]] std::unique_ptr<ByteSource> open_gzip(const std::string& path);

struct TarFile {
  std::string name;
  std::string_view content;  ///< package_padding zero bytes follow; valid until the next file
};

/// Regular files of a tar archive one after the other. Knows ustar prefixes, pax paths and GNU long
/// names. Throws Error{input} for anything that an honest package does not have: names that lead
/// outside, links, devices, headers that do not add up, files of more than 256 MiB.
class TarReader {
 public:
  /// `path` names the archive in messages; both outlive the reader.
  TarReader(const std::string& path, ByteSource& source) : path_(path), source_(source) {}
  /// False at the end, which has been read up to the last byte of the source then.
  bool next(TarFile& file);

 private:
  [[noreturn]] void fail(const std::string& what) const;
  bool read_header();
  void read_content(std::uint64_t size);
  void check_kind(char kind) const;
  void check_name(std::string_view name) const;
  [[nodiscard]] std::string_view field(std::size_t at, std::size_t size) const;
  [[nodiscard]] std::uint64_t number(std::size_t at, std::size_t size) const;
  [[nodiscard]] std::string full_name() const;
  void drain();

  const std::string& path_;
  ByteSource& source_;
  std::vector<char> header_;
  std::vector<char> content_;
  std::size_t files_ = 0;
};

}  // namespace lhcr::definition::compiler
