// SPDX-License-Identifier: Apache-2.0
#include "cmd/diff/diff.hpp"

#include <cstdlib>
#include <future>

#include "base/error.hpp"
#include "base/text.hpp"
#include "cmd/diff/diff_convert.hpp"
#include "cmd/diff/diff_git.hpp"
#include "cmd/diff/diff_load.hpp"
#include "cmd/diff/diff_many.hpp"
#include "cmd/diff/diff_paths.hpp"
#include "cmd/run/output.hpp"
#include "cmd/run/progress.hpp"
#include "diff/patient.hpp"
#include "diff/prove.hpp"
#include "diff/report.hpp"
#include "format/format.hpp"

namespace lhcr::cmd {
namespace {

/// The two records of a run and how to compare them.
struct DiffPair {
  DiffPair(const DiffOptions& options, const Io& io, bool with_maps)
      : session(options, with_maps),
        paths(options, session.library),
        left(session, use_colour(options.verbosity.colour, io.err_terminal, io)),
        right(session, use_colour(options.verbosity.colour, io.err_terminal, io)) {
    auto beside =
        std::async(std::launch::async, [&] { right.read(options.right, options.verbosity.quiet); });
    left.read(options.left, options.verbosity.quiet);
    left.check(io);
    beside.get();
    right.check(io);
  }

  /// Whether the records are of one kind; small ones that could be of either version are.
  bool agree() {
    if (left.is_cda() || right.is_cda()) return false;
    if (&left.definitions() == &right.definitions()) return true;
    return fits(left, right) || fits(right, left);
  }

  void convert(const DiffOptions& options) {
    const auto is_r4 = [](LoadedRecord& record) {
      return !record.is_cda() && record.definitions().fhir_version().starts_with('4');
    };
    if (!is_r4(left)) left.convert(options.left);
    if (!is_r4(right)) right.convert(options.right);
  }

  DiffSession session;
  DiffPaths paths;
  LoadedRecord left;
  LoadedRecord right;

 private:
  static bool fits(LoadedRecord& record, LoadedRecord& other) {
    const definition::Definitions& own = record.definitions();
    const std::size_t unknown = unknown_elements(record.tree());
    record.take_version(other.definitions());
    if (unknown_elements(record.tree()) <= unknown) return true;
    record.take_version(own);
    return false;
  }
};

std::unique_ptr<DiffPair> load(const DiffOptions& options, const Io& io) {
  auto pair = std::make_unique<DiffPair>(options, io, false);
  if (pair->agree()) return pair;
  // The maps intern names, which must come before the first record.
  pair = std::make_unique<DiffPair>(options, io, true);
  pair->convert(options);
  return pair;
}

void refuse_patch(const std::string& why, const std::string& instead) {
  if (!why.empty()) throw Error(ErrorKind::usage, "no such patch can say this: " + why + instead);
}

std::string fhirpath_patch(const diff::Script& script, const diff::Comparer& comparer,
                           const SymbolTable& symbols, bool xml) {
  const definition::Definitions& definitions = comparer.rules().definitions();
  tree::Tree parameters(symbols);
  make_fhirpath_patch(script, definitions, parameters);
  refuse_patch(prove_fhirpath_patch(script, comparer, parameters), "\n  use --format json-patch");
  std::string out;
  if (xml) {
    definition::sort_children(parameters, definitions);
    format::write_xml(parameters, tree::root_node, {}, out);
  } else {
    format::write_json(parameters, tree::root_node, {}, out);
  }
  return out + '\n';
}

/// The JSON that a JSON Patch of this record is for.
std::string json_of(LoadedRecord& record, const std::string& path) {
  const bool as_read = record.format() == format::Format::json && record.converted_from().empty();
  if (as_read && path != "-") return text_of(path);
  return format::json_of_record(record.tree());
}

std::string json_patch(const diff::Script& script, const diff::Comparer& comparer,
                       LoadedRecord& left, const std::string& path) {
  std::string out;
  write_json_patch(script, out);
  refuse_patch(prove_json_patch(script, comparer, json_of(left, path), out), "");
  return out;
}

void write_result(const diff::Result& result, const DiffOptions& options, const Io& io,
                  std::string& out) {
  diff::Look look;
  look.colour =
      options.output.path.empty() && use_colour(options.verbosity.colour, io.out_terminal, io);
  look.paths = options.paths;
  if (options.stat) return write_stat(result, out);
  switch (options.format) {
    case DiffFormat::side:
      return write_side(result, look, out);
    case DiffFormat::json:
      return write_json_list(result, out);
    case DiffFormat::html:
      return write_html(result, out);
    default:
      return write_text(result, look, out);
  }
}

void write_out(const DiffOptions& options, std::string_view text, const Io& io) {
  const bool for_people = options.format == DiffFormat::text || options.format == DiffFormat::side;
  Output output(options.output.path, io, for_people);
  output.write(text);
  output.finish();
}

/// What only one side's conversion leaves behind is not compared; --strict cannot call that equal.
ExitCode verdict(const diff::Result& result, const DiffOptions& options) {
  const bool open = options.strict && result.not_compared > 0;
  return result.differs() || open ? ExitCode::no : ExitCode::yes;
}

ExitCode finish(diff::Result& result, const DiffOptions& options, const Io& io) {
  const bool for_people = options.format == DiffFormat::text || options.format == DiffFormat::side;
  if (options.verbosity.quiet && options.output.path.empty() && (for_people || options.stat)) {
    return verdict(result, options);
  }
  if (options.verbosity.quiet) result.notes.clear();
  if (result.not_compared > 0 && !options.verbosity.quiet) {
    result.notes.push_back(std::to_string(result.not_compared) +
                           (result.not_compared == 1 ? " value" : " values") +
                           " not compared: the conversion does not carry them");
  }
  std::string out;
  write_result(result, options, io, out);
  // git shows nothing of its own about the file.
  if (!options.git_path.empty() && !out.empty()) out.insert(0, options.git_path + "\n");
  write_out(options, out, io);
  return verdict(result, options);
}

/// Of two records that were converted alike, what is not carried is compared as text.
void note_conversions(const DiffPair& pair, const DiffOptions& options, diff::Result& result) {
  const bool alike = pair.left.converted_from() == pair.right.converted_from();
  const std::string* names[] = {&options.left, &options.right};
  for (const LoadedRecord* record : {&pair.left, &pair.right}) {
    if (record->converted_from().empty()) continue;
    const std::string& name = *names[record == &pair.left ? 0 : 1];
    Conversions conversions;
    conversions.add(name, record->converted_from(), record->loss());
    for (std::string& note : conversions.notes(name, alike)) {
      result.notes.push_back(std::move(note));
    }
    if (!alike) result.not_compared += record->loss().lost.size();
  }
  if (!alike || pair.left.converted_from().empty()) return;
  diff::add_uncarried(uncarried(pair.left.loss()), uncarried(pair.right.loss()), options.strict, {},
                      result);
}

void warn_about_patients(const diff::Script& script, const diff::Rules& rules, const Io& io) {
  const auto left = subject_of(script.left, rules);
  const auto right = subject_of(script.right, rules);
  if (!left || !right || !are_different(*left, *right)) return;
  io.say("lhcr: warning: these are records of different patients: " + left->text() + " and " +
         right->text() + "\n");
}

ExitCode compare_sets(const DiffOptions& options, const Io& io) {
  if (options.format == DiffFormat::json_patch || options.format == DiffFormat::fhirpath_patch) {
    throw Error(ErrorKind::usage, "a patch is for one record: compare the records one by one");
  }
  diff::Result result;
  result.left_name = options.left;
  result.right_name = options.right;
  const ExitCode read = compare_many(options, io, result);
  return worse(read, finish(result, options, io));
}

ExitCode compare_records(const DiffOptions& options, const Io& io) {
  const auto pair = load(options, io);
  diff::Options how;
  how.strict = options.strict;
  how.paths = &pair->paths.compiled(pair->left.definitions(), pair->session.library.symbols());
  const diff::Comparer comparer(pair->left.definitions(), pair->session.library.symbols(), how);
  const diff::Record left{&pair->left.tree(), tree::root_node};
  const diff::Record right{&pair->right.tree(), tree::root_node};
  const std::vector<diff::Change> changes = comparer.compare(left, right);
  const diff::Script script{left, right, changes};
  warn_about_patients(script, comparer.rules(), io);
  diff::Result result;
  result.left_name = options.left;
  result.right_name = options.right;
  const bool patch =
      options.format == DiffFormat::json_patch || options.format == DiffFormat::fhirpath_patch;
  if (!patch || options.stat) {
    add_sections(script, comparer.rules(), {}, result);
    note_conversions(*pair, options, result);
    return finish(result, options, io);
  }
  note_conversions(*pair, options, result);
  if (!options.verbosity.quiet) {
    for (const std::string& note : result.notes) io.say("lhcr: " + note + "\n");
  }
  const std::string out = options.format == DiffFormat::json_patch
                              ? json_patch(script, comparer, pair->left, options.left)
                              : fhirpath_patch(script, comparer, pair->session.library.symbols(),
                                               pair->left.format() == format::Format::xml);
  write_out(options, out, io);
  return diff::differs(changes) ? ExitCode::no : verdict(result, options);
}

ExitCode compare_with_nothing(const DiffOptions& options, const Io& io) {
  const bool added = is_nothing(options.left);
  diff::Result result;
  result.left_name = options.left;
  result.right_name = options.right;
  DiffSession session(options, false);
  LoadedRecord record(session, use_colour(options.verbosity.colour, io.err_terminal, io));
  record.read(added ? options.right : options.left, options.verbosity.quiet);
  record.check(io);
  if (record.is_cda()) throw Error(ErrorKind::usage, "CDA is compared with another record only");
  const diff::Comparer comparer(record.definitions(), session.library.symbols(), {});
  add_whole(added ? diff::What::added : diff::What::removed, {&record.tree(), tree::root_node},
            comparer.rules(), {}, result);
  return finish(result, options, io);
}

/// git gives a diff driver: path old-file old-hex old-mode new-file new-hex new-mode, and two more
/// when the file got another name. It takes any exit code but 0 for a fault, and ends.
constexpr std::size_t git_arguments = 7;
constexpr std::size_t git_arguments_renamed = 9;

ExitCode compare_for_git(DiffOptions options, const Io& io) {
  options.git_path = options.files[0];
  options.left = options.files[1];
  options.right = options.files[4];
  if (!may_be_record(options.left) || !may_be_record(options.right)) {
    return compare_any(options, io);
  }
  try {
    if (is_nothing(options.left) || is_nothing(options.right)) {
      compare_with_nothing(options, io);
    } else {
      has_many_records(options) ? compare_sets(options, io) : compare_records(options, io);
    }
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::usage) io.say(std::string("lhcr: ") + error.what() + "\n");
    return compare_any(options, io);
  }
  return ExitCode::yes;
}

/// Of a file in a merge conflict, git gives the name alone.
bool is_unmerged(const DiffOptions& options) {
  return options.files.size() == 1 && std::getenv("GIT_DIFF_PATH_COUNTER") != nullptr;
}

ExitCode run(const DiffOptions& given, const Io& io) {
  DiffOptions options = given;
  const std::size_t files = options.files.size();
  if (!options.apply.empty()) {
    if (files != 1) throw Error(ErrorKind::usage, "--apply takes one record, which it changes");
    options.left = options.files[0];
    return apply_patch(options, io);
  }
  if (files == git_arguments || files == git_arguments_renamed) {
    return compare_for_git(std::move(options), io);
  }
  if (is_unmerged(options)) {
    Output output(options.output.path, io, true);
    output.write(printable(options.files[0]) + " (unmerged)\n");
    output.finish();
    return ExitCode::yes;
  }
  if (files != 2) {
    throw Error(ErrorKind::usage,
                "name two records to compare, or a patch with --apply and one record");
  }
  options.left = options.files[0];
  options.right = options.files[1];
  if (options.left == "-" && options.right == "-") {
    throw Error(ErrorKind::usage, "standard input can be one of the records, not both");
  }
  if (is_nothing(options.left) || is_nothing(options.right)) {
    return compare_with_nothing(options, io);
  }
  Timings timings(io, options.verbosity.verbose);
  const ExitCode code =
      has_many_records(options) ? compare_sets(options, io) : compare_records(options, io);
  timings.phase("comparison");
  timings.finish();
  return code;
}

}  // namespace

void declare(OptionList& list, DiffOptions& options) {
  list.arguments("FILE", options.files, Completion::file,
                 "The record before and the record after; with --apply, the record to change");
  list.opt("-f,--format", options.format, "FORMAT",
           {{"text", DiffFormat::text},
            {"side", DiffFormat::side},
            {"json", DiffFormat::json},
            {"json-patch", DiffFormat::json_patch},
            {"fhirpath-patch", DiffFormat::fhirpath_patch},
            {"html", DiffFormat::html}},
           "Write text, side (by side), json (a list), json-patch (RFC 6902), fhirpath-patch (FHIR "
           "Parameters) or html");
  list.opt("--stat", options.stat, "Show only counts by resource type");
  list.opt("--paths", options.paths, "Show the FHIRPath of each change");
  list.opt("--strict", options.strict,
           "Compare everything: order, white space, narrative, meta, ids and time zones");
  list.opt("--ignore", options.ignore, {"PATH"}, "Ignore what this FHIRPath expression selects");
  list.opt("--only", options.only, {"PATH"}, "Compare only what this FHIRPath expression selects");
  list.opt("--key", options.key, {"PATH"},
           "Match the repeating element (or resource) around this FHIRPath by its value");
  list.opt("--by-patient", options.by_patient,
           "With NDJSON and folders: match patients by NHS number or identifiers first, and report "
           "differences by patient");
  list.opt("--apply", options.apply, {"PATCH", Completion::file},
           "Apply a JSON Patch or FHIRPath Patch to A and write the result");
  list.opt("--map", options.maps, {"FILE", Completion::file},
           "Apply the rows of a map file on top of the built-in ones, see lhcr-map(5)");
  declare_version(list, options.version);
  declare_output(list, options.output, "Write to PATH instead of standard output");
  declare_config(list, options.config);
  declare_verbosity(list, options.verbosity);
}

Command diff_command() {
  Command command;
  command.name = "diff";
  command.group = "Records";
  command.summary = "Compare two records, make and apply patches";
  command.description =
      "Compares what two records say. Entries are matched by what identifies them, order counts "
      "only where an element's definition says so, and narrative, meta and ids do not count. Exits "
      "with 0 when the records say the same and with 1 when they differ.";
  command.examples = {
      {"lhcr diff summary.json summary-later.json", "What changed between two visits"},
      {"lhcr convert --to fhir-xml summary.json | lhcr diff summary.json -",
       "The same record in JSON and XML: exit code 0"},
      {"lhcr diff --format json-patch summary.json summary-later.json",
       "The changes as a patch that a server accepts"},
  };
  return make_command<DiffOptions>(std::move(command), declare, run);
}

}  // namespace lhcr::cmd
