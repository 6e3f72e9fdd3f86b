// SPDX-License-Identifier: Apache-2.0
/// A delivery from input to report: reads records, sends them, and knows of each what became of it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "deliver/job/journal.hpp"
#include "deliver/job/pacing.hpp"
#include "deliver/job/work.hpp"
#include "deliver/region/region.hpp"
#include "deliver/style/style.hpp"
#include "deliver/transport/auth.hpp"
#include "deliver/transport/http.hpp"

namespace lhcr::deliver {

/// Gives the records of a job, in the same order in every run. Used by one thread at a time.
class Source {
 public:
  Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  virtual ~Source() = default;
  /// Fills source, index, bytes and tree of `record`; false at the end. A record that cannot be
  /// read or is refused before it is sent has `problem` set to what to say of it.
  virtual bool next(Record& record, std::string& problem) = 0;
  /// The names that the trees of records build on.
  [[nodiscard]] virtual const SymbolTable& symbols() const = 0;
  /// Gives a tree that was made here the types and the order that XML needs.
  virtual void type(tree::Tree& tree) = 0;
  /// What makes tables of its records; nullptr when none were asked for.
  [[nodiscard]] virtual TableMaker* tables() = 0;
  /// What makes patches; nullptr when the style needs none. Used by the thread of the job.
  [[nodiscard]] virtual PatchMaker* patches() { return nullptr; }
  /// What the region asks of each record; nullptr when it asks nothing. Used by the thread that
  /// calls next().
  [[nodiscard]] virtual RecordPaths* record_paths() { return nullptr; }
  /// Whether a record of the input stands behind another one; asked by any thread.
  [[nodiscard]] virtual bool comes_later(const std::string& source, std::uint64_t record,
                                         const Record& than) const = 0;
  /// Whether records come in the order of rank_of_type(), so that what others refer to is read
  /// first.
  [[nodiscard]] virtual bool sorted() const = 0;
  /// Bytes read so far.
  [[nodiscard]] virtual std::uint64_t position() const = 0;
  /// Makes a next() that waits for input return; called by another thread. What it gives is no
  /// record then.
  virtual void stop() noexcept = 0;
};

/// Something that was not applied.
struct Issue {
  State state = State::refused;  ///< fresh: not sent
  std::string source;
  std::uint64_t record = 0;
  std::vector<std::string> labels;  ///< the resources
  long status = 0;
  unsigned attempts = 0;
  std::string words;  ///< the server's, or why it was not sent
};

/// Resources by what became of them.
struct Tally {
  std::uint64_t applied = 0;
  std::uint64_t already = 0;  ///< by an earlier run
  std::uint64_t refused = 0;
  std::uint64_t failed = 0;
  std::uint64_t unknown = 0;
  std::uint64_t not_sent = 0;
  std::uint64_t requests = 0;
  std::uint64_t retries = 0;
  std::uint64_t bytes = 0;     ///< of request bodies
  std::uint64_t records = 0;   ///< read so far
  std::uint64_t position = 0;  ///< bytes of input read so far
  std::string stopped;         ///< why the run ended early; empty: it did not
  bool interrupted = false;    ///< by the user; what had not been read then is not counted
  [[nodiscard]] std::uint64_t open() const { return refused + failed + unknown + not_sent; }
};

struct JobSettings {
  std::string base_url;
  std::vector<std::string> other_urls;  ///< where the style delivers to beside it
  std::string target;                   ///< all that tells one place to deliver to from another
  std::string media_type = "application/fhir+json";
  format::Format format = format::Format::json;  ///< of bodies
  std::string style;
  TransportOptions transport;
  AuthSettings auth;
  std::vector<std::string> headers;  ///< of every request; see fill_ids()
  bool secret_headers = false;       ///< one of them is a credential
  std::vector<std::string> secrets;  ///< in them, never to be shown
  std::string journal;               ///< file; empty: none
  JobIdentity identity;
  double rate = 0;  ///< requests a second at most
  std::string gzip = "auto";
  unsigned attempts = 40;        ///< of one resource at most
  unsigned same_failures = 8;    ///< in a row, then it is given up
  Millis give_up{45000};         ///< only failures for so long: the run ends
  Millis most_asked{300000};     ///< a Retry-After up to this is waited for before that
  bool retry_failed = false;     ///< also what an earlier run gave up
  bool whole_files = false;      ///< files are sent as they are
  bool dry_run = false;          ///< plan, and send nothing
  bool follow_redirects = true;  ///< on the same origin
};

/// A request that a dry run would have sent.
struct PlannedRequest {
  std::string method;
  std::string url;
  std::vector<std::string> headers;  ///< secrets are not in them
  std::string_view body;
};

struct JobHooks {
  std::function<void(const PlannedRequest&)> planned;  ///< called for each request of a dry run
  std::function<void(const Issue&)> issue;     ///< called for everything that is not applied
  std::function<void(const Tally&)> progress;  ///< called now and then
  /// Asked now and then: whether the user wants the run to end. What is on its way is waited for.
  std::function<bool()> interrupted;
};

/// A header line with its ids: ${uuid} is a new one, ${item} the one of what is sent, which stays
/// the same however often that is sent again; a new one where `item` is empty.
[[nodiscard]] std::string fill_ids(std::string line, const std::string& item);
/// The same for a line that a record may give (key "headers.NAME" of `texts`); nothing when it
/// gives none.
[[nodiscard]] std::optional<std::string> own_header(const std::string& line,
                                                    const std::string& item,
                                                    const RecordTexts& texts);

/// What a job runs in; each part may be another one in a test.
struct Surroundings {
  Transport& transport;
  Journal& journal;
  const TimeSource& time;
  bool reads_ahead = true;  ///< in a thread of its own
  std::uint64_t seed = 0;   ///< of what is left to chance
};

/// Runs a job to its end. Throws Error for what keeps it from starting; what ends it later is in
/// Tally::stopped.
Tally run_job(Source& source, const Region& region, const JobSettings& settings,
              const JobHooks& hooks);
/// The same in surroundings of the caller's.
Tally run_job_in(Source& source, const Region& region, const JobSettings& settings,
                 const JobHooks& hooks, const Surroundings& around);

}  // namespace lhcr::deliver
