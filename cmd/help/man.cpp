// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/error.hpp"
#include "base/file.hpp"
#include "cmd/config/config.hpp"
#include "cmd/help/generate.hpp"
#include "cmd/run/output.hpp"
#include "deliver/region/region.hpp"

namespace lhcr::cmd {
namespace {

/// Text as mdoc input: hyphens of option names stay hyphens, each sentence begins a line.
std::string mdoc_text(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool option = text.substr(at, 2) == "--";
    const bool sentence = text.substr(at, 2) == ". ";
    if (option || sentence) {
      out += option ? "\\-\\-" : ".\n";
      ++at;
    } else if (text[at] == '\\') {
      out += "\\e";
    } else {
      out += text[at];
    }
  }
  return out;
}

std::string mdoc_names(const OptionRow& row) {
  std::string out;
  for (const std::string& name : hyphened_names(row)) {
    if (!out.empty()) out += " , ";
    out += "Fl " + name.substr(1);
  }
  if (!row.value.empty()) out += (row.positional ? "Ar " : " Ar ") + row.value;
  return out;
}

std::string mdoc_options(const DeclaredCommand& declared) {
  std::string out = ".Bl -tag -width Ds\n";
  for (const OptionRow& row : declared.options) {
    out += ".It " + mdoc_names(row) + "\n" + mdoc_text(row.text) + ".\n";
  }
  return out + ".El\n";
}

std::string mdoc_commands(const std::vector<DeclaredCommand>& commands) {
  std::string out = ".Bl -tag -width completion\n";
  for (const DeclaredCommand& declared : commands) {
    out += ".It Cm " + std::string(declared.command->name) + "\n" +
           mdoc_text(declared.command->summary) + ".\n";
  }
  return out + ".El\n";
}

constexpr std::string_view mdoc_exit =
    ".Bl -tag -width Ds -compact\n"
    ".It 0\nSuccess: done, valid.\n"
    ".It 1\nA negative result: invalid, different, refused or incomplete.\n"
    ".It 2\nThe command line or the expression is wrong.\n"
    ".It 3\nAn input could not be read to its end; the other inputs were processed.\n"
    ".It 4\nAn endpoint or the network failed.\n"
    ".It 5\nAn internal error in\n.Nm lhcr .\n"
    ".It 130\nStopped by Ctrl-C; no partly written file is left behind.\n"
    ".El\n";

std::string mdoc_region_keys() {
  std::string out = ".Bl -tag -width Ds\n";
  for (const deliver::RegionKey& key : deliver::region_keys()) {
    out += ".It Li " + std::string(key.name) + "\n" + mdoc_text(key.text) + ".\n";
    if (!key.otherwise.empty()) {
      out += "The default is\n.Li " + std::string(key.otherwise) + " .\n";
    }
  }
  return out + ".El\n";
}

std::string mdoc_config_keys() {
  std::string out = ".Bl -tag -width Ds\n";
  for (const ConfigKey& key : config_keys()) {
    const std::string table = key.table.empty() ? "" : std::string(key.table) + ".";
    out += ".It Li " + table + std::string(key.name) + "\nOption\n.Fl " +
           std::string(key.option.substr(1)) + "\nof\n.Nm " + mdoc_text(key.commands) + " .\n";
  }
  return out + ".El\n";
}

std::string mdoc_config_tables() {
  std::string out = ".Bl -tag -width Ds\n";
  for (const ConfigTable& table : config_tables()) {
    out += ".It Li " + std::string(table.name) + "\n" + mdoc_text(table.text) + ".\n";
    if (table.members.empty()) continue;
    out += ".Bl -tag -width Ds -compact\n";
    for (const auto& [name, text] : table.members) {
      out += ".It Li " + std::string(name) + "\n" + mdoc_text(text) + ".\n";
    }
    out += ".El\n";
  }
  return out + ".El\n";
}

std::string filled_slot(std::string_view slot, const std::vector<DeclaredCommand>& commands) {
  if (slot == "COMMANDS") return mdoc_commands(commands);
  if (slot == "EXIT") return std::string(mdoc_exit);
  if (slot == "REGION-KEYS") return mdoc_region_keys();
  if (slot == "CONFIG-KEYS") return mdoc_config_keys();
  if (slot == "CONFIG-TABLES") return mdoc_config_tables();
  for (const DeclaredCommand& declared : commands) {
    if (slot == "OPTIONS " + std::string(declared.command->name)) return mdoc_options(declared);
  }
  throw Error(ErrorKind::input, "there is no slot @" + std::string(slot) + "@");
}

std::string with_version(std::string_view line) {
  constexpr std::string_view slot = "@VERSION@";
  std::string out(line);
  const std::size_t at = out.find(slot);
  return at == std::string::npos ? out : out.replace(at, slot.size(), version());
}

struct ManOptions {
  std::string path;
};

void declare(OptionList& list, ManOptions& options) {
  list.argument("TEMPLATE", options.path, Completion::file, "A man/*.in file");
}

ExitCode run(const ManOptions& options, const Io&) {
  Output out("");
  out.write(manual_page(read_file(options.path), declared_commands()));
  out.finish();
  return ExitCode::yes;
}

}  // namespace

std::string manual_page(std::string_view page_template,
                        const std::vector<DeclaredCommand>& commands) {
  std::string out;
  while (!page_template.empty()) {
    const std::size_t end = std::min(page_template.find('\n'), page_template.size());
    const std::string line = with_version(page_template.substr(0, end));
    page_template.remove_prefix(std::min(end + 1, page_template.size()));
    const bool slot = line.size() > 2 && line.front() == '@' && line.back() == '@';
    out += slot ? filled_slot(line.substr(1, line.size() - 2), commands) : line + "\n";
  }
  return out;
}

Command man_command() {
  Command command;
  command.name = "man";
  command.summary = "Fill a manual page's template";
  command.description = "Prints a manual page: its template with the generated parts filled in.";
  return make_command<ManOptions>(std::move(command), declare, run);
}

}  // namespace lhcr::cmd
