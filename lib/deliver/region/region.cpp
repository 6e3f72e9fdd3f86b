// SPDX-License-Identifier: Apache-2.0
#include "deliver/region/region.hpp"

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>

#include <toml++/toml.h>

#include "base/ascii.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/number_in.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "deliver/style/style.hpp"

namespace lhcr::deliver {
namespace {

namespace fs = std::filesystem;

constexpr unsigned deepest_extension = 8;
/// Tables that matter to the style of their name only.
constexpr std::string_view style_tables[] = {"message", "document",  "pointer", "patch",
                                             "pix",     "mhd",       "xds",     "mesh",
                                             "event",   "operation", "drop"};

const RegionKey* find_key(std::string_view name) {
  for (const RegionKey& key : region_keys()) {
    if (key.name == name) return &key;
    const bool is_table = key.name.size() > 1 && key.name.substr(key.name.size() - 2) == ".*";
    const std::string_view prefix = key.name.substr(0, key.name.size() - 1);
    if (is_table && name.size() > prefix.size() && name.substr(0, prefix.size()) == prefix)
      return &key;
  }
  return nullptr;
}

std::string unknown_key(const std::string& key) {
  std::vector<std::string_view> names;
  for (const RegionKey& row : region_keys()) names.push_back(row.name);
  const std::string near(closest(key, names));
  return "no region has the key '" + key + "'" +
         (near.empty() ? "" : " (did you mean '" + near + "'?)");
}

std::string scalar_text(const toml::node& node) {
  if (const auto text = node.value_exact<std::string>()) return *text;
  if (const auto flag = node.value_exact<bool>()) return *flag ? "true" : "false";
  if (const auto whole = node.value_exact<std::int64_t>()) return std::to_string(*whole);
  if (const auto real = node.value_exact<double>()) {
    std::ostringstream out;
    out << *real;
    return out.str();
  }
  return {};
}

/// Flattens TOML tables to dotted keys; items of arrays among the claims have keys of their own.
class Flattener {
  static constexpr std::string_view claims = "auth.claims.";

 public:
  Flattener(std::map<std::string, RegionValue, std::less<>>& values, std::string origin)
      : values_(values), origin_(std::move(origin)) {}

  void add(const std::string& prefix, const toml::table& table) {
    for (const auto& [key, node] : table) {
      add_one(prefix + std::string(key.str()), node);
    }
  }

 private:
  void add_one(const std::string& name, const toml::node& node) {
    const toml::table* inner = node.as_table();
    const toml::array* items = node.as_array();
    if (items != nullptr && name.starts_with(claims)) {
      for (std::size_t at = 0; at < items->size(); ++at) {
        add_one(name + "." + std::to_string(at), *items->get(at));
      }
    } else if (inner == nullptr) {
      check(name, node);
      check_kind(name, node);
      if (items != nullptr && !find_key(name)->list) refuse(node, name + " has one value, no list");
      values_[name] = {texts(node), false, origin_};
      check_values(name, node);
    } else if (is_need(*inner)) {
      // `auth.secret = {required = "…"}` stands for the whole table of ways to give a secret.
      if (find_key(name) == nullptr) check(name + ".file", node);
      values_[name] = {{scalar_text(*inner->get("required"))}, true, origin_};
    } else {
      add(name + ".", *inner);
    }
  }
  static bool is_need(const toml::table& table) {
    return table.size() == 1 && table.contains("required");
  }
  void check(const std::string& name, const toml::node& node) const {
    if (find_key(name) == nullptr) refuse(node, unknown_key(name));
  }
  /// Dates, and what else is inside a list, have no text that would be meant.
  void check_kind(const std::string& name, const toml::node& node) const {
    const auto is_scalar = [](const toml::node& each) {
      return each.is_string() || each.is_boolean() || each.is_number();
    };
    const toml::array* items = node.as_array();
    const bool good =
        items == nullptr ? is_scalar(node) : std::all_of(items->begin(), items->end(), is_scalar);
    if (!good) refuse(node, name + " is not a text (in quotes), a number, true or false");
  }
  void check_values(const std::string& name, const toml::node& node) const {
    for (const std::string& text : values_.at(name).texts) {
      const std::string wrong = wrong_value(*find_key(name), text);
      if (!wrong.empty()) refuse(node, wrong);
    }
  }
  [[noreturn]] void refuse(const toml::node& node, const std::string& words) const {
    const toml::source_position at = node.source().begin;
    throw Error(ErrorKind::input, origin_ + ":" + std::to_string(at.line) + ":" +
                                      std::to_string(at.column) + ": " + words);
  }
  static std::vector<std::string> texts(const toml::node& node) {
    const toml::array* array = node.as_array();
    if (array == nullptr) return {scalar_text(node)};
    std::vector<std::string> all;
    for (const toml::node& member : *array) all.push_back(scalar_text(member));
    return all;
  }

  std::map<std::string, RegionValue, std::less<>>& values_;
  std::string origin_;
};

/// The words of a text that say something, in lower case.
std::vector<std::string> words_of(std::string_view text) {
  constexpr std::size_t shortest = 4;
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (is_letter(c)) {
      words.back() += small_letter(c);
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  std::erase_if(words, [](const std::string& word) { return word.size() < shortest; });
  return words;
}

/// Tables are freed by a recursion as deep as the longest key, which the parser does not bound.
void refuse_deep_keys(std::string_view toml, const std::string& origin) {
  constexpr std::string_view of_keys =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-\"' \t[";
  constexpr std::size_t most_parts = 64;
  std::size_t line = 1;
  std::size_t parts = 1;
  bool in_key = true;
  for (const char byte : toml) {
    if (byte == '\n' || byte == '{' || byte == ',') {
      line += byte == '\n' ? 1U : 0U;
      parts = 1;
      in_key = true;
    } else if (in_key && byte == '.') {
      ++parts;
    } else {
      in_key = in_key && of_keys.find(byte) != std::string_view::npos;
    }
    if (parts > most_parts) {
      throw Error(ErrorKind::input, origin + ":" + std::to_string(line) +
                                        ":1: a key of more than " + std::to_string(most_parts) +
                                        " parts");
    }
  }
}

}  // namespace

Region Region::parse(std::string_view toml, const std::string& name, const std::string& origin) {
  Region region;
  region.name_ = name;
  try {
    refuse_deep_keys(toml, origin);
    const toml::table table = toml::parse(toml, origin);
    Flattener(region.values_, origin).add("", table);
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    throw Error(ErrorKind::input, origin + ":" + std::to_string(at.line) + ":" +
                                      std::to_string(at.column) + ": " +
                                      std::string(error.description()));
  }
  return region;
}

void Region::overlay(const Region& other) {
  name_ = other.name_;
  for (const auto& [key, value] : other.values_) {
    // A way to give a secret replaces the need for it.
    const std::size_t dot = key.rfind('.');
    if (dot != std::string::npos) values_.erase(key.substr(0, dot));
    values_[key] = value;
  }
}

void Region::set(const std::string& key, const std::string& value, std::string_view option) {
  const RegionKey* row = find_key(key);
  const std::string wrong = row == nullptr ? unknown_key(key) : wrong_value(*row, value);
  if (!wrong.empty()) throw Error(ErrorKind::usage, std::string(option) + ": " + wrong);
  Region one;
  one.name_ = name_;
  one.values_[key] = {{value}, false, "command line"};
  overlay(one);
}

bool Region::has(std::string_view key) const {
  const auto place = values_.find(key);
  return place != values_.end() && !place->second.required;
}

std::vector<std::string> Region::list(std::string_view key) const {
  const auto place = values_.find(key);
  if (place == values_.end()) return {};
  if (place->second.required) {
    throw Error(ErrorKind::usage, "The region " + name_ + " needs " + std::string(key) + ": " +
                                      place->second.texts.at(0));
  }
  return place->second.texts;
}

std::string Region::text(std::string_view key) const {
  const std::vector<std::string> texts = list(key);
  if (!texts.empty()) return texts.front();
  const RegionKey* row = find_key(key);
  return row == nullptr ? std::string() : std::string(row->otherwise);
}

double Region::number(std::string_view key) const {
  const std::string value = text(key);
  const auto number = number_in<double>(value);
  if (!number) {
    throw Error(ErrorKind::usage,
                "The region key " + std::string(key) + " is not a number: " + value);
  }
  return *number;
}

bool Region::flag(std::string_view key) const {
  const std::string value = text(key);
  if (value == "true" || value == "false") return value == "true";
  throw Error(ErrorKind::usage,
              "The region key " + std::string(key) + " is neither true nor false: " + value);
}

std::map<std::string, std::string> Region::table(std::string_view prefix) const {
  const std::string start = std::string(prefix) + ".";
  std::map<std::string, std::string> found;
  for (const auto& [key, value] : values_) {
    if (key.starts_with(start)) found[key.substr(start.size())] = text(key);
  }
  return found;
}

char release_digit(std::string_view fhir) noexcept {
  const std::size_t at = fhir.find_first_of("0123456789");
  return at == std::string_view::npos ? '\0' : fhir[at];
}

bool Region::is_foreign(std::string_view key, std::string_view style) {
  const bool local = !style.empty() && !find_style(style).uses_http;
  if (local && (key.starts_with("endpoint.") || key.starts_with("auth."))) return true;
  return std::any_of(std::begin(style_tables), std::end(style_tables), [&](std::string_view table) {
    return table != style && key.starts_with(std::string(table) + ".");
  });
}

std::vector<RegionNeed> Region::needs(std::string_view style) const {
  std::vector<RegionNeed> needs;
  for (const auto& [key, value] : values_) {
    if (value.required && !is_foreign(key, style)) {
      needs.push_back({key, value.texts.at(0)});
    }
  }
  return needs;
}

std::optional<std::string> RegionBook::find_file(const std::string& name) const {
  for (const std::string& folder : folders_) {
    const fs::path path = fs::path(folder) / (name + ".toml");
    std::error_code none;
    if (fs::is_regular_file(path, none)) return path.string();
  }
  return std::nullopt;
}

Region RegionBook::load(const std::string& name) const {
  return load(name, 0);
}

Region RegionBook::load(const std::string& name, unsigned depth) const {
  if (depth > deepest_extension) {
    throw Error(ErrorKind::input, "The region " + name + " extends itself");
  }
  const std::span<const EmbeddedFile> all = built_in_regions();
  const auto builtin = std::find_if(all.begin(), all.end(),
                                    [&](const EmbeddedFile& file) { return file.stem() == name; });
  const bool is_path = name.find('/') != std::string::npos ||
                       (name.size() > 5 && name.substr(name.size() - 5) == ".toml");
  const std::optional<std::string> file = is_path ? name : find_file(name);
  if (!file && builtin == all.end()) {
    const std::string near = nearest(name);
    throw Error(ErrorKind::usage, "No region is called '" + name + "'" +
                                      (near.empty() ? "" : "; did you mean '" + near + "'?") +
                                      " (lhcr regions list)");
  }
  Region region;
  if (builtin != all.end()) region = Region::parse(builtin->text, name, "built in");
  if (!file) return region;
  Region own =
      Region::parse(read_file(*file), is_path ? fs::path(name).stem().string() : name, *file);
  if (own.has("extends") && own.text("extends") != name) {
    region = load(own.text("extends"), depth + 1);
  }
  region.overlay(own);
  return region;
}

/// The region that a wrong name is near to: by its whole name, or by a word of its name or title.
std::string RegionBook::nearest(const std::string& name) const {
  const std::vector<std::string> known = names();
  const std::vector<std::string_view> whole(known.begin(), known.end());
  const std::string_view near = closest(name, whole);
  if (!near.empty()) return std::string(near);
  std::map<std::string, std::string, std::less<>> regions;  // by word
  for (const std::string& region : known) {
    for (const std::string& word : words_of(region)) regions.emplace(word, region);
  }
  for (const std::string& region : known) {
    for (const std::string& word : words_of(title_of(region))) regions.emplace(word, region);
  }
  std::vector<std::string_view> words;
  words.reserve(regions.size());
  for (const auto& [word, region] : regions) words.push_back(word);
  for (const std::string& word : words_of(name)) {
    const auto found = regions.find(closest(word, words));
    if (found != regions.end()) return found->second;
  }
  return {};
}

/// Empty when the region's file is wrong.
std::string RegionBook::title_of(const std::string& name) const {
  try {
    return load(name).text("title");
  } catch (const Error&) {
    return {};
  }
}

std::vector<std::string> RegionBook::names() const {
  std::set<std::string> names;
  for (const EmbeddedFile& file : built_in_regions()) names.emplace(file.stem());
  for (const std::string& folder : folders_) {
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(folder, none)) {
      const bool is_file = entry.is_regular_file(none);
      if (is_file && entry.path().extension() == ".toml")
        names.insert(entry.path().stem().string());
    }
  }
  return {names.begin(), names.end()};
}

std::string describe(const Region& region) {
  std::string out;
  std::string needed;
  for (const auto& [key, value] : region.values()) {
    std::string& to = value.required ? needed : out;
    for (const std::string& text : value.texts) {
      to.append(value.required ? "  " : "").append(key).append(" = ").append(text).append("\n");
    }
  }
  if (!needed.empty()) {
    out +=
        "\nTo be supplied, in a region file or with --set KEY=VALUE (a secret as KEY.file, KEY.env "
        "or "
        "KEY.command):\n" +
        needed;
  }
  return printable_lines(out);
}

}  // namespace lhcr::deliver
