// SPDX-License-Identifier: Apache-2.0
#include "cmd/validate/validate.hpp"

#include <chrono>
#include <map>

#include "cmd/run/inputs.hpp"
#include "cmd/run/interrupt.hpp"
#include "cmd/run/output.hpp"
#include "cmd/run/process.hpp"
#include "cmd/run/progress.hpp"
#include "cmd/run/version.hpp"
#include "definition/constraint_keys.hpp"
#include "finding/id.hpp"
#include "finding/locate.hpp"
#include "format/xml/xml_encoding.hpp"
#include "record/record_reader.hpp"

namespace lhcr::cmd {
namespace {

using finding::ReportFormat;
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

bool hides_information(const ValidateOptions& options) {
  const bool brief = options.format == ReportFormat::text ||
                     options.format == ReportFormat::github ||
                     options.format == ReportFormat::junit;
  return brief && !options.verbosity.verbose;
}

/// What every worker validates with.
struct ValidateMeans {
  const definition::Library& library;
  const definition::Definitions* version;  ///< nullptr: each record's own
  const finding::Acceptance& acceptance;
  const finding::Report& report;
  validate::Terminology* terminology;
  const terminology::Library* releases;
};

/// Programs get everything, people the cause of it, with --verbose what follows too.
bool shows_following(const ValidateOptions& options) {
  return options.verbosity.verbose || options.format == ReportFormat::json ||
         options.format == ReportFormat::outcome;
}

/// Validates records; compiled plans stay for the next record.
class ValidateWorker : public Worker {
 public:
  ValidateWorker(const ValidateMeans& means, const ValidateOptions& options)
      : means_(means),
        options_(options),
        reader_(means.library, reading(means, options)),
        findings_(most_findings, least_severity(options)),
        accepting_(means.acceptance, findings_) {}

  void work(const Input& input, const format::Record& record, Done& done) override {
    begin(input.path, record.index);
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
    report({input.path, record.index, text, record.offset}, done);
  }

  void unreadable(const Input& input, const std::string& why, Done& done) override {
    begin(input.path, 0);
    finding::Finding found;
    found.id = finding::id<"input-unreadable">;
    found.severity = finding::entry(found.id).severity;
    found.arguments = {without_prefix(why, input.path + ": ")};
    accepting_.add(std::move(found));
    report({input.path, 0, {}, 0}, done);
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
    const tree::NodeId id = tree.child(tree::root_node, tree.find("id"));
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

  void report(const finding::Place& place, Done& done) {
    done.tally.add_record(findings_);
    done.tally.accepted += accepting_.accepted();
    for (const finding::Finding& found : findings_.findings()) {
      const bool shown = !found.follows || shows_following(options_);
      if (shown) means_.report.render(found, place, done.out);
    }
    if (findings_.dropped() > 0) {
      finding::Finding rest;
      rest.id = finding::id<"findings-not-listed">;
      rest.severity = Severity::information;
      rest.arguments = {std::to_string(findings_.dropped())};
      means_.report.render(rest, place, done.out);
    }
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

/// Writes the report and counts.
class ReportConsumer : public Consumer {
 public:
  ReportConsumer(finding::Report& report, const finding::Acceptance& acceptance, Output& output)
      : report_(report), acceptance_(acceptance), output_(output) {}

  void begin_input(const Input& input) override {
    input_tally_ = {};
    input_tally_.files = 1;
    report_.begin_input(input.path, text_);
  }
  void take(const Done& done) override {
    input_tally_ += done.tally;
    report_.add_items(done.out, text_);
    hand_on();
  }
  void end_input() override {
    report_.end_input(input_tally_, text_);
    total_ += input_tally_;
    hand_on();
  }
  void tell(const finding::Finding& finding, const finding::Place& place, Done& done) override {
    finding::Collector kept;
    finding::AcceptingSink accepting(acceptance_, kept);
    accepting.begin_record(std::string(place.input), std::to_string(place.record));
    accepting.add(finding);
    for (const finding::Finding& found : kept.findings()) {
      report_.render(found, place, done.out);
      ++done.tally.warnings;
    }
    done.tally.accepted += accepting.accepted();
  }
  void idle() override { output_.flush(); }
  [[nodiscard]] const finding::Tally& total() const noexcept { return total_; }

 private:
  void hand_on() {
    output_.write(text_);
    text_.clear();
  }

  finding::Report& report_;
  const finding::Acceptance& acceptance_;
  Output& output_;
  std::string text_;
  finding::Tally input_tally_;
  finding::Tally total_;
};

}  // namespace

Severity least_severity(const ValidateOptions& options) {
  return hides_information(options) ? Severity::warning : Severity::information;
}

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
           "Canonical URL of a profile that every record must conform to; with FILE, a glob, every "
           "record of inputs that it fits; may be repeated");
  declare_layouts(list, options);
  declare_terminology(list, options.terminology);
  list.group("Report");
  list.opt(
      "-f,--format", options.format, "FORMAT",
      {{"text", ReportFormat::text},
       {"json", ReportFormat::json},
       {"outcome", ReportFormat::outcome},
       {"junit", ReportFormat::junit},
       {"sarif", ReportFormat::sarif},
       {"github", ReportFormat::github},
       {"html", ReportFormat::html}},
      "text: a line a finding; json: an object a line and input; outcome: a FHIR "
      "OperationOutcome, for several inputs a collection Bundle of them; junit: JUnit XML; "
      "sarif: SARIF 2.1.0; github: annotations of GitHub Actions; html: one page with filters");
  list.opt(
      "--no-excerpts", options.excerpts,
      "Leave out what the record has at the place of a finding, which html and, on a terminal, "
      "text show");
  declare_output(list, options.output, "Write the report to PATH instead of standard output");
  list.opt("--fail-on", options.fail_on, "SEVERITY",
           {{"error", Severity::error}, {"warning", Severity::warning}},
           "Least severity that makes the exit code 1: error (default) or warning");
  declare_acceptance(list, options.acceptance);
  declare_checks(list, options.checks);
  list.opt("--allow-comments", options.reading.allow_comments, "Take comments in JSON as good");
  list.group("General");
  declare_jobs(list, options.jobs);
  declare_config(list, options.config);
  declare_verbosity(list, options.verbosity,
                    "List findings of severity information too, such as what was not checked "
                    "(text, github and junit leave them out otherwise)");
}

std::string summary(const ValidateOptions& options, const finding::Tally& tally) {
  const bool hint = hides_information(options) && tally.not_checked > 0 && tally.informations > 0;
  return std::string(interrupted() ? "lhcr: interrupted; " : "lhcr: ") + finding::summary(tally) +
         (hint ? " (--verbose says what)\n" : "\n");
}

namespace {

ExitCode run(const ValidateOptions& options, const Io& io) {
  if (wants_tables(options)) return validate_tables(options, io);
  Timings timings(io, options.verbosity.verbose);
  const std::vector<Input> inputs = expand_inputs(options.input, io, options.verbosity);
  definition::Library library;
  open_packages(library, options.packages, options.version.fhir, options.verbosity.quiet, io);
  const definition::Definitions* fhir = chosen_version(library, options.version.fhir);
  const bool to_terminal = options.output.path.empty() && io.out_terminal;
  const auto terminology = terminology_server(options.terminology);
  const auto releases = open_releases(options.terminology, io);
  const RunAcceptance acceptance(options.acceptance,
                                 [&] { return definition::constraint_keys(library); });
  const auto report = finding::make_report(
      options.format, {use_colour(options.verbosity.colour, to_terminal, io),
                       options.excerpts && (to_terminal || options.format != ReportFormat::text),
                       std::string(version()), options.fail_on});
  Output output(options.output.path, io, options.format == ReportFormat::text);
  ReportConsumer consumer(*report, acceptance.acceptance(), output);
  std::string text;
  report->begin(inputs.size(), text);
  output.write(text);
  timings.phase("start");
  const ValidateMeans means{library,
                            fhir,
                            acceptance.acceptance(),
                            *report,
                            terminology.get(),
                            releases->empty() ? nullptr : releases.get()};
  process(
      inputs, Work(options.jobs, options.verbosity, io),
      [&] { return std::make_unique<ValidateWorker>(means, options); }, consumer);
  timings.phase("records");
  text.clear();
  report->end(text);
  output.write(text);
  output.finish();
  acceptance.finish();
  if (terminology) terminology->finish();
  if (!options.verbosity.quiet) io.say(summary(options, consumer.total()));
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

}  // namespace

Command validate_command() {
  Command command;
  command.name = "validate";
  command.group = "Records";
  command.summary = "Check FHIR and CDA records against the specification, tables against layouts";
  command.description =
      "Checks records in JSON, XML or NDJSON: elements and their types, cardinality, values, "
      "codes, "
      "invariants, extensions, references, narrative and Bundles. CDA documents are checked "
      "against "
      "the classes of CDA R2, the C-CDA templates that their templateIds name, and, those of the "
      "NHS, against what ITK demands of templates, identifiers and envelope. The kind of input is "
      "seen from its content.";
  command.examples = {
      {"lhcr validate patient.json", "Check one record"},
      {"lhcr validate faulty/patient.json", "See what typical faults look like"},
      {"lhcr validate --format outcome patient.json patient.xml", "Two reports in one Bundle"},
      {"lhcr validate tables", "Check the tables of a folder by the metadata beside them"},
      {"cat weights.ndjson | lhcr validate --quiet --fail-on warning", "As a filter, strictly"},
  };
  return make_command<ValidateOptions>(std::move(command), declare, run);
}

}  // namespace lhcr::cmd
