// SPDX-License-Identifier: Apache-2.0
#include "cmd/validate/validate.hpp"

#include <chrono>
#include <map>

#include "base/names.hpp"
#include "cmd/run/inputs.hpp"
#include "cmd/run/interrupt.hpp"
#include "cmd/run/process.hpp"
#include "cmd/run/progress.hpp"
#include "cmd/run/version.hpp"
#include "cmd/validate/reports.hpp"
#include "cmd/watch/watch.hpp"
#include "definition/constraint_keys.hpp"
#include "finding/id.hpp"
#include "finding/locate.hpp"
#include "format/xml/xml_encoding.hpp"
#include "record/record_reader.hpp"

namespace lhcr::cmd {
namespace {

using finding::Severity;

std::string without_prefix(const std::string& text, const std::string& prefix) {
  return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

/// Tomorrow in UTC as "2026-01-31": the latest day it can be anywhere.
std::string tomorrow() {
  namespace chrono = std::chrono;
  const chrono::year_month_day day{chrono::floor<chrono::days>(chrono::system_clock::now()) +
                                   chrono::days{1}};
  const auto digits = [](unsigned number) {
    return (number < 10 ? "-0" : "-") + std::to_string(number);
  };
  return std::to_string(static_cast<int>(day.year())) + digits(static_cast<unsigned>(day.month())) +
         digits(static_cast<unsigned>(day.day()));
}

std::uint64_t nanoseconds_since(std::chrono::steady_clock::time_point began) {
  const auto took = std::chrono::steady_clock::now() - began;
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(took).count());
}

/// The profiles that records of an input must conform to.
std::vector<std::string> profiles_for(const std::string& input,
                                      const std::vector<std::string>& rules) {
  std::vector<std::string> profiles;
  for (const std::string& rule : rules) {
    const std::size_t at = rule.rfind('@');
    if (at != std::string::npos && !finding::fits_input(rule.substr(at + 1), input)) continue;
    profiles.push_back(rule.substr(0, at));
  }
  return profiles;
}

/// What every worker validates with.
struct ValidateMeans {
  const definition::Library& library;
  const definition::Definitions* version;  ///< nullptr: each record's own
  const finding::Acceptance& acceptance;
  const Reports& reports;
  validate::Terminology* terminology;
  const terminology::Library* releases;
};

/// Validates records; compiled plans stay for the next record.
class ValidateWorker : public Worker {
 public:
  ValidateWorker(const ValidateMeans& means, const ValidateOptions& options)
      : means_(means),
        options_(options),
        reader_(means.library, reading(means, options)),
        findings_(most_findings, means.reports.least()),
        accepting_(means.acceptance, findings_) {}

  void work(const Input& input, const format::Record& record, Done& done) override {
    const auto began = means_.reports.timed() ? std::chrono::steady_clock::now()
                                              : std::chrono::steady_clock::time_point();
    begin(input.shown(), record.index);
    if (reader_.read(record, accepting_)) {
      const std::string_view id = record_id(reader_.tree());
      if (!id.empty()) accepting_.set_record(std::string(id));
      done.version = {reader_.sure_version(), record.index, record.line};
      validator(record.format, profiles_).validate(reader_.tree(), accepting_);
    }
    Arena arena;
    std::string_view text = record.bytes;
    if (!findings_.findings().empty()) {
      findings_.sort();
      text = format::counted_text(record, arena);
      finding::locate(findings_.findings(), text, {record.offset, record.line});
    }
    const std::uint64_t took = means_.reports.timed() ? nanoseconds_since(began) : 0;
    report({input.shown(), record.index, text, record.offset}, took, done);
  }

  void unreadable(const Input& input, const std::string& why, Done& done) override {
    begin(input.shown(), 0);
    finding::Finding found =
        finding::made(finding::id<"input-unreadable">, {without_prefix(why, input.path + ": ")});
    accepting_.add(std::move(found));
    report({input.shown(), 0, {}, 0}, 0, done);
  }

 private:
  static record::Reading reading(const ValidateMeans& means, const ValidateOptions& options) {
    record::Reading made;
    made.version = means.version;
    made.limits = options.reading;
    made.cda_types = true;
    made.foreign = finding::Severity::error;
    return made;
  }

  void begin(const std::string& input, std::uint64_t record) {
    if (input != input_) profiles_ = profiles_for(input, options_.profiles);
    input_ = input;
    findings_.clear();
    accepting_.begin_record(input, std::to_string(record));
  }

  static std::string_view record_id(const tree::Tree& tree) {
    const tree::NodeId id = tree.child(tree::root_node, name::id);
    return id == tree::no_node ? std::string_view{} : tree[id].text();
  }

  validate::Validator& validator(format::Format format, const std::vector<std::string>& profiles) {
    const bool xml = format == format::Format::xml;
    auto& slot = validators_[{&reader_.definitions(), xml, profiles}];
    if (!slot) {
      validate::Options options = options_.checks;
      options.profiles = profiles;
      options.xml_order = xml;
      options.latest_day = tomorrow();
      options.terminology = means_.terminology;
      options.library = means_.releases;
      for (const std::string_view version : means_.library.versions()) {
        options.other_versions.push_back(means_.library.version(version));
      }
      slot = std::make_unique<validate::Validator>(reader_.definitions(), means_.library.symbols(),
                                                   options);
    }
    return *slot;
  }

  [[nodiscard]] Severity worst() const {
    for (const Severity severity : {Severity::fatal, Severity::error, Severity::warning}) {
      if (findings_.count(severity) > 0) return severity;
    }
    return Severity::information;
  }

  void report(const finding::Place& place, std::uint64_t nanoseconds, Done& done) {
    done.tally.add_record(findings_);
    done.tally.accepted += accepting_.accepted();
    for (const finding::Finding& found : findings_.findings()) {
      means_.reports.render(found, place, done);
    }
    if (findings_.dropped() > 0) {
      finding::Finding rest =
          finding::made(finding::id<"findings-not-listed">, {std::to_string(findings_.dropped())});
      means_.reports.render(rest, place, done);
    }
    means_.reports.render_outcome({worst(), nanoseconds}, place, done);
  }

  const ValidateMeans& means_;
  const ValidateOptions& options_;
  record::RecordReader reader_;
  finding::Collector findings_;
  finding::AcceptingSink accepting_;
  std::string input_;                  // of the present record
  std::vector<std::string> profiles_;  // demanded of it
  std::map<std::tuple<const definition::Definitions*, bool, std::vector<std::string>>,
           std::unique_ptr<validate::Validator>>
      validators_;
};

/// Writes the reports and counts.
class ReportConsumer : public Consumer {
 public:
  ReportConsumer(Reports& reports, const finding::Acceptance& acceptance)
      : reports_(reports), acceptance_(acceptance) {}

  void begin_input(const Input& input) override {
    input_tally_ = {};
    input_tally_.files = 1;
    reports_.begin_input(input.shown());
  }
  void take(const Done& done) override {
    input_tally_ += done.tally;
    reports_.take(done);
  }
  void end_input() override {
    reports_.end_input(input_tally_);
    total_ += input_tally_;
  }
  void tell(const finding::Finding& finding, const finding::Place& place, Done& done) override {
    finding::Collector kept;
    finding::AcceptingSink accepting(acceptance_, kept);
    accepting.begin_record(std::string(place.input), std::to_string(place.record));
    accepting.add(finding);
    for (const finding::Finding& found : kept.findings()) {
      reports_.render(found, place, done);
      ++done.tally.warnings;
    }
    done.tally.accepted += accepting.accepted();
  }
  void idle() override { reports_.flush(); }
  [[nodiscard]] const finding::Tally& total() const noexcept { return total_; }

 private:
  Reports& reports_;
  const finding::Acceptance& acceptance_;
  finding::Tally input_tally_;
  finding::Tally total_;
};

}  // namespace

ExitCode verdict(const ValidateOptions& options, const finding::Tally& tally) {
  if (tally.unreadable > 0) return ExitCode::unreadable;
  if (!options.acceptance.write_baseline.empty()) return ExitCode::yes;
  const bool failed =
      tally.invalid > 0 || (options.fail_on == Severity::warning && tally.warnings > 0);
  return failed ? ExitCode::no : ExitCode::yes;
}

void declare(OptionList& list, ValidateOptions& options) {
  declare_input(list, options.input);
  list.group("What to check against");
  declare_version(list, options.version);
  declare_packages(list, options.packages);
  list.opt("--profile", options.profiles, {"URL[@FILE]", {Completion::words, "profiles"}},
           "Check every record against the profile with this canonical URL; with FILE, a glob, "
           "only the records of matching inputs; may be repeated");
  declare_layouts(list, options);
  declare_terminology(list, options.terminology);
  list.group("Report");
  list.opt(
      "-f,--format", options.format, "FORMAT", finding::report_formats(),
      "Write text (one line per finding), json (one line with one object per input), outcome (a "
      "FHIR OperationOutcome; for several inputs, a collection Bundle of them), junit (JUnit XML), "
      "sarif (SARIF 2.1.0), github (GitHub Actions annotations), html (one page with filters), "
      "markdown (a summary for the page of a CI job) or gitlab (GitLab code quality). By default "
      "the extension of --output decides: .sarif, .html, .xml (junit), .md, .json, otherwise text");
  list.opt("--report", options.reports, {"FORMAT=PATH"},
           "Write an additional report of the same run, such as junit=report.xml; without FORMAT= "
           "the extension of PATH decides; may be repeated");
  list.opt(
      "--no-excerpts", options.excerpts,
      "Leave out the excerpts of records that html and, on a terminal, text show with a finding");
  declare_output(list, options.output, "Write the report to PATH instead of standard output");
  list.opt(
      "--fail-on", options.fail_on, "SEVERITY",
      {{"error", Severity::error}, {"warning", Severity::warning}},
      "Exit with 1 when a finding has this severity or a higher one: error (default) or warning");
  declare_acceptance(list, options.acceptance);
  declare_checks(list, options.checks);
  list.opt("--allow-comments", options.reading.allow_comments, "Accept comments in JSON");
  list.group("General");
  declare_jobs(list, options.jobs);
  declare_watch(list, options.watch);
  declare_config(list, options.config);
  declare_verbosity(list, options.verbosity,
                    "Also list findings of severity information, such as what was not checked "
                    "(text, github and junit otherwise leave them out)");
}

std::string summary(bool brief, const finding::Tally& tally) {
  const bool hint = brief && tally.not_checked > 0 && tally.informations > 0;
  return std::string(interrupted() ? "lhcr: interrupted; " : "lhcr: ") + finding::summary(tally) +
         (hint ? " (--verbose says what)\n" : "\n");
}

namespace {

ExitCode run_once(const ValidateOptions& options, const Io& io) {
  if (wants_tables(options)) return validate_tables(options, io);
  Timings timings(io, options.verbosity.verbose);
  const std::vector<Input> inputs = expand_inputs(options.input, io, options.verbosity);
  definition::Library library;
  const auto packages =
      open_packages(library, options.packages, options.version.fhir, options.verbosity.quiet, io);
  const definition::Definitions* fhir = chosen_version(library, options.version.fhir);
  const auto terminology = terminology_server(options.terminology);
  const auto releases = open_releases(options.terminology, io);
  const RunAcceptance acceptance(options.acceptance,
                                 [&] { return definition::constraint_keys(library); });
  Reports reports(options, io, packages, releases->empty() ? nullptr : releases.get());
  ReportConsumer consumer(reports, acceptance.acceptance());
  reports.begin(inputs.size());
  timings.phase("start");
  const ValidateMeans means{library,
                            fhir,
                            acceptance.acceptance(),
                            reports,
                            terminology.get(),
                            releases->empty() ? nullptr : releases.get()};
  process(
      inputs, Work(options.jobs, options.verbosity, io),
      [&] { return std::make_unique<ValidateWorker>(means, options); }, consumer);
  timings.phase("records");
  reports.end();
  reports.finish();
  acceptance.finish();
  if (terminology) terminology->finish();
  if (!options.verbosity.quiet) io.say(summary(reports.is_brief(), consumer.total()));
  if (!options.verbosity.quiet && !releases->empty()) {
    io.say("lhcr: codes were judged by " + labels_of(*releases) + "\n");
  }
  timings.phase("report");
  timings.finish();
  const ExitCode code = verdict(options, consumer.total());
  if (!terminology || terminology->problem().empty()) return code;
  io.say("lhcr: the terminology server failed, so codes were not checked: " +
         terminology->problem() + "\n");
  return code == ExitCode::yes ? ExitCode::endpoint : code;
}

ExitCode run(const ValidateOptions& options, const Io& io) {
  if (!options.watch) return run_once(options, io);
  std::vector<std::string> outputs = {options.output.path, options.acceptance.write_baseline};
  for (const std::string& report : options.reports) {
    outputs.push_back(report.substr(report.find('=') + 1));
  }
  std::erase(outputs, "");
  return watched(options.input.paths, outputs, io, [&] { return run_once(options, io); });
}

}  // namespace

Command validate_command() {
  Command command;
  command.name = "validate";
  command.group = "Records";
  command.summary =
      "Check FHIR and CDA records against their specifications, and tables against layouts";
  command.description =
      "Checks records in JSON, XML or NDJSON: elements and their types, cardinality, values, "
      "codes, invariants, extensions, references, narrative and Bundles. CDA documents are checked "
      "against the classes of CDA R2 and the C-CDA templates that their templateIds name; NHS "
      "documents also against ITK's requirements for templates, identifiers and envelope. The kind "
      "of input is recognised from its content.";
  command.examples = {
      {"lhcr validate patient.json", "Check one record"},
      {"lhcr validate faulty/patient.json", "See what typical faults look like"},
      {"lhcr validate --format outcome patient.json patient.xml", "Two reports in one Bundle"},
      {"lhcr validate tables", "Check the tables of a folder by the metadata beside them"},
      {"cat weights.ndjson | lhcr validate --quiet --fail-on warning", "As a strict filter"},
  };
  return make_command<ValidateOptions>(std::move(command), declare, run);
}

}  // namespace lhcr::cmd
