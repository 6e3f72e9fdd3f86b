// SPDX-License-Identifier: Apache-2.0
/// Records of files and folders for a delivery, those that others refer to first.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "deliver/job.hpp"
#include "format/format.hpp"

namespace lhcr::deliver {

/// How early a resource type is sent: types that others refer to have lower ranks. See ranks.def.
[[nodiscard]] unsigned rank_of_type(std::string_view type);
/// The highest rank among the resource types named in a record's JSON or XML, found without reading
/// it as a whole.
[[nodiscard]] unsigned rank_of_record(std::string_view bytes);

/// Makes of a record what is sent.
class Preparation {
 public:
  Preparation() = default;
  Preparation(const Preparation&) = delete;
  Preparation& operator=(const Preparation&) = delete;
  virtual ~Preparation() = default;
  /// The names that the trees of records build on; complete before the first record is read.
  [[nodiscard]] virtual const SymbolTable& symbols() const = 0;
  /// Fills the tree of a record from its bytes; may replace these (Record::set_text). Returns what
  /// keeps it from being sent, or an empty text.
  virtual std::string prepare(Record& record) = 0;
  /// Gives a tree that was made here the types and the order that XML needs.
  virtual void type(tree::Tree& tree) = 0;
};

class FileSource : public Source {
 public:
  /// `paths`: files and "-". With `any_bytes` records are not read as FHIR. The first next()
  /// looks through the input once, for its size and order; it throws Error{input} when a path
  /// cannot be read.
  FileSource(std::vector<std::string> paths, bool any_bytes, Preparation& preparation);
  ~FileSource() override;
  bool next(Record& record, std::string& problem) override;
  [[nodiscard]] const SymbolTable& symbols() const override { return preparation_.symbols(); }
  void type(tree::Tree& tree) override { preparation_.type(tree); }
  [[nodiscard]] std::uint64_t position() const override { return position_; }
  void stop() noexcept override { stopped_ = true; }
  /// Bytes of the whole input; 0 before the first next(). Asked by any thread.
  [[nodiscard]] std::uint64_t total() const noexcept { return total_; }

 private:
  /// A record of an input that is small enough to be kept from the first look at it.
  struct Kept {
    format::Record raw;
    std::string bytes;  ///< with format::read_padding more; moved away when the record is sent
    std::size_t file = 0;
    unsigned rank = 0;
  };
  void begin_pass();
  [[nodiscard]] bool is_read_once() const;
  void survey();
  bool next_raw(format::Record& raw);
  bool next_of_rank(format::Record& raw);

  std::vector<std::string> paths_;
  bool any_bytes_;
  bool once_ = false;
  Preparation& preparation_;
  std::map<unsigned, std::uint64_t> ranks_;  ///< those the input has, and bytes of each
  std::map<unsigned, std::uint64_t>::const_iterator pass_;
  std::size_t file_ = 0;
  std::unique_ptr<format::RecordStream> stream_;
  std::atomic<bool> stopped_{false};
  std::vector<Kept> kept_;  ///< the whole input, or nothing
  std::size_t next_kept_ = 0;
  std::uint64_t position_ = 0;
  std::atomic<std::uint64_t> total_{0};
};

}  // namespace lhcr::deliver
