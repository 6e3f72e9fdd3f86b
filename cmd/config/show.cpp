// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "cmd/config/config.hpp"

namespace lhcr::cmd {
namespace {

/// Rows of name, value and origin in columns.
class Columns {
 public:
  void add(const std::string& name, const std::string& value, const std::string& origin) {
    rows_.push_back({name, value, origin});
    for (std::size_t at = 0; at < 2; ++at) {
      widths_[at] = std::max(widths_[at], std::min(rows_.back()[at].size(), widest));
    }
  }
  [[nodiscard]] std::string text() const {
    std::string text;
    for (const auto& row : rows_) {
      text += padded(row[0], widths_[0]) + padded(row[1], widths_[1]) + row[2] + "\n";
    }
    return text;
  }

 private:
  static constexpr std::size_t widest = 40;
  static std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(text.size(), width), ' ');
    return text + "  ";
  }
  std::vector<std::array<std::string, 3>> rows_;
  std::size_t widths_[2] = {};
};

std::string about(const ConfigEntry& entry) {
  std::string text = entry.origin;
  if (!entry.past.empty()) text += ", no longer: until " + entry.past;
  return entry.why.empty() ? text : text + " (" + entry.why + ")";
}

/// Whether the file's word is not the last one.
bool is_overruled(const ConfigEntry& entry, const OptionList& options) {
  return std::none_of(options.settings().begin(), options.settings().end(),
                      [&](const Setting& setting) {
                        return setting.name == entry.option && setting.origin == entry.origin;
                      });
}

}  // namespace

std::string show_file(const ConfigFile& file) {
  Columns columns;
  for (const ConfigEntry& entry : file.entries) {
    columns.add(entry.key, entry.option + " " + entry.value, about(entry));
  }
  return columns.text();
}

std::string show_run(const std::vector<std::string>& call, const Io& io) {
  const Command& command = *find_command(call.front());
  OptionList options("lhcr " + std::string(command.name));
  const Job job = command.prepare(options);
  if (!options.parse({call.begin() + 1, call.end()})) return command_help(command, options);
  Io silent = io;
  const auto file = apply_config(command.name, options, silent);
  Columns columns;
  for (const Setting& setting : options.settings()) {
    columns.add(setting.name, setting.value,
                setting.origin.empty() ? "command line" : setting.origin);
  }
  for (std::size_t at = 0; file && at < file->entries.size(); ++at) {
    const ConfigEntry& entry = file->entries[at];
    const bool concerns = entry.commands.find(command.name) != std::string_view::npos;
    if (concerns && is_overruled(entry, options)) {
      columns.add(entry.option, entry.value,
                  about(entry) + (entry.past.empty() ? ", overruled by the command line" : ""));
    }
  }
  return columns.text();
}

}  // namespace lhcr::cmd
