// SPDX-License-Identifier: Apache-2.0
#include "cmd/options.hpp"

#include <map>

#include <CLI/CLI.hpp>

#include "base/error.hpp"
#include "base/number_in.hpp"
#include "cmd/run/near_name.hpp"

namespace lhcr::cmd {

struct OptionList::Parser {
  /// What the CLI11 tree has no place for.
  struct Extra {
    std::string value;
    Offer offer = Completion::nothing;
    std::vector<std::string> choices;
    Take take = {};
  };

  CLI::App app;
  std::map<const CLI::Option*, Extra> extras;

  CLI::Option* last() { return app.get_options().back(); }
  /// The option of that name, or nullptr.
  [[nodiscard]] const CLI::Option* find(const std::string& name) const {
    return app.get_option_no_throw(name);
  }
};

void Given::reading(const std::function<void()>& work) const {
  try {
    work();
  } catch (const Error& error) {
    if (origin.empty() || error.kind() != ErrorKind::usage) throw;
    throw Error(ErrorKind::usage, origin + ": " + error.what());
  }
}

namespace {

[[noreturn]] void reject(const std::string& name, const std::string& text) {
  throw Error(ErrorKind::usage, name + ": " + text);
}

/// "--format" of "-f,--format"; a positional argument's name as it is.
std::string long_name(std::string_view names) {
  return std::string(
      names.substr(names.find(',') == std::string_view::npos ? 0 : names.find(',') + 1));
}

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (at > 0) text += at + 1 == words.size() ? " or " : ", ";
    text += words[at];
  }
  return text;
}

std::size_t index_of(const std::string& name, const std::vector<std::string>& words,
                     const std::string& given) {
  const auto found = std::find(words.begin(), words.end(), given);
  if (found == words.end()) {
    reject(name, "'" + given + "' is not " + listed(words) + did_you_mean(given, words));
  }
  return static_cast<std::size_t>(found - words.begin());
}

unsigned number_of(const std::string& name, unsigned least, const std::string& given) {
  const auto number = number_in<unsigned>(given);
  if (!number || *number < least) {
    reject(name, "'" + given + "' is not a whole number from " + std::to_string(least));
  }
  return *number;
}

}  // namespace

OptionList::OptionList(std::string program)
    : program_(std::move(program)), parser_(std::make_unique<Parser>()) {
  parser_->app.set_help_flag();
  parser_->app.allow_extras();
}

OptionList::~OptionList() = default;

void OptionList::add(std::string_view names, const OptionValue& value, std::string_view text,
                     const Take& take) {
  const auto callback = [take](const CLI::results_t& results) {
    for (const std::string& result : results) take(result);
    return true;
  };
  CLI::Option* option = parser_->app.add_option(std::string(names), callback, std::string(text));
  option->group(group_)->type_name(std::string(value.name));
  parser_->extras[option] = {std::string(value.name), value.offer, {}, take};
}

void OptionList::opt(std::string_view names, bool& target, std::string_view text) {
  const bool meaning = names.find("--no-") == std::string_view::npos;
  CLI::Option* option = parser_->app.add_flag_callback(
      std::string(names), [&target, meaning] { target = meaning; }, std::string(text));
  option->group(group_);
  parser_->extras[option].take = [&target, meaning](const std::string&) { target = meaning; };
}

void OptionList::opt_flag(std::string_view names, std::string& target,
                          std::vector<std::string> words, std::string_view text) {
  const auto known = [words = std::move(words), name = long_name(names)](const std::string& given) {
    if (given != "true") {
      static_cast<void>(index_of(name, words, given));
    }
    return std::string();
  };
  CLI::Option* option = parser_->app.add_flag(std::string(names), target, std::string(text));
  option->group(group_)->check(known);
  parser_->extras[option].take = [&target, known](const std::string& given) {
    known(given);
    target = given;
  };
}

void OptionList::opt(std::string_view names, std::string& target, const OptionValue& value,
                     std::string_view text) {
  add(names, value, text, [&target](const std::string& given) { target = given; });
}

void OptionList::opt(std::string_view names, std::vector<std::string>& target,
                     const OptionValue& value, std::string_view text) {
  add(names, value, text, [&target](const std::string& given) { target.push_back(given); });
  repeated();
}

void OptionList::opt(std::string_view names, std::vector<Given>& target, const OptionValue& value,
                     std::string_view text) {
  add(names, value, text, [this, &target](const std::string& given) {
    target.push_back({given, origin_});
  });
  repeated();
}

/// One value for each time the option is given: "--profile URL FILE" must leave FILE alone.
void OptionList::repeated() {
  parser_->last()
      ->expected(1, CLI::detail::expected_max_vector_size)
      ->allow_extra_args(false)
      ->take_all();
}

void OptionList::opt(std::string_view names, unsigned& target, unsigned least,
                     const OptionValue& value, std::string_view text) {
  add(names, value, text, [&target, least, name = long_name(names)](const std::string& given) {
    target = number_of(name, least, given);
  });
}

void OptionList::opt_choice(std::string_view names, std::string_view value,
                            std::vector<std::string> words, std::string_view text,
                            std::function<void(std::size_t)> take) {
  add(names, {value, Completion::choices}, text,
      [take = std::move(take), words, name = long_name(names)](const std::string& given) {
        take(index_of(name, words, given));
      });
  parser_->extras[parser_->last()].choices = std::move(words);
}

void OptionList::argument(std::string_view name, std::string& target, const Offer& offer,
                          std::string_view text) {
  add(name, {name, offer}, text, [&target](const std::string& given) { target = given; });
  parser_->last()->required(name.front() != '[');
}

void OptionList::arguments(std::string_view name, std::vector<std::string>& target,
                           const Offer& offer, std::string_view text) {
  add(name, {name, offer}, text, [&target](const std::string& given) { target.push_back(given); });
  parser_->last()
      ->expected(0, CLI::detail::expected_max_vector_size)
      ->allow_extra_args()
      ->take_all();
}

void OptionList::argument_choice(std::string_view name, std::string& target,
                                 std::vector<std::string> words, std::string_view text) {
  const bool optional = name.front() == '[';
  add(name, {name, Completion::choices}, text,
      [&target, words, label = std::string(optional ? name.substr(1, name.size() - 2) : name)](
          const std::string& given) { target = words[index_of(label, words, given)]; });
  parser_->last()->required(!optional);
  parser_->extras[parser_->last()].choices = std::move(words);
}

void OptionList::unknown(const std::string& given) const {
  if (given.empty() || given[0] != '-')
    reject(program_, "'" + given + "' is one argument too many");
  std::vector<std::string> known;
  for (const OptionRow& row : rows()) {
    for (const std::string& name : row.long_names) known.push_back("--" + name);
  }
  const std::string name = given.substr(0, given.find('='));
  reject(program_, "there is no option '" + name + "'" + did_you_mean(name, known));
}

/// What is said of a command line that lacks an argument.
std::string OptionList::missing() const {
  std::string what = "an argument";
  std::string choices;
  for (const CLI::Option* option : std::as_const(parser_->app).get_options()) {
    if (!option->get_required() || option->count() > 0) continue;
    const Parser::Extra& extra = parser_->extras.at(option);
    what = extra.value;
    if (!extra.choices.empty()) choices = " (" + listed(extra.choices) + ")";
    break;
  }
  return what + " is missing" + choices + ". Try '" + program_ + " --help'";
}

bool OptionList::parse(std::vector<std::string> arguments) {
  for (const std::string& argument : arguments) {
    if (argument == "--") break;
    if (argument == "-h" || argument == "--help") return false;
  }
  std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
  try {
    parser_->app.parse(std::move(arguments));
  } catch (const CLI::RequiredError&) {
    reject(program_, missing());
  } catch (const CLI::ParseError& error) {
    reject(program_, error.what());
  }
  for (const std::string& left : parser_->app.remaining()) {
    if (left != "--") unknown(left);
  }
  note_settings();
  return true;
}

void OptionList::note_settings() {
  for (const CLI::Option* option : std::as_const(parser_->app).get_options()) {
    const bool flag = option->get_items_expected_max() == 0;
    const std::string name = option->get_positional() ? parser_->extras.at(option).value
                                                      : "--" + option->get_lnames().front();
    for (const std::string& value : option->results()) {
      settings_.push_back({name, flag ? "true" : value, ""});
    }
  }
}

bool OptionList::has(const std::string& name) const {
  return parser_->find(name) != nullptr;
}

bool OptionList::set(const Setting& setting) {
  const CLI::Option* option = parser_->find(setting.name);
  if (option == nullptr) reject(setting.origin, "there is no option '" + setting.name + "'");
  if (option->count() > 0 && option->get_items_expected_max() <= 1) return false;
  origin_ = setting.origin;
  const Given given{setting.value, setting.origin};
  given.reading([&] { parser_->extras.at(option).take(setting.value); });
  origin_.clear();
  settings_.push_back(setting);
  return true;
}

std::vector<OptionRow> OptionList::rows() const {
  std::vector<OptionRow> rows;
  for (const CLI::Option* option : std::as_const(parser_->app).get_options()) {
    const Parser::Extra& extra = parser_->extras.at(option);
    OptionRow row;
    row.short_names = option->get_snames();
    row.long_names = option->get_lnames();
    row.value = extra.value;
    row.text = option->get_description();
    row.group = option->get_group();
    row.positional = option->get_positional();
    row.repeated = option->get_items_expected_max() > 1;
    row.completion = extra.offer.completion;
    row.list = extra.offer.list;
    row.choices = extra.choices;
    rows.push_back(std::move(row));
  }
  OptionRow help;
  help.short_names = {"h"};
  help.long_names = {"help"};
  help.text = "Show this help";
  help.group = rows.empty() ? group_ : rows.back().group;
  rows.push_back(std::move(help));
  return rows;
}

void declare_input(OptionList& list, InputOptions& options) {
  list.arguments("FILE|DIR|-", options.paths, Completion::file,
                 "Files, folders (searched for *.json, *.xml, *.ndjson and *.jsonl) or - for "
                 "standard input; without any, standard input is read");
  list.opt("--exclude", options.exclude, {"GLOB"},
           "Skip what has a matching name in a searched folder, such as '*-draft.json'; a GLOB "
           "with a slash is matched against the path below the folder; may be repeated");
  list.opt("--files-from", options.files_from, {"FILE", Completion::file},
           "Also read the paths that FILE (- for standard input) lists, one per line or each ended "
           "by a zero byte");
  list.opt("--stdin-filename", options.stdin_name, {"PATH", Completion::file},
           "Treat standard input as PATH in reports and for globs, and look for lhcr.toml beside "
           "it; for editors");
}

void declare_watch(OptionList& list, bool& watch) {
  list.opt("--watch", watch,
           "Run again whenever an input, or a file in a named folder, changes; Ctrl-C stops it");
}

void declare_config(OptionList& list, ConfigOptions& options) {
  list.opt("--config", options.file, {"FILE", Completion::file},
           "Take options that the command line does not set from FILE instead of the lhcr.toml in "
           "the folder of the input or above it; see lhcr.toml(5)");
  list.opt("--no-config", options.wanted, "Ignore any lhcr.toml");
}

void declare_output(OptionList& list, OutputOptions& options, std::string_view text) {
  list.opt("-o,--output", options.path, {"PATH", Completion::file}, text);
}

void declare_version(OptionList& list, VersionOptions& options) {
  list.opt("--fhir", options.fhir, {"VERSION", {Completion::words, "versions"}},
           "Set the FHIR version of the records: 4.0.1 (R4), 3.0.2 (STU3), 4.3.0 (R4B) or 5.0.0 "
           "(R5); by default each record's profiles and content decide");
}

void declare_jobs(OptionList& list, JobOptions& options) {
  list.opt("-j,--jobs", options.jobs, 1, {"N"},
           "Process N records at a time (default: one per core); the output keeps the order of the "
           "input");
}

void declare_verbosity(OptionList& list, VerbosityOptions& options, std::string_view verbose) {
  list.opt("-q,--quiet", options.quiet, "Suppress progress and all messages except errors");
  list.opt("-v,--verbose", options.verbose,
           verbose.empty() ? std::string("Show how long each part of the run took")
                           : std::string(verbose) + "; show how long each part of the run took");
  list.opt("--color", options.colour, "WHEN",
           {{"auto", Colour::automatic}, {"always", Colour::always}, {"never", Colour::never}},
           "Use colours: auto (on a terminal, unless NO_COLOR is set), always or never");
}

}  // namespace lhcr::cmd
