// SPDX-License-Identifier: Apache-2.0
/// Where a command's result goes: standard output, or a file that appears only when it is whole.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/file.hpp"
#include "cmd/command.hpp"

namespace lhcr::cmd {

/// Buffered bytes. Throws Error{input} when they cannot be written.
class Output {
 public:
  /// `path` empty or "-": standard output. A file is written beside its place and gets its name at
  /// finish().
  explicit Output(const std::string& path);
  /// Text for people on standard output: more than a screen of it goes through Io::pager.
  explicit Output(const Io& io);
  /// `text`: for people, when the path is standard output; see above.
  Output(const std::string& path, const Io& io, bool text);
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output();

  void write(std::string_view bytes);
  /// Hands on what is buffered, so that a reader of a pipe sees it.
  void flush();
  /// Synchronises a file as it will be, so that several may fail before the first gets its name.
  void seal();
  /// To be called when everything has been written; without it a file is not made. After Ctrl-C it
  /// is not either: throws Error{input} that says so. `synced` false: who calls synchronises.
  void finish(bool synced = true);

 private:
  /// Whether what is buffered is to wait for more: it fits the screen so far.
  [[nodiscard]] bool fits_screen() const;
  void put(std::string_view bytes);

  std::unique_ptr<AtomicFile> file_;  // null: standard output
  std::string path_;                  // of the file
  std::string buffer_;
  std::string pager_;  // empty: none, or running
  std::size_t rows_ = 0;
};

/// Prints text for people. ExitCode::yes.
ExitCode print(std::string_view text, const Io& io);

}  // namespace lhcr::cmd
