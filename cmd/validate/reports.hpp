// SPDX-License-Identifier: Apache-2.0
/// The reports that one run of `lhcr validate` writes.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/run/output.hpp"
#include "cmd/run/process.hpp"
#include "cmd/validate/validate.hpp"
#include "finding/report.hpp"
#include "terminology/store/library.hpp"

namespace lhcr::cmd {

/// The main report, and those of --report. Rendering is for any thread, the rest for one.
class Reports {
 public:
  /// `packages`: those that are read; `releases`: nullptr when none judges codes. Throws
  /// Error{usage} for a format that is not known or two reports in one place, Error{input} when a
  /// file cannot be made.
  Reports(const ValidateOptions& options, const Io& io,
          const std::vector<definition::PackageInfo>& packages,
          const terminology::Library* releases);

  /// Findings below this are in no report.
  [[nodiscard]] finding::Severity least() const noexcept { return least_; }
  /// Whether the main report leaves out what --verbose would show.
  [[nodiscard]] bool is_brief() const noexcept { return targets_.front().brief; }
  /// Whether a report says how long records took.
  [[nodiscard]] bool timed() const noexcept { return timed_; }

  /// Adds a finding to what take() will get.
  void render(const finding::Finding& finding, const finding::Place& place, Done& done) const;
  void render_outcome(const finding::Outcome& outcome, const finding::Place& place,
                      Done& done) const;

  void begin(std::size_t inputs);
  void begin_input(std::string_view input);
  void take(const Done& done);
  void end_input(const finding::Tally& tally);
  void end();
  /// Hands on what the main report holds back.
  void flush() { targets_.front().output->flush(); }
  /// Files appear.
  void finish();

 private:
  struct Target {
    std::unique_ptr<finding::Report> report;
    std::unique_ptr<Output> output;
    bool brief = false;      ///< without findings of severity information
    bool following = false;  ///< with findings that follow from others
  };
  /// What `--report` says.
  struct Request {
    finding::ReportFormat format;
    std::string path;
  };

  static Request requested(const std::string& text);
  void add(const Request& requested, const ValidateOptions& options, const Io& io);
  template <typename Call>
  void each(Call call);

  finding::Provenance provenance_;
  std::vector<Target> targets_;
  finding::Severity least_ = finding::Severity::warning;
  bool timed_ = false;
};

}  // namespace lhcr::cmd
