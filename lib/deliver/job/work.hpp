// SPDX-License-Identifier: Apache-2.0
/// What is to be delivered: records, the entries they consist of, and the parcels in which entries
/// travel.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/symbol.hpp"
#include "deliver/job/journal.hpp"
#include "deliver/job/pacing.hpp"
#include "deliver/region/record_texts.hpp"
#include "deliver/transport/crypto.hpp"
#include "format/format.hpp"
#include "record/references.hpp"
#include "tree/nodes.hpp"
#include "tree/tree.hpp"

namespace lhcr::deliver {

/// One record of the input, alive as long as anything of it is on its way.
struct Record {
  explicit Record(const SymbolTable& symbols) : tree(symbols) {}
  /// Makes it ready to be filled again; keeps its memory.
  void reset() {
    tree.clear();
    cda = false;
    outline = false;
    on_disk = false;
    stage = 0;
  }
  void set_text(std::string_view text, format::Format what) {
    size = text.size();
    bytes.assign(text);
    bytes.append(format::read_padding, '\0');
    format = what;
  }
  /// Makes it the file `source` as it is, whose bytes stay where they are.
  void set_file();
  /// Its bytes from `at` on, `most` at most.
  [[nodiscard]] std::string part(std::size_t at, std::size_t most) const;
  /// All of its bytes, in blocks. Throws Error{input} when the file has another length by now.
  void each_block(const std::function<void(std::string_view)>& take) const;
  std::string source;       ///< file
  std::uint64_t index = 0;  ///< record in the file, from 0
  std::string bytes;        ///< what is sent, with format::read_padding more bytes
  std::size_t size = 0;     ///< of the record in `bytes`
  format::Format format = format::Format::unknown;  ///< of `bytes`
  bool cda = false;                                 ///< a CDA document, not FHIR
  bool on_disk = false;                             ///< `bytes` is empty: they are in the file
  bool outline = false;  ///< the tree holds what planning needs only, see complete()
  Key key{};  ///< of the bytes as they came in, so that it stays the same whatever is made of them
  unsigned stage = 0;  ///< records of a later stage wait until those of earlier ones are settled
  tree::Tree tree;

  [[nodiscard]] std::string_view text() const noexcept {
    return {bytes.data(), on_disk ? 0 : size};
  }
};

/// One resource and what is to be done with it. Views point into its record's tree.
struct Entry {
  tree::NodeId node = tree::no_node;      ///< Bundle.entry, or no_node for a loose resource
  tree::NodeId resource = tree::no_node;  ///< may be no_node (DELETE, GET)
  std::string_view method;
  std::string_view url;  ///< relative to the base
  std::string_view full_url;
  std::string_view if_none_exist;
  std::string_view if_match;
  bool own_request = false;  ///< its Bundle says what is to be done with it
  bool repeatable = false;   ///< doing it twice is the same as doing it once
  State state = State::fresh;
  bool flying = false;       ///< in a parcel
  bool counted = false;      ///< what became of it is in the tally
  bool earlier = false;      ///< an earlier run has had it
  bool journalled = false;   ///< the journal says that it may have left (rows per entry)
  bool doubtful = false;     ///< it may have been applied already; find out before it is sent again
  Clock::time_point echo{};  ///< until then a request whose answer was lost may still be at work
  unsigned attempts = 0;     ///< requests that have carried it
  unsigned same = 0;         ///< failures of the latest kind in a row
  int latest = 0;            ///< what kind that was
  long status = 0;
  std::string location;                      ///< "Type/id" at the server
  std::string words;                         ///< why it is not applied
  std::shared_ptr<const std::string> body;   ///< what is sent in the record's stead
  std::shared_ptr<const RecordTexts> texts;  ///< what it gives to the region; nullptr: not asked
};

/// One record's entries, sent in one or more parcels.
struct Work {
  std::shared_ptr<Record> record;
  Key key{};
  std::vector<Entry> entries;
  bool journalled = false;   ///< the journal says that it may have left
  bool per_entry = false;    ///< the journal has a row for each entry, otherwise one for the whole
  bool loose = false;        ///< may share a parcel with other records
  bool twin = false;         ///< the same content is on its way already
  bool apart = false;        ///< waits for what it refers to, since it was refused beside it
  bool user_bundle = false;  ///< the record is a Bundle of its author's making
  std::size_t limit = 0;     ///< entries of a parcel at most, after a refusal; 0: no own limit
  std::size_t flying = 0;    ///< entries in parcels
  std::size_t final = 0;     ///< entries of which it is known what became of them
  std::uint32_t first_open = 0;  ///< no entry before this one is fresh
  std::vector<std::vector<std::uint32_t>>
      targets;                    ///< entries each one refers to; empty: not looked at yet
  record::References references;  ///< within the record, see target_of()
  bool indexed = false;           ///< the three here are of the record's tree as it is
  std::unordered_map<tree::NodeId, std::uint32_t> by_resource;  ///< entries
  std::unordered_map<std::string, std::uint32_t> names;  ///< entries by what only requests say
};
using WorkPtr = std::shared_ptr<Work>;

struct Member {
  WorkPtr work;
  std::uint32_t index = 0;
  [[nodiscard]] Entry& entry() const { return work->entries[index]; }
};

/// Entries that travel in one request.
struct Parcel {
  std::vector<Member> members;
  bool whole = false;       ///< one record's Bundle, sent as it was read
  bool repeatable = false;  ///< all members are
  bool seeking = false;     ///< what became of it is being found out by searches
  std::size_t sought = 0;   ///< members looked for so far
  unsigned rounds = 0;      ///< of searches
  Clock::time_point round_began{};
  unsigned seek_failures = 0;
  unsigned step = 0;  ///< of a delivery that takes several requests
  unsigned redirects = 0;
  unsigned renewals = 0;         ///< of the credential for this request
  Clock::time_point sent{};      ///< its latest request
  Clock::time_point doubtful{};  ///< since when it is being sought
  Millis patience{-1};           ///< how long to seek at least; < 0: as the endpoint's pace says
  std::string memo;              ///< of a delivery that takes several requests
  std::string url;               ///< after a redirect
  std::string address;           ///< of its latest request
  std::string poll;              ///< where its result is asked for; empty: it is not
  unsigned polls = 0;
  Clock::time_point poll_until{};  ///< then its result is given up
  std::vector<std::string> credential;
  std::size_t bytes = 0;  ///< of the latest body
};

/// Whether doing it again might double it, so that it has to be found out first what became of it.
[[nodiscard]] inline bool must_be_sought(const Entry& entry) {
  return entry.doubtful && !entry.repeatable && entry.state == State::fresh;
}

/// What a parcel's record gives to the region; nothing when it was not asked.
[[nodiscard]] const RecordTexts& texts_of(const Parcel& parcel);

/// Says of a parcel what its members are together.
void describe(Parcel& parcel);

/// How a member is called in reports: "Patient/1", "Patient?system|value", else type and place.
[[nodiscard]] std::string label_of(const Work& work, const Entry& entry);
/// "system|value" of a resource's first identifier that has a value, else empty.
[[nodiscard]] std::string identifier_of(const tree::Tree& tree, tree::NodeId resource);
using tree::child_node;
using tree::child_text;

/// The states of a work's entries for the journal and back: a line per entry that is no longer
/// fresh.
[[nodiscard]] std::string pack_entries(const Work& work);
void unpack_entries(const std::string& text, Work& work);

}  // namespace lhcr::deliver
