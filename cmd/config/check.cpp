// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <map>

#include "base/error.hpp"
#include "base/suggest.hpp"
#include "cmd/config/config.hpp"
#include "cmd/help/generate.hpp"

namespace lhcr::cmd {
namespace {

/// A command's options, and what holds their targets.
struct Prepared {
  std::unique_ptr<OptionList> options;
  Job job;
};

/// Whether an entry is the value of a key; the others have a form of their own.
bool is_key(const ConfigEntry& entry) {
  const auto keys = config_keys();
  return std::any_of(keys.begin(), keys.end(), [&](const ConfigKey& key) {
    const std::string table = key.table.empty() ? "" : std::string(key.table) + ".";
    return table + std::string(key.name) == entry.key;
  });
}

/// Refuses a name that is not in the list of words that the option has.
void check_word(const ConfigEntry& entry, const OptionRow& row) {
  std::error_code none;
  const bool file = row.completion == Completion::words_or_file;
  if (row.completion != Completion::words && !file) return;
  if (file && std::filesystem::exists(entry.value, none)) return;
  const std::vector<std::string> words = words_of(row.list);
  const std::string name = entry.value.substr(0, entry.value.find('='));
  if (std::find(words.begin(), words.end(), name) != words.end()) return;
  const std::vector<std::string_view> names(words.begin(), words.end());
  const std::string instead = instead_of(name, names);
  throw Error(ErrorKind::usage, entry.origin + ": " + entry.option + " has no '" + name + "'" +
                                    (file ? ", and there is no such file" : "") +
                                    (instead.empty() ? "" : ". " + instead));
}

}  // namespace

void check_config(const ConfigFile& file) {
  std::map<std::string, Prepared> commands;
  for (const ConfigEntry& entry : file.entries) {
    const std::string name(entry.commands.substr(0, entry.commands.find(' ')));
    Prepared& prepared = commands[name];
    if (!prepared.options) {
      prepared.options = std::make_unique<OptionList>("lhcr " + name);
      prepared.job = find_command(name)->prepare(*prepared.options);
    }
    prepared.options->set({entry.option, entry.value, entry.origin});
    if (!is_key(entry)) continue;
    for (const OptionRow& row : prepared.options->rows()) {
      const auto names = hyphened_names(row);
      if (std::find(names.begin(), names.end(), entry.option) != names.end())
        check_word(entry, row);
    }
  }
}

}  // namespace lhcr::cmd
