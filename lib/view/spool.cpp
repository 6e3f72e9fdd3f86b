// SPDX-License-Identifier: Apache-2.0
#include "view/spool.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <unistd.h>

#include "base/error.hpp"

namespace lhcr::view {
namespace {

constexpr std::size_t piece_bytes = std::size_t{1} << 20U;

/// A row is the number of its cells and these; a cell its kind, the length of its text or the
/// number of its items, and these.
class SpoolWriter : public RowWriter {
 public:
  void row(const Row& row) override {
    put(static_cast<std::uint32_t>(row.cells.size()));
    for (const Cell& cell : row.cells) add(row, cell);
  }

 private:
  void put(std::uint32_t number) {
    out().append(reinterpret_cast<const char*>(&number), sizeof number);
  }

  void add(const Row& row, const Cell& cell) {
    out() += static_cast<char>(cell.kind);
    if (cell.kind == Cell::Kind::null) return;
    put(cell.length);
    if (cell.kind != Cell::Kind::list) {
      out() += row.text(cell);
      return;
    }
    for (const Cell& item : row.list(cell)) add(row, item);
  }
};

class RowReader {
 public:
  explicit RowReader(std::string_view bytes) : bytes_(bytes) {}

  void read(RowSink& sink) {
    while (!bytes_.empty()) {
      cells_.assign(number(), Cell{});
      items_.clear();
      for (Cell& cell : cells_) cell = take();
      sink.row({cells_, items_.data(), nullptr});
    }
  }

 private:
  std::uint32_t number() {
    std::uint32_t found = 0;
    std::memcpy(&found, bytes_.data(), sizeof found);
    bytes_.remove_prefix(sizeof found);
    return found;
  }

  Cell take() {
    Cell cell;
    cell.kind = static_cast<Cell::Kind>(bytes_.front());
    bytes_.remove_prefix(1);
    if (cell.kind == Cell::Kind::null) return cell;
    cell.length = number();
    if (cell.kind == Cell::Kind::list) {
      cell.at = items_.size();
      for (std::uint32_t i = 0; i < cell.length; ++i) items_.push_back(take());
    } else {
      cell.bytes = bytes_.data();
      bytes_.remove_prefix(cell.length);
    }
    return cell;
  }

  std::string_view bytes_;
  std::vector<Cell> cells_;
  std::vector<Cell> items_;
};

[[noreturn]] void fail(const std::string& what) {
  throw Error(ErrorKind::input, "temporary file: " + what + ": " + std::strerror(errno));
}

}  // namespace

Descriptor open_nameless() {
  std::string name = std::filesystem::temp_directory_path().string() + "/lhcr-XXXXXX";
  Descriptor file(::mkstemp(name.data()));
  if (file.get() < 0) fail(name);
  ::unlink(name.c_str());
  return file;
}

std::unique_ptr<RowWriter> make_spool_writer() {
  return std::make_unique<SpoolWriter>();
}

void read_rows(std::string_view bytes, RowSink& sink) {
  RowReader(bytes).read(sink);
}

void Spool::add(std::string_view bytes) {
  waiting_ += bytes;
  if (waiting_.size() >= piece_bytes) write();
}

void Spool::write() {
  if (file_.get() < 0) file_ = open_nameless();
  if (!write_all(file_.get(), waiting_)) fail("it cannot be written");
  sizes_.push_back(waiting_.size());
  waiting_.clear();
}

void Spool::read(RowSink& sink) {
  if (!sizes_.empty() && ::lseek(file_.get(), 0, SEEK_SET) != 0) fail("it cannot be read");
  std::string piece;
  for (const std::size_t size : sizes_) {
    piece.resize(size);
    for (std::size_t at = 0; at < size;) {
      const std::size_t more = read_some(file_, piece.data() + at, size - at, "rows");
      if (more == 0) fail("it ends early");
      at += more;
    }
    read_rows(piece, sink);
  }
  read_rows(waiting_, sink);
}

}  // namespace lhcr::view
