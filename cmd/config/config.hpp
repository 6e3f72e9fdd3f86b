// SPDX-License-Identifier: Apache-2.0
/// lhcr.toml: what a project says once instead of on every command line. Each key stands for an
/// option, so that a file says nothing that a command line could not.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/command.hpp"

namespace lhcr::cmd {

/// How the value of a key is written.
enum class KeyKind {
  text,
  texts,  ///< a list; each is the option once
  list,   ///< a list; the option gets them in one value, parted by commas
  number,
  path,  ///< below the folder of the file
  paths,
  name,  ///< built in, or a path
  names,
  on_switch,   ///< true sets the flag
  off_switch,  ///< false sets the flag
};

/// A row of keys.def.
struct ConfigKey {
  std::string_view table;  ///< empty: outside of tables
  std::string_view name;
  KeyKind kind;
  std::string_view option;
  std::string_view commands;  ///< that have the option, parted by blanks
};
[[nodiscard]] std::span<const ConfigKey> config_keys();
/// A list of tables, or one table of free names: what it stands for and what may be in it.
struct ConfigTable {
  std::string_view name;
  std::string_view text;
  std::vector<std::pair<std::string_view, std::string_view>> members;  ///< key and meaning
  bool is_list = true;  ///< of such tables; else one table
};
[[nodiscard]] const std::vector<ConfigTable>& config_tables();

/// What a file says for one option.
struct ConfigEntry {
  std::string key;  ///< "validate.fail-on", "ignore"
  std::string option;
  std::string value;
  std::string origin;         ///< "lhcr.toml:12"
  std::string_view commands;  ///< as in ConfigKey
  std::string why = {};       ///< the reason that the file gives
  std::string past = {};      ///< the day after which the entry does not hold; empty: it holds
};
struct ConfigFile {
  std::string path;
  std::vector<ConfigEntry> entries;
};

/// Reads a file. Throws Error{usage} with file and line for what is no TOML, a key or a value that
/// is unknown, and Error{input} when it cannot be read.
[[nodiscard]] ConfigFile read_config(const std::string& path);
/// Refuses values that an option does not have: Error{usage} with file and line.
void check_config(const ConfigFile& file);
/// The lhcr.toml of the nearest folder, from that of the inputs upwards; nothing when there is
/// none. Throws Error{usage} when inputs are under different ones.
[[nodiscard]] std::optional<std::string> find_config(const std::vector<std::string>& inputs);
/// Sets what the command line left open. `command`: the name of it. Returns the file, if any.
std::optional<ConfigFile> apply_config(std::string_view command, OptionList& options, const Io& io);
/// The inputs that a parsed command line names.
[[nodiscard]] std::vector<std::string> inputs_of(const OptionList& options);

/// The JSON Schema of lhcr.toml.
[[nodiscard]] std::string config_schema();
/// What `lhcr config show` says of a command line whose first word is a command, or of a file.
[[nodiscard]] std::string show_run(const std::vector<std::string>& call, const Io& io);
[[nodiscard]] std::string show_file(const ConfigFile& file);

}  // namespace lhcr::cmd
