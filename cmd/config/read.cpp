// SPDX-License-Identifier: Apache-2.0
// The one file that knows TOML.
#include <chrono>
#include <filesystem>
#include <map>

#include <toml++/toml.h>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/suggest.hpp"
#include "cmd/config/config.hpp"

namespace lhcr::cmd {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_bytes = std::size_t{1} << 20U;
constexpr std::size_t most_dots = 200;  ///< of one line; the parser's recursion has no bound

/// Makes entries of tables.
class Reader {
 public:
  explicit Reader(const std::string& path)
      : path_(path), folder_(fs::path(path).parent_path().string()) {}

  std::vector<ConfigEntry> run(const toml::table& all) {
    for (const auto& [key, node] : all) {
      const std::string name(key.str());
      if (is_special(name)) {
        special(name, node);
      } else if (const toml::table* inner = node.as_table(); inner != nullptr && is_table(name)) {
        for (const auto& [inner_key, value] : *inner)
          take(name, std::string(inner_key.str()), value);
      } else {
        take("", name, node);
      }
    }
    return std::move(entries_);
  }

 private:
  [[nodiscard]] std::string at(const toml::node& node) const {
    return path_ + ":" + std::to_string(node.source().begin.line);
  }
  [[noreturn]] void refuse(const toml::node& node, const std::string& text) const {
    throw Error(ErrorKind::usage, at(node) + ": " + text);
  }

  static bool is_special(const std::string& name) {
    const auto& tables = config_tables();
    return std::any_of(tables.begin(), tables.end(),
                       [&](const ConfigTable& table) { return table.name == name; });
  }
  static bool is_table(const std::string& name) {
    const auto keys = config_keys();
    return std::any_of(keys.begin(), keys.end(),
                       [&](const ConfigKey& key) { return key.table == name; });
  }

  [[noreturn]] void unknown(const std::string& table, const std::string& key,
                            const toml::node& node, std::vector<std::string_view> names) const {
    const std::string_view near = closest(key, names);
    std::string text = "there is no key '" + key + "'" + (table.empty() ? "" : " in " + table);
    if (!near.empty()) refuse(node, text + ". Did you mean '" + std::string(near) + "'?");
    for (const ConfigKey& row : config_keys()) {
      if (row.name == key) refuse(node, text + "; it belongs to " + home(row));
    }
    std::string all;
    for (const std::string_view name : names) all += (all.empty() ? "" : ", ") + std::string(name);
    refuse(node, text + ". Permitted: " + all);
  }
  static std::string home(const ConfigKey& row) {
    return row.table.empty() ? "the top, before any table" : "[" + std::string(row.table) + "]";
  }

  void take(const std::string& table, const std::string& name, const toml::node& node) {
    std::vector<std::string_view> names;
    for (const ConfigKey& row : config_keys()) {
      if (row.table == table && row.name == name) return values(row, node);
      if (row.table == table) names.push_back(row.name);
      if (table.empty()) names.push_back(row.table);
    }
    for (const ConfigTable& row : config_tables()) {
      if (table.empty()) names.push_back(row.name);
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    std::erase(names, std::string_view());
    unknown(table.empty() ? "" : "[" + table + "]", name, node, names);
  }

  void values(const ConfigKey& row, const toml::node& node) {
    switch (row.kind) {
      case KeyKind::on_switch:
      case KeyKind::off_switch:
        return flag(row, node);
      case KeyKind::number:
        return add(row, number(node), node);
      case KeyKind::text:
      case KeyKind::path:
      case KeyKind::name:
        return add(row, text(node), node);
      case KeyKind::list:
        return joined(row, node);
      case KeyKind::texts:
      case KeyKind::paths:
      case KeyKind::names:
        for (const toml::node& member : array(node)) add(row, text(member), member);
    }
  }

  void flag(const ConfigKey& row, const toml::node& node) {
    const auto value = node.value_exact<bool>();
    if (!value) refuse(node, std::string(row.name) + " must be true or false");
    if (*value == (row.kind == KeyKind::on_switch)) add(row, "true", node);
  }
  void joined(const ConfigKey& row, const toml::node& node) {
    std::string all;
    for (const toml::node& member : array(node)) all += (all.empty() ? "" : ",") + text(member);
    if (!all.empty()) add(row, all, node);
  }

  [[nodiscard]] std::string text(const toml::node& node) const {
    const auto value = node.value_exact<std::string>();
    if (!value || value->empty()) refuse(node, "this must be a text in quotation marks");
    return *value;
  }
  [[nodiscard]] std::string number(const toml::node& node) const {
    const auto value = node.value_exact<std::int64_t>();
    if (!value) refuse(node, "this must be a whole number");
    return std::to_string(*value);
  }
  [[nodiscard]] const toml::array& array(const toml::node& node) const {
    const toml::array* list = node.as_array();
    if (list == nullptr) refuse(node, "this must be a list, as [\"a\", \"b\"]");
    return *list;
  }

  [[nodiscard]] std::string below_folder(const std::string& path) const {
    return (fs::path(folder_) / path).string();
  }
  [[nodiscard]] std::string value_of(const ConfigKey& row, const std::string& value) const {
    std::error_code none;
    const bool path = row.kind == KeyKind::path || row.kind == KeyKind::paths;
    const bool name = row.kind == KeyKind::name || row.kind == KeyKind::names;
    return path || (name && fs::exists(below_folder(value), none)) ? below_folder(value) : value;
  }
  void add(const ConfigKey& row, const std::string& value, const toml::node& node) {
    const std::string key =
        (row.table.empty() ? "" : std::string(row.table) + ".") + std::string(row.name);
    entries_.push_back(
        {key, std::string(row.option), value_of(row, value), at(node), row.commands});
  }

  /// The members of one table in a list, as texts; what is not in `known` is refused.
  std::map<std::string, std::string> members(const ConfigTable& known,
                                             const toml::node& node) const {
    const toml::table* table = node.as_table();
    const std::string name_of_table(known.name);
    const std::string shown =
        known.is_list ? "[[" + name_of_table + "]]" : "[" + name_of_table + "]";
    if (table == nullptr) refuse(node, shown + " must be a table");
    std::vector<std::string_view> names;
    for (const auto& [name, meaning] : known.members) names.push_back(name);
    std::map<std::string, std::string> found;
    for (const auto& [key, value] : *table) {
      const std::string name(key.str());
      if (std::find(names.begin(), names.end(), name) == names.end())
        unknown(shown, name, value, names);
      const auto day = value.value_exact<toml::date>();
      found[name] = day ? date(*day) : text(value);
    }
    return found;
  }
  static std::string date(const toml::date& day) {
    const auto two = [](unsigned number) {
      return (number < 10 ? "-0" : "-") + std::to_string(number);
    };
    return std::to_string(day.year) + two(day.month) + two(day.day);
  }

  void special(const std::string& name, const toml::node& node) {
    if (name == "severity") return severities(node);
    const auto& tables = config_tables();
    const auto row = std::find_if(tables.begin(), tables.end(),
                                  [&](const ConfigTable& table) { return table.name == name; });
    if (name == "reports") return reports(*row, node);
    const toml::array* list = node.as_array();
    if (list == nullptr) refuse(node, "write [[" + name + "]] before each one");
    for (const toml::node& member : *list) {
      auto found = members(*row, member);
      if (name == "packages") package(found, member);
      if (name == "profiles") profile(found, member);
      if (name == "ignore") ignored(found, member);
    }
  }

  void severities(const toml::node& node) {
    const toml::table* table = node.as_table();
    if (table == nullptr) refuse(node, "[severity] must be a table");
    for (const auto& [key, value] : *table) {
      const std::string id(key.str());
      entries_.push_back(
          {"severity." + id, "--severity", id + "=" + text(value), at(value), "validate"});
    }
  }

  void reports(const ConfigTable& known, const toml::node& node) {
    for (const auto& [format, path] : members(known, node)) {
      const toml::node& value = *node.as_table()->get(format);
      entries_.push_back({"reports." + format, "--report", format + "=" + below_folder(path),
                          at(value), "validate"});
    }
  }

  void package(std::map<std::string, std::string>& found, const toml::node& node) {
    if (found.contains("path") == found.contains("name")) {
      refuse(node, "a package has a name or a path");
    }
    std::string value = found.contains("path") ? below_folder(found["path"]) : found["name"];
    if (found.contains("version")) {
      if (found.contains("path")) refuse(node, "a version goes with a name, not with a path");
      value += "#" + found["version"];
    }
    if (found.contains("sha256")) value += "@sha256:" + found["sha256"];
    entries_.push_back({"packages", "--package", value, at(node), "validate"});
  }

  void profile(std::map<std::string, std::string>& found, const toml::node& node) {
    if (!found.contains("url")) refuse(node, "a profile has a url");
    const std::string value = found["url"] + (found.contains("files") ? "@" + found["files"] : "");
    entries_.push_back({"profiles", "--profile", value, at(node), "validate"});
  }

  void ignored(std::map<std::string, std::string>& found, const toml::node& node) {
    if (found.contains("id") && found.contains("constraint")) {
      refuse(node, "write an id or a constraint, not both");
    }
    std::string rule = found.contains("id") ? found["id"] : found["constraint"];
    if (found.contains("path")) rule += ":" + found["path"];
    if (found.contains("files")) rule += "@" + found["files"];
    if (rule.empty()) refuse(node, "an entry of ignore has an id, a constraint, a path or files");
    ConfigEntry entry{"ignore", "--ignore", rule, at(node), "validate", found["reason"]};
    if (found.contains("until") && is_past(found["until"], node)) entry.past = found["until"];
    entries_.push_back(std::move(entry));
  }

  [[nodiscard]] bool is_past(const std::string& until, const toml::node& node) const {
    namespace chrono = std::chrono;
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    char rest = 0;
    constexpr int fields = 3;
    const bool form = until.size() == 10 && std::sscanf(until.c_str(), "%4d-%2u-%2u%c", &year,
                                                        &month, &day, &rest) == fields;
    const chrono::year_month_day last{chrono::year(year), chrono::month(month), chrono::day(day)};
    if (!form || !last.ok())
      refuse(node, "until = '" + until + "' is not a day such as 2026-12-31");
    return chrono::sys_days(last) < chrono::floor<chrono::days>(chrono::system_clock::now());
  }

  std::string path_;
  std::string folder_;
  std::vector<ConfigEntry> entries_;
};

/// Tables are freed by a recursion as deep as the longest key.
void refuse_deep_keys(const std::string& text, const std::string& path) {
  std::size_t dots = 0;
  std::size_t line = 1;
  for (const char byte : text) {
    line += byte == '\n' ? 1U : 0U;
    dots = byte == '\n' ? 0 : dots + (byte == '.' ? 1U : 0U);
    if (dots > most_dots) {
      throw Error(ErrorKind::usage,
                  path + ":" + std::to_string(line) + ": too many dots in one line");
    }
  }
}

}  // namespace

ConfigFile read_config(const std::string& path) {
  ConfigFile file{path, {}};
  const std::string text = read_file(path, most_bytes);
  refuse_deep_keys(text, path);
  try {
    const toml::table table = toml::parse(text, path);
    file.entries = Reader(path).run(table);
  } catch (const toml::parse_error& error) {
    throw Error(ErrorKind::usage, path + ":" + std::to_string(error.source().begin.line) + ": " +
                                      std::string(error.description()));
  }
  check_config(file);
  return file;
}

}  // namespace lhcr::cmd
