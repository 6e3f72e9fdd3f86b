// SPDX-License-Identifier: Apache-2.0
/// The report formats, one file each; report.cpp chooses.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "finding/report.hpp"

namespace lhcr::finding {

[[nodiscard]] std::unique_ptr<Report> make_text_report(const ReportOptions& options);
[[nodiscard]] std::unique_ptr<Report> make_json_report(const ReportOptions& options);
[[nodiscard]] std::unique_ptr<Report> make_outcome_report(const ReportOptions& options);
[[nodiscard]] std::unique_ptr<Report> make_junit_report(const ReportOptions& options);
[[nodiscard]] std::unique_ptr<Report> make_sarif_report(const ReportOptions& options);
[[nodiscard]] std::unique_ptr<Report> make_github_report(const ReportOptions& options);
[[nodiscard]] std::unique_ptr<Report> make_html_report(const ReportOptions& options);
[[nodiscard]] std::unique_ptr<Report> make_markdown_report(const ReportOptions& options);
[[nodiscard]] std::unique_ptr<Report> make_gitlab_report(const ReportOptions& options);

/// provenance_rows() as lines "tool: lhcr 0.1.0" behind `mark`, without control characters; empty
/// when nothing is said of the run.
[[nodiscard]] std::string provenance_lines(const Provenance& provenance, std::string_view mark);

/// Writes the commas of a JSON list whose items come one by one.
class Commas {
 public:
  void restart() noexcept { first_ = true; }
  /// Appends a comma except before the first item since restart().
  void before_item(std::string& out) {
    if (!first_) out += ',';
    first_ = false;
  }

 private:
  bool first_ = true;
};

/// What a format renders for its own add_items(): fields end with `field_end`, which
/// no printable text has.
constexpr char field_end = '\x1f';
constexpr char item_end = '\x1e';
/// Takes a field off the front.
[[nodiscard]] std::string_view take_field(std::string_view& item);
/// Takes an item off the front, which is not empty.
[[nodiscard]] std::string_view take_item(std::string_view& items);

/// How many findings of each kind there were, and how grave the worst was.
class KindCounts {
 public:
  struct Kind {
    Severity severity = Severity::information;
    std::uint64_t count = 0;
  };
  void add(std::string_view id, Severity severity);
  [[nodiscard]] const std::map<std::string, Kind>& by_id() const noexcept { return kinds_; }
  /// The gravest first, of these the most frequent.
  [[nodiscard]] std::vector<std::pair<std::string, Kind>> by_weight() const;

 private:
  std::map<std::string, Kind> kinds_;
};

/// Appends what a record says as a JSON string; bytes that are no UTF-8 become U+FFFD.
void append_string(std::string_view text, std::string& out);
/// Appends what a record says for a terminal, see printable().
void append_plain(std::string_view text, std::string& out);
/// Appends `,"name":` and the text as a JSON string; nothing when the text is empty.
void append_member(std::string_view name, std::string_view text, std::string& out);
/// Appends `,"name":number`.
void append_member(std::string_view name, std::uint64_t number, std::string& out);

}  // namespace lhcr::finding
