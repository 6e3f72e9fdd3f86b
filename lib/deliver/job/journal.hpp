// SPDX-License-Identifier: Apache-2.0
/// What is known about every piece of content of a job, on disk (SQLite, write-ahead log), so that
/// a run that was killed at any moment can be continued.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "deliver/transport/crypto.hpp"

namespace lhcr::deliver {

/// How far a piece of content got.
enum class State : std::uint8_t {
  fresh = 0,    ///< nothing has left
  sent = 1,     ///< a request may have left; what became of it is not known yet
  applied = 2,  ///< the server has it
  refused = 3,  ///< the server said no, or it cannot be sent as it is
  failed = 4,   ///< tried often enough, certainly not applied
  unknown = 5,  ///< may or may not be applied, and nothing could find out
};
constexpr std::size_t state_count = 6;
[[nodiscard]] std::string_view state_name(State state);

/// One piece of content: a record, or an entry of a Bundle that is sent on its own.
struct JournalRow {
  Key key{};
  State state = State::fresh;
  unsigned attempts = 0;
  long status = 0;     ///< HTTP status of the latest answer, 0 when there was none
  std::string source;  ///< file it came from
  std::uint64_t record = 0;
  std::string label;    ///< what it is: Patient/1, or Patient?system|value
  std::string words;    ///< the server's words
  std::string entries;  ///< states and server ids of its entries, see plan.hpp
};

/// What a journal belongs to. A journal of something else is refused.
struct JobIdentity {
  std::string input;   ///< names of the inputs
  std::string target;  ///< base URL
  std::string style;
};

/// The latest content that was applied under an identity, and where it stood in the input.
struct LatestRow {
  Key key{};
  std::string source;
  std::uint64_t record = 0;
};

class Journal {
 public:
  Journal() = default;
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  virtual ~Journal() = default;

  /// Whether what is written outlives the run.
  [[nodiscard]] virtual bool durable() const noexcept = 0;
  /// Whether an earlier run of the job has not come to its end: what it sent last may still come.
  [[nodiscard]] virtual bool cut_short() const noexcept = 0;
  /// Says, with the next commit(), that this run has come to its end.
  virtual void end() = 0;
  /// State, attempts and entries of a key.
  [[nodiscard]] virtual std::optional<JournalRow> find(const Key& key) = 0;
  /// Writes a row over the one of the same key; lasting after commit().
  virtual void put(const JournalRow& row) = 0;
  /// Whether something has been written that is not lasting yet.
  [[nodiscard]] virtual bool writing() const noexcept = 0;
  /// Makes everything written so far lasting: it is on the disk when this returns.
  virtual void commit() = 0;
  /// The same without waiting for the disk: it is there some milliseconds later. A run that dies
  /// before keeps what was lasting then, and nothing of what was written after it.
  virtual void commit_soon() = 0;

  /// Remembers under which id the server keeps a resource that the input calls `local`
  /// ("Patient/1").
  virtual void remember(const std::string& local, const std::string& server) = 0;
  [[nodiscard]] virtual std::optional<std::string> server_id(const std::string& local) = 0;

  /// Says that this content is now what the server has under an identity.
  virtual void put_latest(const std::string& identity, const LatestRow& row) = 0;
  [[nodiscard]] virtual std::optional<LatestRow> latest(const std::string& identity) = 0;
};

/// A journal in a file.
class DiskJournal : public Journal {
 public:
  /// Opens or makes the journal at `path`; an empty path makes one that only lives as long as the
  /// object and is not durable. Throws Error{usage} when another process has it open or when it
  /// belongs to another job, Error{input} when it cannot be read or written.
  DiskJournal(const std::string& path, const JobIdentity& identity);
  ~DiskJournal() override;

  [[nodiscard]] bool durable() const noexcept override;
  [[nodiscard]] bool cut_short() const noexcept override;
  void end() override;
  [[nodiscard]] std::optional<JournalRow> find(const Key& key) override;
  void put(const JournalRow& row) override;
  [[nodiscard]] bool writing() const noexcept override;
  void commit() override;
  void commit_soon() override;
  void remember(const std::string& local, const std::string& server) override;
  [[nodiscard]] std::optional<std::string> server_id(const std::string& local) override;
  void put_latest(const std::string& identity, const LatestRow& row) override;
  [[nodiscard]] std::optional<LatestRow> latest(const std::string& identity) override;

  [[nodiscard]] std::vector<std::uint64_t> counts();
  /// Calls back for every row that is in one of the states given, by source and record.
  void visit(const std::vector<State>& states, const std::function<void(const JournalRow&)>& call);

 private:
  struct Database;
  std::unique_ptr<Database> database_;
};

}  // namespace lhcr::deliver
