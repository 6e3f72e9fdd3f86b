// SPDX-License-Identifier: Apache-2.0
/// Records of files and folders for a delivery, those that others refer to first.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "deliver/job/job.hpp"
#include "deliver/job/survey.hpp"
#include "format/format.hpp"

namespace lhcr::deliver {

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
  /// What makes tables of records; nullptr when none were asked for.
  [[nodiscard]] virtual TableMaker* tables() { return nullptr; }
  /// What makes patches; nullptr when the style needs none.
  [[nodiscard]] virtual PatchMaker* patches() { return nullptr; }
  /// What the region asks of each record; nullptr when it asks nothing. Trees have types then.
  [[nodiscard]] virtual RecordPaths* record_paths() { return nullptr; }
};

class FileSource : public Source {
 public:
  /// Both must outlive it. Of whole files nothing is prepared.
  FileSource(Survey& survey, Preparation& preparation);
  ~FileSource() override;
  bool next(Record& record, std::string& problem) override;
  [[nodiscard]] const SymbolTable& symbols() const override { return preparation_.symbols(); }
  void type(tree::Tree& tree) override { preparation_.type(tree); }
  [[nodiscard]] TableMaker* tables() override { return preparation_.tables(); }
  [[nodiscard]] PatchMaker* patches() override { return preparation_.patches(); }
  [[nodiscard]] RecordPaths* record_paths() override { return preparation_.record_paths(); }
  /// Why inputs could not be read, or read on, each once; the others have been read. To be asked
  /// when the job is over.
  [[nodiscard]] const std::set<std::string>& failures() const noexcept { return failures_; }
  /// Records that were too long to be read. To be asked when the job is over.
  [[nodiscard]] std::size_t too_long() const noexcept { return too_long_; }
  [[nodiscard]] bool comes_later(const std::string& source, std::uint64_t record,
                                 const Record& than) const override;
  [[nodiscard]] bool sorted() const override { return !survey_.once(); }
  [[nodiscard]] std::uint64_t position() const override { return position_; }
  void stop() noexcept override {
    stopped_ = true;
    survey_.stop();
  }

 private:
  void begin_pass();
  bool next_raw(format::Record& raw);
  bool next_of_rank(format::Record& raw);
  bool next_file(Record& record);
  bool next_kept(Record& record);
  void take_raw(Record& record, const format::Record& raw, std::string& problem);

  Survey& survey_;
  Preparation& preparation_;
  bool begun_ = false;
  std::map<unsigned, std::uint64_t>::const_iterator pass_;
  std::size_t file_ = 0;
  std::size_t kept_at_ = 0;  ///< of Survey::kept()
  std::unique_ptr<format::RecordStream> stream_;
  std::atomic<bool> stopped_{false};
  std::uint64_t position_ = 0;
  std::set<std::string> failures_;
  std::size_t too_long_ = 0;
};

}  // namespace lhcr::deliver
