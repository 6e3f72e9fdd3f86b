// SPDX-License-Identifier: Apache-2.0
/// Files: mapped into memory, read whole, and written so that nobody ever sees half of one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace lhcr {

/// An open file descriptor, closed at the end of its life.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) noexcept : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor();
  [[nodiscard]] int get() const noexcept { return number_; }
  /// Gives the descriptor up without closing it.
  int release() noexcept;

 private:
  int number_ = -1;
};

/// Opens a file for reading, "-" for standard input (which is never closed). Throws Error{input}
/// with advice when there is no such file, it may not be read, or it is a directory.
[[nodiscard]] Descriptor open_input(const std::string& path);

/// Reads up to `size` bytes into `buffer`, retrying what signals interrupt; 0 at the end of the
/// input. `path` names the input in the Error{input} thrown on a read error.
[[nodiscard]] std::size_t read_some(const Descriptor& file, char* buffer, std::size_t size,
                                    const std::string& path);

/// Writes all bytes where the descriptor stands, retrying what signals interrupt. False, with
/// errno, when it does not take them.
[[nodiscard]] bool write_all(int descriptor, std::string_view bytes) noexcept;

/// Waits until read_some() would not wait; false when it still would after `milliseconds`, or when
/// a signal came.
[[nodiscard]] bool wait_readable(const Descriptor& file, int milliseconds) noexcept;

/// The whole of a file (or "-"). Throws Error{input} when it cannot be read or is longer than
/// `limit` bytes.
[[nodiscard]] std::string read_file(const std::string& path,
                                    std::size_t limit = std::size_t{4} << 30U);

/// Hands out the bytes of a file (or "-") in order, a block at a time. Throws Error{input} when it
/// cannot be read.
void each_block(const std::string& path, const std::function<void(std::string_view)>& take);

/// Up to `size` bytes of a regular file from `offset` on. Throws Error{input} when it cannot be
/// read.
[[nodiscard]] std::string read_part(const std::string& path, std::uint64_t offset,
                                    std::size_t size);

/// A file that appears under its name only when commit() has returned: bytes go to a temporary file
/// beside it, which is synchronised and renamed. What exists is kept when commit() is not reached.
/// A name that is no regular file (a device, a pipe) is written to directly. Throws Error{input}
/// when something cannot be written.
class AtomicFile {
 public:
  explicit AtomicFile(const std::string& path);
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  ~AtomicFile();
  void write(std::string_view bytes);
  void commit();
  /// Synchronises what was written so far, so that little is left that commit() can fail of.
  void sync();
  /// As commit(), but not synchronised: of what is put after the last sync_files() nothing, or less
  /// than all, may be there when the machine stops. For many files, which are synchronised
  /// together.
  void put();

 private:
  std::string path_;
  std::string temporary_;  // empty: written directly
  Descriptor file_;
};

/// Synchronises what was put below `folder`, at the cost of one for all. Throws Error{input}.
void sync_files(const std::string& folder);

/// A folder that appears under its name, with all that is in it, only when commit() has returned;
/// what stood there before goes as a whole. Until then it is a hidden folder beside it, which goes
/// when commit() is not reached. Throws Error{input}.
class AtomicFolder {
 public:
  /// Makes the folder and those around it.
  explicit AtomicFolder(const std::string& path);
  AtomicFolder(const AtomicFolder&) = delete;
  AtomicFolder& operator=(const AtomicFolder&) = delete;
  ~AtomicFolder();
  /// Where its files are to be made.
  [[nodiscard]] const std::string& place() const noexcept { return temporary_; }
  /// Synchronises and renames. What was there and what comes change places at once, where the file
  /// system can do that.
  void commit();

 private:
  std::string path_;
  std::string temporary_;
};

/// Removes the temporary files of every AtomicFile that is open (of the first 64). For signal
/// handlers: it only calls unlink().
void remove_temporary_files() noexcept;

/// Writes a whole file through AtomicFile.
void write_file(const std::string& path, std::string_view bytes);

}  // namespace lhcr
