// SPDX-License-Identifier: Apache-2.0
#include "cmd/run/output.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <sys/ioctl.h>
#include <unistd.h>

#include "base/error.hpp"
#include "cmd/command.hpp"
#include "cmd/run/interrupt.hpp"
#include "cmd/run/pager.hpp"
#include "cmd/run/status_line.hpp"

namespace lhcr::cmd {
namespace {

constexpr std::size_t buffer_size = std::size_t{64} * 1024;

}  // namespace

Output::Output(const std::string& path) {
  if (path.empty() || path == "-") return;
  file_ = std::make_unique<AtomicFile>(path);
  path_ = path;
}

Output::Output(const Io& io) : Output("", io, true) {}

Output::Output(const std::string& path, const Io& io, bool text) : Output(path) {
  if (file_ || !text || !io.out_terminal) return;
  winsize size{};
  rows_ = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_row : 0;
  if (rows_ > 0) pager_ = io.pager;
}

Output::~Output() = default;

bool Output::fits_screen() const {
  return static_cast<std::size_t>(std::count(buffer_.begin(), buffer_.end(), '\n')) < rows_;
}

void Output::put(std::string_view bytes) {
  if (file_) {
    file_->write(bytes);
    return;
  }
  clear_status();
  if (!write_all(STDOUT_FILENO, bytes)) {
    throw Error(ErrorKind::input, "standard output: " + std::generic_category().message(errno));
  }
}

void Output::write(std::string_view bytes) {
  if (bytes.size() >= buffer_size && pager_.empty()) {
    flush();
    put(bytes);
    return;
  }
  buffer_ += bytes;
  if (buffer_.size() >= buffer_size) flush();
}

void Output::flush() {
  if (!pager_.empty()) {
    if (!fits_screen()) static_cast<void>(start_pager(pager_));
    pager_.clear();
  }
  put(buffer_);
  buffer_.clear();
}

void Output::seal() {
  flush();
  if (file_) file_->sync();
}

void Output::finish(bool synced) {
  flush();
  if (!file_) return;
  if (interrupted()) throw Error(ErrorKind::input, "interrupted: " + path_ + " is not written");
  if (synced) {
    file_->commit();
  } else {
    file_->put();
  }
}

ExitCode print(std::string_view text, const Io& io) {
  Output out(io);
  out.write(text);
  out.finish();
  return ExitCode::yes;
}

void Io::say(std::string_view text) const {
  clear_status();
  static_cast<void>(write_all(STDERR_FILENO, text));
}

bool use_colour(Colour colour, bool terminal, const Io& io) {
  if (colour != Colour::automatic) return colour == Colour::always;
  return terminal && !io.no_colour;
}

}  // namespace lhcr::cmd
