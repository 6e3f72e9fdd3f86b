// SPDX-License-Identifier: Apache-2.0
/// Rows as bytes that are read again: held back on disk until what they depend on is known.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"
#include "view/view.hpp"
#include "view/writer.hpp"

namespace lhcr::view {

/// Rows in a form of this program's own, which read_rows() reads.
[[nodiscard]] std::unique_ptr<RowWriter> make_spool_writer();

/// Gives the rows of what a make_spool_writer() made to `sink`, in order.
void read_rows(std::string_view bytes, RowSink& sink);

/// An empty file without a name in the folder for temporary files, which is gone when it is closed.
/// Throws Error{input}.
[[nodiscard]] Descriptor open_nameless();

/// Rows that wait, in a file without a name in the folder for temporary files. Belongs to one
/// thread. Throws Error{input} when they cannot be written or read.
class Spool {
 public:
  /// `bytes`: whole rows of a make_spool_writer().
  void add(std::string_view bytes);
  /// Gives all rows to `sink`, in the order in which they came.
  void read(RowSink& sink);

 private:
  void write();

  std::string waiting_;             ///< not yet in the file
  Descriptor file_;                 ///< none as long as everything waits
  std::vector<std::size_t> sizes_;  ///< of the pieces in the file
};

}  // namespace lhcr::view
