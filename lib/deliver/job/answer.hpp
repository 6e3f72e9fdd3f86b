// SPDX-License-Identifier: Apache-2.0
/// What an HTTP answer says about the resources a request carried.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "deliver/job/pacing.hpp"
#include "deliver/job/work.hpp"
#include "deliver/style/verdicts.hpp"
#include "deliver/transport/http.hpp"
#include "format/format.hpp"
#include "record/plain_reader.hpp"

namespace lhcr::deliver {

struct Verdict {
  Result result = Result::unknown;
  long status = 0;
  std::string location;  ///< "Type/id"
  std::string words;
};

/// A MessageHeader.response that an answer holds.
struct MessageResponse {
  std::string identifier;  ///< of the message that is answered
  std::string code;
};

/// What an answer says as a whole.
struct Reading {
  Verdict whole;
  std::string type;              ///< of the resource that a good answer is; empty: it is none
  std::string name;              ///< its "Type/id"
  std::vector<Verdict> entries;  ///< of a transaction-response or batch-response, else empty
  std::vector<MessageResponse> responses;  ///< of a Bundle that is a message
  std::string details;                     ///< what an OperationOutcome beside them says
  std::optional<Millis> retry_after;
  bool too_large = false;     ///< 413: less at a time
  bool unauthorised = false;  ///< 401
  std::string redirect;       ///< Location of a redirect
  bool transient = false;     ///< counts against the endpoint
};

/// Reads answers. Keeps its scratch memory; one reader belongs to one job.
class AnswerReader {
 public:
  /// `style`: whose rows of verdicts.def hold.
  /// `accepts`: 202 without a place for its result means applied.
  explicit AnswerReader(std::string style, bool accepts = false);
  /// Judges an answer. `bundle_of`: number of entries that were sent in a Bundle, 0 when a single
  /// resource was. `base_url` is cut off locations.
  Reading read(const Answer& answer, std::size_t bundle_of, std::string_view base_url);
  /// Judges the answer of a place where the result of what was accepted is asked for (FHIR async):
  /// the answer itself, or in a batch-response of one entry that one's (R5, async Bundle).
  /// Transient or accepted: it is not there yet.
  Reading read_result(const Answer& answer, std::size_t bundle_of, std::string_view base_url);
  /// The resource in a 200, its names that matter here at least; nothing when there is none.
  /// Belongs to the reader, until its next answer.
  const tree::Tree* resource(const Answer& answer);
  /// A resource that is looked for.
  struct Sought {
    const tree::Tree& tree;
    tree::NodeId resource;
    std::string identifier;  ///< see identifier_of(); empty: it is read under its own id
  };
  /// What the answer to a search, or to a read, says about it.
  struct Matches {
    std::vector<std::string> locations;  ///< of what has its identity and contradicts it nowhere
    std::vector<std::string> others;     ///< of what has its identity and says something else
    std::size_t strangers = 0;           ///< results that were not asked for
  };
  /// Nothing when the answer is not the server's, or tells nothing.
  std::optional<Matches> matches(const Answer& answer, const Sought& sought);

 private:
  bool parse(const Answer& answer);
  [[nodiscard]] std::string outcome_words(tree::NodeId outcome) const;
  [[nodiscard]] std::string name_of(tree::NodeId resource) const;
  void read_entries(tree::NodeId bundle, std::size_t bundle_of, std::string_view base_url,
                    Reading& reading) const;
  [[nodiscard]] tree::NodeId only_entry() const;
  bool read_body(const Answer& answer, std::size_t bundle_of, std::string_view base_url,
                 Reading& reading);
  [[nodiscard]] bool read_whole(const Answer& answer);
  void read_resource(tree::NodeId resource, Reading& reading) const;
  void read_message(tree::NodeId bundle, Reading& reading) const;
  void read_failure(const Answer& answer, Reading& reading) const;
  void read_accepted(const Answer& answer, std::size_t bundle_of, std::string_view base_url,
                     Reading& reading);
  [[nodiscard]] std::optional<Result> failure_of(tree::NodeId outcome) const;
  [[nodiscard]] Verdict read_entry(tree::NodeId entry, std::string_view base_url) const;

  std::string style_;
  bool accepts_;
  SymbolTable symbols_;
  record::NamedReader named_;
  tree::Tree tree_;
  record::PlainReader whole_;
  std::string padded_;
};

/// Whether what the server has at `theirs` contradicts what was sent, `own`, somewhere: an element
/// that both have with other values. Ids, meta, narrative and references are the server's own.
[[nodiscard]] bool contradicts(const tree::Tree& tree, tree::NodeId theirs, const tree::Tree& sent,
                               tree::NodeId own);
/// "Type/id" of a location: without base and without _history.
[[nodiscard]] std::string local_reference(std::string_view location, std::string_view base_url);

}  // namespace lhcr::deliver
