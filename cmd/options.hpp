// SPDX-License-Identifier: Apache-2.0
/// Options: declared once, from which parsing, help, manual pages and shell completions all come.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lhcr::cmd {

/// What a shell can offer for a value. Words are those of `lhcr completion --list LIST`.
enum class Completion { nothing, file, directory, choices, words, words_or_file };

/// The same with the list that words come from.
struct Offer {
  // NOLINTNEXTLINE(google-explicit-constructor): most options need no list
  Offer(Completion offered, std::string_view of = {}) : completion(offered), list(of) {}
  Completion completion;
  std::string_view list;
};

/// An option's value as help shows it and shells complete it.
struct OptionValue {
  std::string_view name;  ///< "PATH"
  Offer offer = Completion::nothing;
};

/// An option as the generators of help, manual pages and completions see it, read back from the
/// parser.
struct OptionRow {
  std::vector<std::string> short_names;  ///< "o"
  std::vector<std::string> long_names;   ///< "output"
  std::string value;                     ///< empty for a flag
  std::string text;
  std::string group;
  bool positional = false;
  bool repeated = false;
  Completion completion = Completion::nothing;
  std::string list;  ///< of words
  std::vector<std::string> choices;
};

/// An option that was set, and by whom.
struct Setting {
  std::string name;    ///< "--format", or an argument's "FILE"
  std::string value;   ///< "true" for a flag
  std::string origin;  ///< "lhcr.toml:12"; empty for the command line
};

/// A value that is looked into later, with its origin for messages.
struct Given {
  std::string text;
  std::string origin;  ///< as in Setting
  /// Throws what `work` throws, with the origin in front of a usage error's message.
  void reading(const std::function<void()>& work) const;
};

/// The options of one command. Wraps the parser, which nothing outside options.cpp sees.
class OptionList {
 public:
  /// `program`: what usage lines call it, "lhcr validate".
  explicit OptionList(std::string program);
  ~OptionList();
  OptionList(const OptionList&) = delete;
  OptionList& operator=(const OptionList&) = delete;

  /// The heading for the options that follow.
  void group(std::string heading) { group_ = std::move(heading); }

  /// A flag: sets `target` to true; `--no-NAME` spells its own default, so such a flag's target is
  /// set to false.
  void opt(std::string_view names, bool& target, std::string_view text);
  /// A flag that may name one of `words` behind "=": `target` becomes that, or "true".
  void opt_flag(std::string_view names, std::string& target, std::vector<std::string> words,
                std::string_view text);
  void opt(std::string_view names, std::string& target, const OptionValue& value,
           std::string_view text);
  /// May be given more than once.
  void opt(std::string_view names, std::vector<std::string>& target, const OptionValue& value,
           std::string_view text);
  /// The same for values that are looked into later.
  void opt(std::string_view names, std::vector<Given>& target, const OptionValue& value,
           std::string_view text);
  /// A whole number of at least `least`.
  void opt(std::string_view names, unsigned& target, unsigned least, const OptionValue& value,
           std::string_view text);
  /// One of a fixed set of words.
  template <typename Enum>
  void opt(std::string_view names, Enum& target, std::string_view value,
           const std::vector<std::pair<std::string_view, Enum>>& choices, std::string_view text) {
    std::vector<std::string> words;
    std::vector<Enum> meanings;
    for (const auto& [word, meaning] : choices) {
      words.emplace_back(word);
      meanings.push_back(meaning);
    }
    opt_choice(names, value, std::move(words), text,
               [&target, meanings](std::size_t index) { target = meanings[index]; });
  }
  /// Positional argument; required unless its name is in brackets: "[ID]".
  void argument(std::string_view name, std::string& target, const Offer& offer,
                std::string_view text);
  /// All remaining positional arguments.
  void arguments(std::string_view name, std::vector<std::string>& target, const Offer& offer,
                 std::string_view text);
  /// A positional argument out of a fixed set of words; required like the others.
  void argument_choice(std::string_view name, std::string& target, std::vector<std::string> words,
                       std::string_view text);

  /// Parses; false when help was asked for. Throws Error{usage} with a suggestion where there is
  /// one.
  bool parse(std::vector<std::string> arguments);

  /// Whether the command has an option of that name, "--format".
  [[nodiscard]] bool has(const std::string& name) const;
  /// Sets an option after parse() as the command line would, "true" for a flag. The command line is
  /// stronger: false when it has set the same option and that takes one value. Throws Error{usage}
  /// that begins with the origin.
  bool set(const Setting& setting);
  /// What parse() and set() set.
  [[nodiscard]] const std::vector<Setting>& settings() const noexcept { return settings_; }

  [[nodiscard]] const std::string& program() const noexcept { return program_; }
  /// Every option in order of declaration, `--help` last.
  [[nodiscard]] std::vector<OptionRow> rows() const;

 private:
  struct Parser;
  using Take = std::function<void(const std::string&)>;
  void note_settings();
  void repeated();
  void add(std::string_view names, const OptionValue& value, std::string_view text,
           const Take& take);
  void opt_choice(std::string_view names, std::string_view value, std::vector<std::string> words,
                  std::string_view text, std::function<void(std::size_t)> take);
  [[noreturn]] void unknown(const std::string& given) const;
  [[nodiscard]] std::string missing() const;

  std::string program_;
  std::string group_ = "Options";
  std::unique_ptr<Parser> parser_;
  std::vector<Setting> settings_;
  std::string origin_;  ///< of what is being set
};

/// `--color`.
enum class Colour { automatic, always, never };

// Groups that several commands share, so that an option has one spelling and one meaning
// everywhere.

/// FILE|DIR|- ..., --exclude, --files-from, --stdin-filename
struct InputOptions {
  std::vector<std::string> paths;
  std::vector<std::string> exclude;  ///< globs
  std::string files_from;            ///< "-" for standard input; empty: no list
  std::string stdin_name;            ///< what standard input is called; empty: nothing else
};
void declare_input(OptionList& list, InputOptions& options);

/// --watch; see cmd/watch/watch.hpp
void declare_watch(OptionList& list, bool& watch);

/// --config, --no-config; see cmd/config/config.hpp
struct ConfigOptions {
  std::string file;  ///< empty: looked for
  bool wanted = true;
};
void declare_config(OptionList& list, ConfigOptions& options);

/// -o, --output
struct OutputOptions {
  std::string path;  ///< empty: standard output
};
void declare_output(OptionList& list, OutputOptions& options, std::string_view text);

/// --fhir
struct VersionOptions {
  std::string fhir;  ///< empty: from each record
};
void declare_version(OptionList& list, VersionOptions& options);

/// -j, --jobs
struct JobOptions {
  unsigned jobs = 0;  ///< 0: one per core
};
void declare_jobs(OptionList& list, JobOptions& options);

/// --quiet, --verbose, --color
struct VerbosityOptions {
  bool quiet = false;
  bool verbose = false;
  Colour colour = Colour::automatic;
};
/// `verbose`: what --verbose does beside saying how long the parts of the run took.
void declare_verbosity(OptionList& list, VerbosityOptions& options, std::string_view verbose = {});

}  // namespace lhcr::cmd
