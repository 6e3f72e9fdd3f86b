// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <map>

#include "base/error.hpp"
#include "base/text.hpp"
#include "cmd/config/config.hpp"

namespace lhcr::cmd {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view file_name = "lhcr.toml";

fs::path folder_of(const std::string& input) {
  std::error_code none;
  const fs::path here = fs::current_path(none);
  const fs::path path = input == "-" ? here : (here / input).lexically_normal();
  return fs::is_directory(path, none) ? path : path.parent_path();
}

/// A path as it is, or as it is from a folder.
std::string shorter(const fs::path& path, const fs::path& folder) {
  const std::string relative = path.lexically_proximate(folder).string();
  return relative.size() <= path.string().size() ? relative : path.string();
}

/// The nearest lhcr.toml, from a folder upwards; empty when there is none.
std::string nearest(fs::path folder) {
  std::error_code none;
  const fs::path here = fs::current_path(none);
  for (;; folder = folder.parent_path()) {
    const fs::path file = folder / file_name;
    if (fs::is_regular_file(file, none)) return shorter(file, here);
    if (!folder.has_relative_path()) return {};
  }
}

/// The value of an option on the command line; empty when it is not there.
std::string given(const OptionList& options, std::string_view name) {
  for (const Setting& setting : options.settings()) {
    if (setting.name == name && setting.origin.empty()) return setting.value;
  }
  return {};
}

std::optional<std::string> chosen_file(const OptionList& options) {
  if (!given(options, "--no-config").empty()) {
    if (given(options, "--config").empty()) return std::nullopt;
    throw Error(ErrorKind::usage, "--config and --no-config exclude each other");
  }
  const std::string named = given(options, "--config");
  return named.empty() ? find_config(inputs_of(options)) : named;
}

}  // namespace

std::vector<std::string> inputs_of(const OptionList& options) {
  std::vector<std::string> inputs;
  for (const Setting& setting : options.settings()) {
    if (setting.origin.empty() && setting.name.starts_with("FILE")) inputs.push_back(setting.value);
  }
  if (inputs.empty()) inputs.emplace_back("-");
  const std::string as = given(options, "--stdin-filename");
  if (!as.empty()) std::replace(inputs.begin(), inputs.end(), std::string("-"), as);
  return inputs;
}

std::optional<std::string> find_config(const std::vector<std::string>& inputs) {
  std::string found;
  std::map<fs::path, std::string> known;  // many inputs are usually of one folder
  for (std::size_t at = 0; at < inputs.size(); ++at) {
    const fs::path folder = folder_of(inputs[at]);
    if (!known.contains(folder)) known[folder] = nearest(folder);
    const std::string file = known[folder];
    if (at == 0) found = file;
    if (file == found) continue;
    const auto shown = [](const std::string& name) { return name.empty() ? "no lhcr.toml" : name; };
    throw Error(ErrorKind::usage, inputs.front() + " is under " + shown(found) + ", " + inputs[at] +
                                      " under " + shown(file) +
                                      ": choose one with --config, or none with --no-config");
  }
  return found.empty() ? std::nullopt : std::optional(found);
}

std::optional<ConfigFile> apply_config(std::string_view command, OptionList& options,
                                       const Io& io) {
  if (!options.has("--config")) return std::nullopt;
  const auto path = chosen_file(options);
  if (!path) return std::nullopt;
  ConfigFile file = read_config(*path);
  const bool quiet = !given(options, "--quiet").empty();
  bool used = false;
  for (const ConfigEntry& entry : file.entries) {
    if (!has_word(entry.commands, command)) continue;
    if (entry.past.empty()) {
      used = options.set({entry.option, entry.value, entry.origin}) || used;
    } else if (!quiet) {
      io.say("lhcr: note: " + entry.origin + ": applied until " + entry.past + ": " + entry.value +
             " is no longer ignored\n");
    }
  }
  if (used && !quiet) io.say("lhcr: options from " + *path + "\n");
  return file;
}

}  // namespace lhcr::cmd
