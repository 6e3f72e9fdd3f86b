// SPDX-License-Identifier: Apache-2.0
/// One look at the input of a delivery before its records are read: how large it is, and which
/// ranks its records have, so that those that others refer to are sent first.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/arena.hpp"
#include "format/format.hpp"

namespace lhcr::deliver {

/// How early a resource type is sent: types that others refer to have lower ranks. See ranks.def.
[[nodiscard]] unsigned rank_of_type(std::string_view type);
/// The highest rank among the resource types named in a record's JSON or XML, found without reading
/// it as a whole.
[[nodiscard]] unsigned rank_of_record(std::string_view bytes);

/// A file or "-", and what reports call it.
struct NamedPath {
  std::string path;
  std::string name;
};

class Survey {
 public:
  /// A record as it was read.
  struct Kept {
    std::size_t path = 0;  ///< place in paths()
    unsigned rank = 0;
    std::uint64_t index = 0;  ///< record in its file, from 0
    format::Format format = format::Format::unknown;
    std::string_view bytes;
  };

  /// Begins in a thread of its own. `whole_files`: they are not looked
  /// into.
  Survey(std::vector<NamedPath> paths, bool whole_files);
  ~Survey();
  Survey(const Survey&) = delete;
  Survey& operator=(const Survey&) = delete;

  [[nodiscard]] const std::vector<NamedPath>& paths() const noexcept { return paths_; }
  [[nodiscard]] bool whole_files() const noexcept { return whole_files_; }
  /// Waits for its end; called before what follows. Throws Error{input} when no path can be read.
  void await();
  /// Why a path cannot be read, or read on: "PATH: No such file ...".
  [[nodiscard]] const std::vector<std::string>& failures() const noexcept { return failures_; }
  /// The ranks that the input has; one only when it can be read once only.
  [[nodiscard]] const std::map<unsigned, std::uint64_t>& ranks() const noexcept { return ranks_; }
  [[nodiscard]] bool once() const noexcept { return once_; }
  /// The records of an input that is small, which need not be read again; empty for others.
  [[nodiscard]] const std::vector<Kept>& kept() const noexcept { return kept_; }
  /// Bytes of the whole input; 0 while it is not known. Asked by any thread.
  [[nodiscard]] std::uint64_t total() const noexcept { return total_; }
  /// Lets it end early; called by any thread.
  void stop() noexcept { stopped_ = true; }

 private:
  void look();
  void look_into_files();
  void keep(const format::Record& raw, std::size_t path, unsigned rank);
  [[nodiscard]] bool is_read_once() const;

  std::vector<NamedPath> paths_;
  bool whole_files_;
  bool once_ = false;
  std::map<unsigned, std::uint64_t> ranks_;  ///< and bytes of each
  std::atomic<std::uint64_t> total_{0};
  std::atomic<bool> stopped_{false};
  std::vector<std::string> failures_;
  std::vector<Kept> kept_;
  Arena kept_bytes_;  ///< of them
  std::size_t kept_size_ = 0;
  bool keeps_ = true;  ///< the input has been small so far
  std::exception_ptr error_;
  std::thread thread_;  ///< last, so that it starts when everything else is there
};

}  // namespace lhcr::deliver
