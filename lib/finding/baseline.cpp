// SPDX-License-Identifier: Apache-2.0
#include "finding/baseline.hpp"

#include <algorithm>
#include <charconv>

#include "base/error.hpp"
#include "base/glob.hpp"
#include "base/hex.hpp"
#include "base/suggest.hpp"
#include "finding/id.hpp"

namespace lhcr::finding {
namespace {

constexpr std::string_view first_line =
    "# lhcr baseline 1: input, record, id, path, fingerprint, count\n";
constexpr std::size_t key_fields = 5;

/// What a rule's name is: a finding's id or the key of a constraint.
void take_name(const std::string& name,
               const std::function<std::vector<std::string>()>& constraints, IgnoreRule& rule) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < catalogue().size(); ++i) {
    if (catalogue()[i].id == name) rule.id = static_cast<Id>(i);
    names.push_back(catalogue()[i].id);
  }
  if (rule.id) return;
  const std::vector<std::string> keys = constraints ? constraints() : std::vector<std::string>{};
  if (std::find(keys.begin(), keys.end(), name) != keys.end()) {
    rule.constraint = name;
    return;
  }
  names.insert(names.end(), keys.begin(), keys.end());
  const std::string_view meant = closest(name, names);
  throw Error(ErrorKind::usage,
              "there is no finding or constraint '" + name + "'." +
                  (meant.empty() ? "" : " Did you mean '" + std::string(meant) + "'?") +
                  " 'lhcr explain' lists the ids");
}

bool is_about_constraint(const Finding& finding, const std::string& key) {
  const bool names_key = finding.id == id<"invariant"> ||
                         finding.id == id<"invariant-not-checked"> ||
                         finding.id == id<"constraint-not-checked">;
  return names_key && !finding.arguments.empty() && finding.arguments.front() == key;
}

std::string without_indexes(std::string_view path) {
  std::string plain;
  bool inside = false;
  for (const char byte : path) {
    inside = inside || byte == '[';
    if (!inside) plain += byte;
    inside = inside && byte != ']';
  }
  return plain;
}

bool at_or_below(std::string_view path, std::string_view rule) {
  return path.starts_with(rule) &&
         (path.size() == rule.size() || path[rule.size()] == '.' || path[rule.size()] == '[');
}

/// A field may hold what parts fields and lines.
std::string field(std::string_view text) {
  std::string plain(text);
  std::replace_if(
      plain.begin(), plain.end(),
      [](char byte) { return byte == '\t' || byte == '\n' || byte == '\r'; }, ' ');
  return plain;
}

/// FNV-1a, 64 bits.
void mix(std::string_view text, std::uint64_t& hash) {
  for (const char byte : text) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001B3U;
  }
  hash = (hash ^ 0xFFU) * 0x100000001B3U;
}

}  // namespace

IgnoreRule parse_ignore_rule(const std::string& text,
                             const std::function<std::vector<std::string>()>& constraints) {
  const std::size_t at = std::min(text.find('@'), text.size());
  const std::size_t colon = std::min(text.find(':'), at);
  IgnoreRule rule;
  if (colon < at) rule.path = text.substr(colon + 1, at - colon - 1);
  if (at < text.size()) rule.files = text.substr(at + 1);
  if (colon > 0) {
    take_name(text.substr(0, colon), constraints, rule);
  } else if (rule.path.empty() && rule.files.empty()) {
    throw Error(ErrorKind::usage,
                "'" + text + "' names nothing to ignore: write an id or the key of a constraint, " +
                    ":PATH, @FILE, or several of them, such as dom-6:Patient.contact@old/*.json");
  }
  return rule;
}

bool covers(const IgnoreRule& rule, const Finding& finding) {
  if (rule.id && *rule.id != finding.id) return false;
  if (!rule.constraint.empty() && !is_about_constraint(finding, rule.constraint)) return false;
  if (rule.path.empty()) return true;
  return rule.path.find('[') == std::string::npos
             ? at_or_below(without_indexes(finding.path), rule.path)
             : at_or_below(finding.path, rule.path);
}

bool is_for_input(const IgnoreRule& rule, std::string_view input) {
  return rule.files.empty() || fits_input(rule.files, input);
}

bool fits_input(const std::string& glob, std::string_view input) {
  const std::string name(input);
  if (fits_glob(glob, name)) return true;
  const bool parts = glob.find('/') != std::string::npos;
  for (std::size_t at = name.find('/'); parts && at != std::string::npos;
       at = name.find('/', at + 1)) {
    if (fits_glob(glob, name.substr(at + 1))) return true;
  }
  return false;
}

namespace {

std::uint64_t hash_of(const Finding& finding) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  mix(entry(finding.id).id, hash);
  mix(finding.path, hash);
  const std::string_view wording = entry(finding.id).text;
  for (std::size_t at = 0; at < finding.arguments.size(); ++at) {
    // What only the hint says is advice and may get better.
    if (wording.find("{" + std::to_string(at) + "}") != std::string_view::npos) {
      mix(finding.arguments[at], hash);
    }
  }
  return hash;
}

}  // namespace

std::string fingerprint(const Finding& finding) {
  return hex(hash_of(finding));
}

std::string fingerprint(const Finding& finding, std::string_view input, std::uint64_t record) {
  std::uint64_t hash = hash_of(finding);
  mix(input, hash);
  mix(std::to_string(record), hash);
  return hex(hash);
}

std::string Baseline::key(const Finding& finding, std::string_view input, std::string_view record) {
  return field(input) + '\t' + field(record) + '\t' + std::string(entry(finding.id).id) + '\t' +
         field(finding.path) + '\t' + fingerprint(finding);
}

std::uint64_t Baseline::known(const std::string& key) const {
  const auto found = counts_.find(key);
  return found == counts_.end() ? 0 : found->second;
}

void Baseline::note(const std::string& key, std::uint64_t count) {
  const std::lock_guard<std::mutex> guard(noting_);
  std::uint64_t& noted = counts_[key];
  noted = std::max(noted, count);
}

std::string Baseline::write() const {
  std::string text(first_line);
  for (const auto& [key, count] : counts_) text += key + '\t' + std::to_string(count) + '\n';
  return text;
}

Baseline Baseline::read(std::string_view text, const std::string& name) {
  Baseline baseline;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    const std::size_t tab = line.rfind('\t');
    std::uint64_t count = 0;
    const char* const last = line.data() + line.size();
    const bool good =
        tab != std::string_view::npos &&
        static_cast<std::size_t>(std::count(line.begin(), line.end(), '\t')) == key_fields &&
        std::from_chars(line.data() + tab + 1, last, count).ptr == last && count > 0;
    if (!good) {
      throw Error(ErrorKind::input,
                  name + ":" + std::to_string(number) +
                      ": this is not a line of a baseline; write the file again with "
                      "--write-baseline");
    }
    baseline.counts_[std::string(line.substr(0, tab))] = count;
  }
  return baseline;
}

void AcceptingSink::begin_record(std::string_view input, std::string record) {
  input_ = input;
  record_ = std::move(record);
  accepted_ = 0;
  seen_.clear();
  rules_.clear();
  for (const IgnoreRule& rule : acceptance_.ignored) {
    if (is_for_input(rule, input)) rules_.push_back(&rule);
  }
}

bool AcceptingSink::wants_path(Severity severity) const {
  const bool compares = acceptance_.known != nullptr || acceptance_.noted != nullptr;
  const bool rules = !acceptance_.ignored.empty() || !acceptance_.severities.empty();
  return compares || rules || next_.wants_path(severity);
}

void AcceptingSink::add(Finding finding) {
  // What could not be read was not checked, whatever is accepted.
  if (finding.severity == Severity::fatal) return next_.add(std::move(finding));
  for (const auto& [rule, severity] : acceptance_.severities) {
    if (is_for_input(rule, input_) && covers(rule, finding)) finding.severity = severity;
  }
  const bool ignored = std::any_of(rules_.begin(), rules_.end(),
                                   [&](const IgnoreRule* rule) { return covers(*rule, finding); });
  if (ignored) {
    ++accepted_;
    return;
  }
  const bool counts = finding.severity <= Severity::warning;
  if (counts && (acceptance_.known != nullptr || acceptance_.noted != nullptr)) {
    const std::string key = Baseline::key(finding, input_, record_);
    const std::uint64_t count = ++seen_[key];
    if (acceptance_.noted != nullptr) acceptance_.noted->note(key, count);
    if (acceptance_.known != nullptr && count <= acceptance_.known->known(key)) {
      ++accepted_;
      return;
    }
  }
  next_.add(std::move(finding));
}

}  // namespace lhcr::finding
