// SPDX-License-Identifier: Apache-2.0
/// What an HTTP answer says about the resources a request carried.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "deliver/job/pacing.hpp"
#include "deliver/job/work.hpp"
#include "deliver/transport/http.hpp"
#include "format/format.hpp"
#include "record/plain_reader.hpp"

namespace lhcr::deliver {

enum class Result : std::uint8_t {
  applied,  ///< the server has it
  refused,  ///< the server will never take it as it is
  again,    ///< certainly not applied; may be tried again
  unknown,  ///< may or may not be applied
};

struct Verdict {
  Result result = Result::unknown;
  long status = 0;
  std::string location;  ///< "Type/id"
  std::string words;
};

/// What an answer says as a whole.
struct Reading {
  Verdict whole;
  std::vector<Verdict> entries;  ///< of a transaction-response or batch-response, else empty
  std::optional<Millis> retry_after;
  bool too_large = false;     ///< 413: less at a time
  bool unauthorised = false;  ///< 401
  std::string redirect;       ///< Location of a redirect
  bool transient = false;     ///< counts against the endpoint
};

/// Reads answers. Keeps its scratch memory; one reader belongs to one job.
class AnswerReader {
 public:
  AnswerReader();
  /// Judges an answer. `bundle_of`: number of entries that were sent in a Bundle, 0 when a single
  /// resource was. `base_url` is cut off locations.
  Reading read(const Answer& answer, std::size_t bundle_of, std::string_view base_url);
  /// The resource in a 200, its names that matter here at least; nothing when there is none.
  /// Belongs to the reader, until its next answer.
  const tree::Tree* resource(const Answer& answer);
  /// Number of matches of a search answer and the id of the first, or nothing when it is no
  /// searchset.
  struct Matches {
    std::size_t count = 0;
    std::string location;
  };
  std::optional<Matches> matches(const Answer& answer);

 private:
  bool parse(const Answer& answer);
  [[nodiscard]] std::string outcome_words(tree::NodeId outcome) const;
  void read_body(const Answer& answer, std::size_t bundle_of, std::string_view base_url,
                 Reading& reading);
  [[nodiscard]] Verdict read_entry(tree::NodeId entry, std::string_view base_url) const;

  SymbolTable symbols_;
  record::NamedReader named_;
  Symbol entry_, response_, status_, location_;  ///< of what every answer to a Bundle holds
  tree::Tree tree_;
  record::PlainReader whole_;
  std::string padded_;
};

/// What a status alone says, and whether it counts against the endpoint.
[[nodiscard]] Result result_of_status(long status);
/// "Type/id" of a location: without base and without _history.
[[nodiscard]] std::string local_reference(std::string_view location, std::string_view base_url);

}  // namespace lhcr::deliver
