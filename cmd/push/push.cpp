// SPDX-License-Identifier: Apache-2.0
#include "cmd/push/push.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <future>
#include <mutex>
#include <set>

#include "base/error.hpp"
#include "base/number_in.hpp"
#include "base/text.hpp"
#include "cmd/convert/convert_csv.hpp"
#include "cmd/push/endpoint.hpp"
#include "cmd/push/push_prepare.hpp"
#include "cmd/run/inputs.hpp"
#include "cmd/run/output.hpp"
#include "cmd/run/progress.hpp"
#include "cmd/run/status_line.hpp"
#include "deliver/job/report.hpp"
#include "deliver/job/source.hpp"

namespace lhcr::cmd {
namespace {

namespace fs = std::filesystem;
using deliver::Clock;
using deliver::Millis;

volatile std::sig_atomic_t interruptions = 0;

/// Options that stand for a key of the region have its limits.
void take_numbers(const PushOptions& options, deliver::Region& region) {
  const auto take = [&region](const char* option, const char* key, std::string_view text) {
    for (const std::string_view unit : {"/s", "s"}) {
      if (text.ends_with(unit)) text.remove_suffix(unit.size());
    }
    if (!text.empty()) region.set(key, std::string(text), option);
  };
  if (options.connections > 0) {
    take("--connections", "endpoint.connections", std::to_string(options.connections));
  }
  take("--rate", "endpoint.rate", options.rate);
  take("--timeout", "endpoint.timeout", options.timeout);
}

/// What names the input of a job: the paths as given, made absolute, so that files added to a
/// folder belong to it.
std::string input_name(const InputOptions& options) {
  std::string name;
  for (const std::string& path : options.paths) {
    std::error_code none;
    const fs::path absolute = path == "-" ? fs::path(path) : fs::weakly_canonical(path, none);
    name += (name.empty() ? "" : "\n") + (absolute.empty() ? path : absolute.string());
  }
  return name.empty() ? "-" : name;
}

deliver::JobSettings make_settings(const PushOptions& options, const deliver::Region& region) {
  deliver::JobSettings settings = job_settings(region, options.style, secret_access());
  settings.transport.user_agent = "lhcr/" + std::string(version());
  if (options.give_up > 0) {
    settings.give_up = std::chrono::seconds(options.give_up);
    settings.most_asked = Millis(0);
  }
  settings.transport.patience = std::max(settings.give_up, settings.most_asked);
  settings.transport.cancelled = [] { return interruptions > 0; };
  settings.attempts = options.attempts;
  settings.retry_failed = options.retry_failed;
  settings.dry_run = !options.dry_run.empty();
  // What is looked into is not sent as files, but as the records in them.
  settings.whole_files = settings.whole_files && !options.validate && !options.convert;
  settings.identity = {input_name(options.input), settings.target, settings.style};
  return settings;
}

/// A dry run looks into a journal that exists, and makes none.
std::string journal_path(const PushOptions& options, const deliver::JobSettings& settings) {
  if (options.journal == "none") return {};
  const std::string path =
      options.journal.empty() ? default_journal(settings.identity) : options.journal;
  std::error_code none;
  return settings.dry_run && !fs::exists(path, none) ? std::string() : path;
}

/// Prints issues and summary to the report, progress to a terminal.
class PushReport {
 public:
  PushReport(const PushOptions& options, const Io& io)
      : options_(options), io_(io), output_(options.report.path), begin_(Clock::now()) {}

  /// Called in any thread.
  void say(const std::string& text) {
    const std::lock_guard guard(terminal_);
    io_.say(text);
  }
  void issue(const deliver::Issue& issue) {
    const std::lock_guard guard(terminal_);
    output_.write(options_.format == PushFormat::json ? issue_json(issue) : issue_text(issue));
    if (options_.report.path.empty()) output_.flush();
  }
  void planned(const deliver::PlannedRequest& request) {
    const std::lock_guard guard(terminal_);
    const bool full = options_.dry_run == "full";
    output_.write(options_.format == PushFormat::json ? planned_json(request, full)
                                                      : planned_text(request, full));
  }
  void progress(const deliver::Tally& tally, std::uint64_t total) {
    if (!io_.err_terminal || options_.verbosity.quiet) return;
    show_status(progress_text(tally, total));
  }
  /// "lhcr: 45 %, 1234 applied, 2 not, 310/s, 0:12 left"; `total`: bytes of the input or 0.
  [[nodiscard]] std::string progress_text(const deliver::Tally& tally, std::uint64_t total) const {
    const std::uint64_t applied = tally.applied + tally.already;
    const auto milliseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(1, took().count()));
    const std::uint64_t rate = (applied + tally.refused) * 1000 / milliseconds;
    const std::uint64_t position = std::min(tally.position, total);
    return "lhcr: " + (total > 0 ? std::to_string(position * 100 / total) + " %, " : "") +
           std::to_string(applied) + " applied, " + std::to_string(tally.open()) + " not, " +
           std::to_string(rate) + "/s" + left_text(position, total, took());
  }
  void finish(const deliver::Tally& tally) {
    clear_status();
    const bool json = options_.format == PushFormat::json;
    const bool dry = !options_.dry_run.empty();
    const std::string summary =
        json ? summary_json(tally, took(), dry) : summary_text(tally, took(), dry);
    if (json || !options_.verbosity.quiet) output_.write(summary);
    output_.finish();
    if (tally.interrupted) {
      io_.say(options_.journal == "none"
                  ? "lhcr: interrupted; there is no journal, so the next run starts from the "
                    "beginning\n"
                  : "lhcr: interrupted; the same command continues where this run ended\n");
    } else if (!tally.stopped.empty()) {
      io_.say("lhcr: " + printable(tally.stopped) + "\n");
    }
  }

 private:
  [[nodiscard]] Millis took() const {
    return std::chrono::duration_cast<Millis>(Clock::now() - begin_);
  }

  const PushOptions& options_;
  const Io& io_;
  Output output_;
  Clock::time_point begin_;
  std::mutex terminal_;
};

using Handler = void (*)(int);
Handler earlier_handler = SIG_DFL;

/// The first Ctrl-C ends the run in order, the second at once.
extern "C" void note_interrupt(int signal) {
  interruptions = interruptions + 1;
  std::signal(signal, earlier_handler);
}

/// Catches Ctrl-C as long as it lives.
class Interruptible {
 public:
  Interruptible() {
    earlier_handler = std::signal(SIGINT, note_interrupt);
    if (earlier_handler == SIG_IGN) std::signal(SIGINT, SIG_IGN);
  }
  ~Interruptible() { std::signal(SIGINT, earlier_handler); }
  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;
};

ExitCode exit_code(const deliver::Tally& tally, bool dry_run, bool all_read) {
  if (tally.interrupted) return ExitCode::interrupted;
  if (!tally.stopped.empty()) return ExitCode::endpoint;
  if (!all_read) return ExitCode::unreadable;
  const std::uint64_t open = tally.open() - (dry_run ? tally.not_sent : 0);
  return open > 0 ? ExitCode::no : ExitCode::yes;
}

Demands demands_of(const PushOptions& options, const deliver::Region& region,
                   const deliver::JobSettings& settings, PushReport& report) {
  const deliver::StyleRow& style = deliver::find_style(settings.style);
  return {options.version.fhir.empty() ? region.text("fhir") : options.version.fhir,
          settings.format,
          style.whole_documents ? map::BundleType::document : map::BundleType::transaction,
          style.whole_bundles,
          region,
          settings.style,
          [&report](const std::string& text) { report.say(text); },
          nullptr};
}

/// The inputs of a run: tables become records in memory before anything is sent.
class PushInput {
 public:
  PushInput(const PushOptions& options, bool whole_files, const Io& io) {
    InputOptions others = options.input;
    others.paths.clear();
    std::vector<std::string> tables;
    for (const std::string& path : options.input.paths) {
      const bool table = !whole_files && is_csv(path);
      (table ? tables : others.paths).push_back(path);
    }
    if (tables.empty() || !others.paths.empty() || !others.files_from.empty()) {
      find_paths(others, whole_files, options.verbosity, io);
    }
    if (tables.empty()) return;
    if (!options.convert) {
      throw Error(ErrorKind::usage,
                  tables.front() + " holds tables: --convert converts them to FHIR");
    }
    memory_file_ = std::make_unique<MemoryFile>();
    CsvOutcome outcome = write_csv(tables, options.maps, *memory_file_, io);
    failed_ = outcome.failed;
    notes_ = std::move(outcome.notes);
    paths_.push_back({memory_file_->path(), tables.front() + " (as FHIR)"});
  }
  [[nodiscard]] const std::vector<deliver::NamedPath>& paths() const noexcept { return paths_; }
  /// Why there is nothing to read in an input, each of which does not stop the others.
  [[nodiscard]] const std::vector<std::string>& problems() const noexcept { return problems_; }
  /// Rows that made no record.
  [[nodiscard]] std::size_t failed() const noexcept { return failed_; }
  /// What of the tables is not carried.
  [[nodiscard]] const std::vector<std::string>& notes() const noexcept { return notes_; }

 private:
  /// Files that are sent as they are may have any name.
  void find_paths(const InputOptions& options, bool whole_files, const VerbosityOptions& verbosity,
                  const Io& io) {
    const InputKind wanted = whole_files ? InputKind::any_file : InputKind::records;
    for (const Input& input : expand_inputs(options, io, verbosity, wanted)) {
      if (input.problem.empty()) {
        paths_.push_back({input.path, input.path});
      } else {
        problems_.push_back(input.problem);
      }
    }
    if (paths_.empty() && !problems_.empty()) throw Error(ErrorKind::input, problems_.front());
  }

  std::unique_ptr<MemoryFile> memory_file_;
  std::vector<deliver::NamedPath> paths_;
  std::vector<std::string> problems_;
  std::vector<std::string> notes_;
  std::size_t failed_ = 0;
};

/// What a conversion does not carry is never passed over in silence.
void report_loss(std::size_t records, const PushOptions& options, const Io& io) {
  if (records == 0) return;
  io.say("lhcr: conversion did not carry everything of " + std::to_string(records) + " records" +
         (options.loss.empty() ? "; --loss text says what\n" : "\n"));
}

void report_tables(const PushInput& input, const PushOptions& options, const Io& io) {
  for (const std::string& note : input.notes()) {
    if (!options.verbosity.quiet) io.say("lhcr: " + note + "\n");
  }
  if (input.failed() == 0) return;
  io.say("lhcr: " + std::to_string(input.failed()) +
         " rows were not sent: their faults are above\n");
}

ExitCode run(const PushOptions& options, const Io& io) {
  Timings timings(io, options.verbosity.verbose);
  if (!options.convert &&
      (!options.maps.empty() || !options.loss.empty() || !options.fail_on_loss.empty())) {
    throw Error(ErrorKind::usage, "--map, --loss and --fail-on-loss belong to --convert");
  }
  deliver::Region region = chosen_region(options.endpoint, options.version.fhir);
  take_numbers(options, region);
  if (options.print_jwks) {
    Output output("");
    output.write(public_jwks(region, secret_access()) + "\n");
    output.finish();
    return ExitCode::yes;
  }
  const std::future<void> loading = std::async(std::launch::async, deliver::load_transport);
  deliver::JobSettings settings = make_settings(options, region);
  settings.journal = journal_path(options, settings);
  const PushInput input(options, settings.whole_files, io);
  deliver::Survey survey(input.paths(), settings.whole_files);
  PushReport report(options, io);
  const auto releases = options.validate ? open_releases(options.terminology, io) : nullptr;
  Demands demands = demands_of(options, region, settings, report);
  demands.releases = releases != nullptr && !releases->empty() ? releases.get() : nullptr;
  PushPreparation preparation(options, std::move(demands));
  deliver::FileSource source(survey, preparation);
  deliver::JobHooks hooks;
  hooks.issue = [&](const deliver::Issue& issue) { report.issue(issue); };
  hooks.planned = [&](const deliver::PlannedRequest& request) { report.planned(request); };
  hooks.progress = [&](const deliver::Tally& tally) { report.progress(tally, survey.total()); };
  hooks.interrupted = [said = false, &report]() mutable {
    if (interruptions > 0 && !said) {
      report.say("lhcr: waiting for outstanding responses; Ctrl-C again ends at once\n");
    }
    said = said || interruptions > 0;
    return said;
  };
  const Interruptible interruptible;
  timings.phase("start");
  const deliver::Tally tally = run_job(source, region, settings, hooks);
  report.finish(tally);
  timings.phase("delivery");
  timings.finish();
  report_loss(preparation.lossy(), options, io);
  report_tables(input, options, io);
  std::set<std::string> failures = source.failures();
  failures.insert(input.problems().begin(), input.problems().end());
  for (const std::string& why : failures) io.say("lhcr: " + printable(why) + "\n");
  const bool all_read = failures.empty() && source.too_long() + preparation.unreadable() == 0;
  const ExitCode code = exit_code(tally, settings.dry_run, all_read);
  const bool lost = input.failed() > 0 || (!options.fail_on_loss.empty() && !input.notes().empty());
  return code == ExitCode::yes && lost ? ExitCode::no : code;
}

}  // namespace

void declare_endpoint(OptionList& list, EndpointOptions& options) {
  list.opt("--region", options.region, {"NAME|FILE", {Completion::words_or_file, "regions"}},
           "Use this region profile: its name (lhcr regions list) or a file");
  list.opt("--url", options.url, {"URL"}, "Set the base URL of the endpoint");
  list.opt("--set", options.set, {"KEY=VALUE"},
           "Set a key of the region profile, see lhcr-region(5)");
}

void declare(OptionList& list, PushOptions& options) {
  declare_input(list, options.input);
  declare_endpoint(list, options.endpoint);
  std::string styles = "Send records in this style:";
  for (const deliver::StyleRow& row : deliver::styles()) {
    styles += (&row == deliver::styles().data() ? " " : ", ") + std::string(row.name);
  }
  list.opt("--style", options.style, {"STYLE", {Completion::words, "styles"}}, styles);
  declare_version(list, options.version);
  list.opt("--validate", options.validate, "Hold back records with error findings");
  declare_releases(list, options.terminology);
  list.opt(
      "--convert", options.convert,
      "First convert CDA documents, tables (CSV), and FHIR of another version than the endpoint's");
  list.opt(
      "--map", options.maps, {"FILE", Completion::file},
      "With --convert: apply the rows of a map file on top of the built-in ones, see lhcr-map(5)");
  list.opt("--loss", options.loss, {"FORMAT", {Completion::words, "loss-formats"}},
           "With --convert: report what was not carried: text, json, or json=PATH");
  list.opt_flag(
      "--fail-on-loss", options.fail_on_loss, {"aside"},
      "With --convert: hold back records of which something would not be carried; with =aside, "
      "also those of which something would be carried only in a private extension or a tag");
  list.group("Delivery");
  list.opt("-j,--connections", options.connections, 1, {"N"}, "Keep N connections open");
  list.opt("--rate", options.rate, {"N/s"}, "Send at most N requests per second");
  list.opt("--timeout", options.timeout, {"SECONDS"}, "Limit the time of one exchange");
  list.opt("--attempts", options.attempts, 1, {"N"},
           "Send a resource at most N times (default 40)");
  list.opt("--give-up", options.give_up, 1, {"SECONDS"},
           "End the run when the endpoint has done nothing but fail for this long (default 45, or "
           "as long as its Retry-After asks for)");
  list.opt_flag("--dry-run", options.dry_run, {"full"},
                "List the requests that would be sent, with URL, headers and size, and send "
                "nothing; =full also shows their bodies");
  list.group("Journal");
  list.opt("--journal", options.journal, {"PATH|none", Completion::file},
           "Keep the journal in PATH, or keep none; by default it is below "
           "$XDG_STATE_HOME/lhcr/push, by input and endpoint");
  list.opt("--resume", options.resume, "Continue where an earlier run ended (always done)");
  list.opt("--retry-failed", options.retry_failed,
           "Also send again what an earlier run gave up on");
  list.group("Report");
  list.opt("--format,--report", options.format, "FORMAT",
           {{"text", PushFormat::text}, {"json", PushFormat::json}},
           "Write text or json (one object per line, the summary last)");
  declare_output(list, options.report, "Write the report to PATH instead of standard output");
  list.opt("--print-jwks", options.print_jwks,
           "Print the public key of the region's signing key as a JWK Set, and send nothing");
  declare_config(list, options.config);
  declare_verbosity(list, options.verbosity);
}

Command push_command() {
  Command command;
  command.name = "push";
  command.group = "Endpoints";
  command.summary = "Deliver records to a regional endpoint";
  command.description =
      "Sends records and finds out whether each of them was applied. A journal makes it possible "
      "to stop at any moment and run the same command again: no record is lost, and nothing is "
      "sent twice that must not be. Exits with 0 only when everything was applied.";
  command.examples = {
      {"lhcr push --dry-run --url http://127.0.0.1:8080/fhir summary.json",
       "Show what would be sent, as transactions"},
      {"lhcr push --dry-run --url http://127.0.0.1:8080/fhir --style resource-put weights.ndjson",
       "The same, with a request for each record"},
  };
  return make_command<PushOptions>(std::move(command), declare, run);
}

}  // namespace lhcr::cmd
