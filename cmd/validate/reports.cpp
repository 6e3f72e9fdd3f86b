// SPDX-License-Identifier: Apache-2.0
#include "cmd/validate/reports.hpp"

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "base/suggest.hpp"
#include "cmd/validate/provenance.hpp"

namespace lhcr::cmd {
namespace {

using finding::ReportFormat;
using finding::Severity;

/// What people read, who want no more than they asked for.
bool is_for_people(ReportFormat format) {
  return format == ReportFormat::text || format == ReportFormat::github ||
         format == ReportFormat::junit || format == ReportFormat::markdown ||
         format == ReportFormat::gitlab;
}

/// Whether a report tells of its run. Text on standard output is findings and nothing else.
bool tells_of_run(ReportFormat format, const std::string& path) {
  const bool file = !path.empty() && path != "-";
  return file || format != ReportFormat::text;
}

bool was_given(const Io& io, std::string_view option) {
  return std::any_of(io.settings.begin(), io.settings.end(),
                     [&](const Setting& setting) { return setting.name == option; });
}

/// --format, or what the ending of --output means.
ReportFormat main_format(const ValidateOptions& options, const Io& io) {
  if (was_given(io, "--format")) return options.format;
  return finding::format_of_name(options.output.path).value_or(options.format);
}

[[noreturn]] void no_format(const std::string& text, const std::string& word) {
  std::vector<std::string_view> names;
  for (const auto& [name, format] : finding::report_formats()) names.push_back(name);
  throw Error(ErrorKind::usage, "--report: '" + text + "': there is no format '" + word + "'. " +
                                    instead_of(word, names));
}

}  // namespace

Reports::Request Reports::requested(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) {
    const auto format = finding::format_of_name(text);
    if (format) return {*format, text};
    throw Error(ErrorKind::usage,
                "--report: '" + text + "' is not FORMAT=PATH, and its ending is that of no format");
  }
  const std::string word = text.substr(0, equals);
  if (equals + 1 == text.size()) {
    throw Error(ErrorKind::usage, "--report: '" + text + "' names no file");
  }
  for (const auto& [name, format] : finding::report_formats()) {
    if (name == word) return {format, text.substr(equals + 1)};
  }
  no_format(text, word);
}

Reports::Reports(const ValidateOptions& options, const Io& io,
                 const std::vector<definition::PackageInfo>& packages,
                 const terminology::Library* releases) {
  std::vector<Request> all = {{main_format(options, io), options.output.path}};
  for (const std::string& text : options.reports) all.push_back(requested(text));
  std::set<std::string> places;
  for (const Request& one : all) {
    const std::string place = one.path.empty() ? "-" : one.path;
    if (!places.insert(place).second) {
      throw Error(ErrorKind::usage,
                  "two reports would be written to " + (place == "-" ? "standard output" : place));
    }
  }
  provenance_.version = version();
  if (std::any_of(all.begin(), all.end(),
                  [](const Request& one) { return tells_of_run(one.format, one.path); })) {
    provenance_ = provenance_of(packages, io.settings, releases);
  }
  for (const Request& one : all) add(one, options, io);
}

void Reports::add(const Request& requested, const ValidateOptions& options, const Io& io) {
  const bool text = requested.format == ReportFormat::text;
  const bool to_terminal = (requested.path.empty() || requested.path == "-") && io.out_terminal;
  finding::ReportOptions made{use_colour(options.verbosity.colour, to_terminal, io),
                              options.excerpts && (to_terminal || !text),
                              options.verbosity.verbose,
                              {},
                              options.fail_on};
  if (tells_of_run(requested.format, requested.path)) made.provenance = provenance_;
  Target target;
  target.report = finding::make_report(requested.format, made);
  target.output = std::make_unique<Output>(requested.path, io, text);
  target.brief = is_for_people(requested.format) && !options.verbosity.verbose;
  target.following = options.verbosity.verbose || requested.format == ReportFormat::json ||
                     requested.format == ReportFormat::outcome;
  if (!target.brief) least_ = Severity::information;
  timed_ = timed_ || (requested.format == ReportFormat::junit && provenance_.timed);
  targets_.push_back(std::move(target));
}

void Reports::render(const finding::Finding& finding, const finding::Place& place,
                     Done& done) const {
  done.tables.resize(targets_.size() - 1);
  for (std::size_t at = 0; at < targets_.size(); ++at) {
    const Target& target = targets_[at];
    if (target.brief && finding.severity == Severity::information) continue;
    if (finding.follows && !target.following) continue;
    target.report->render(finding, place, at == 0 ? done.out : done.tables[at - 1]);
  }
}

void Reports::render_outcome(const finding::Outcome& outcome, const finding::Place& place,
                             Done& done) const {
  done.tables.resize(targets_.size() - 1);
  for (std::size_t at = 0; at < targets_.size(); ++at) {
    targets_[at].report->render_outcome(outcome, place, at == 0 ? done.out : done.tables[at - 1]);
  }
}

template <typename Call>
void Reports::each(Call call) {
  std::string text;
  for (std::size_t at = 0; at < targets_.size(); ++at) {
    text.clear();
    call(*targets_[at].report, at, text);
    targets_[at].output->write(text);
  }
}

void Reports::begin(std::size_t inputs) {
  each([&](finding::Report& report, std::size_t, std::string& out) { report.begin(inputs, out); });
}

void Reports::begin_input(std::string_view input) {
  each([&](finding::Report& report, std::size_t, std::string& out) {
    report.begin_input(input, out);
  });
}

void Reports::take(const Done& done) {
  each([&](finding::Report& report, std::size_t at, std::string& out) {
    if (at == 0) return report.add_items(done.out, out);
    if (at <= done.tables.size()) report.add_items(done.tables[at - 1], out);
  });
}

void Reports::end_input(const finding::Tally& tally) {
  each([&](finding::Report& report, std::size_t, std::string& out) {
    report.end_input(tally, out);
  });
}

void Reports::end() {
  each([](finding::Report& report, std::size_t, std::string& out) { report.end(out); });
}

void Reports::finish() {
  for (const Target& target : targets_) target.output->finish();
}

}  // namespace lhcr::cmd
