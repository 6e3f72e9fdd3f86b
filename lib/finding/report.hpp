// SPDX-License-Identifier: Apache-2.0
/// Reports: findings written for people and for programs, one input after the other, never holding
/// more than one finding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "finding/finding.hpp"
#include "finding/provenance.hpp"

namespace lhcr::finding {

/// What one input, or a whole run, came to.
struct Tally {
  std::uint64_t files = 0;
  std::uint64_t records = 0;
  std::uint64_t invalid = 0;     ///< records with an error, the unreadable ones among them
  std::uint64_t unreadable = 0;  ///< records (or files) that could not be read to their end
  std::uint64_t fatals = 0;      ///< findings of severity fatal
  std::uint64_t errors = 0;      ///< findings of severity error
  std::uint64_t warnings = 0;
  std::uint64_t informations = 0;
  std::uint64_t accepted = 0;   ///< findings left out by --ignore or a baseline; part of no other
  std::uint64_t following = 0;  ///< findings that follow from others; part of no other
  std::uint64_t not_checked =
      0;  ///< findings that say a check could not be made; part of `informations` or `warnings`

  /// Counts one record's findings.
  void add_record(const Collector& findings);
  Tally& operator+=(const Tally& other);
};

/// Where a finding's record is.
struct Place {
  std::string_view input;        ///< the file's name as given, "-" for standard input
  std::uint64_t record = 0;      ///< from 0
  std::string_view source = {};  ///< the record's bytes, for excerpts
  std::uint64_t offset = 0;      ///< of the record in its file
};

/// What a record came to.
struct Outcome {
  Severity worst = Severity::information;  ///< of its findings; information when it has none
  std::uint64_t nanoseconds = 0;           ///< that it took; 0: not measured
};

/// One report format. Inputs follow each other, each between begin_input() and end_input(); `out`
/// is appended to and may be emptied by the caller at any time.
class Report {
 public:
  Report() = default;
  Report(const Report&) = delete;
  Report& operator=(const Report&) = delete;
  virtual ~Report() = default;

  /// `inputs`: how many will come.
  virtual void begin(std::size_t inputs, std::string& out) = 0;
  virtual void begin_input(std::string_view input, std::string& out) = 0;
  /// Appends one finding to `items`, which add_items() takes. Changes nothing, so that any thread
  /// may call it.
  virtual void render(const Finding& finding, const Place& place, std::string& items) const = 0;
  /// Appends what a record came to, behind its findings. Any thread may call it; most formats say
  /// nothing.
  virtual void render_outcome(const Outcome& outcome, const Place& place,
                              std::string& items) const {
    static_cast<void>(outcome);
    static_cast<void>(place);
    static_cast<void>(items);
  }
  /// Adds rendered findings to the present input.
  virtual void add_items(std::string_view items, std::string& out) = 0;
  virtual void end_input(const Tally& tally, std::string& out) = 0;
  virtual void end(std::string& out) = 0;
};

enum class ReportFormat : std::uint8_t {
  text,      ///< `file:line:col: severity: path: text [id]`, an excerpt, an indented hint
  json,      ///< one JSON object a line and input
  outcome,   ///< one OperationOutcome for one input, else a collection Bundle of them
  junit,     ///< JUnit XML as Jenkins and GitLab read it
  sarif,     ///< SARIF 2.1.0 for viewers of code scanning
  github,    ///< annotations of GitHub Actions
  html,      ///< one page that needs nothing besides itself
  markdown,  ///< a summary as CI systems show it
  gitlab,    ///< GitLab's code quality
};

struct ReportOptions {
  bool colour = false;      ///< of text
  bool excerpts = false;    ///< html and text show what stands at a finding's place
  bool candidates = false;  ///< text shows all that were considered, not only the first few
  Provenance provenance = {};
  Severity failing = Severity::error;  ///< least severity that is a failure in junit
};
/// The words of the formats, as options have them.
[[nodiscard]] const std::vector<std::pair<std::string_view, ReportFormat>>& report_formats();
/// The format that the ending of a file's name means: .sarif, .html, .xml (junit), .md, .json, .txt
/// (text); nothing for another one.
[[nodiscard]] std::optional<ReportFormat> format_of_name(std::string_view path);
[[nodiscard]] std::unique_ptr<Report> make_report(ReportFormat format,
                                                  const ReportOptions& options);

/// "2 files, 3 records: 1 valid, 2 invalid; 4 errors, 1 warning"; counts of zero that say nothing
/// are left out.
[[nodiscard]] std::string summary(const Tally& tally);

}  // namespace lhcr::finding
