// SPDX-License-Identifier: Apache-2.0
#include "finding/baseline.hpp"

#include <algorithm>
#include <charconv>

#include "base/error.hpp"
#include "base/suggest.hpp"

namespace lhcr::finding {
namespace {

constexpr std::string_view first_line =
    "# lhcr baseline 1: input, record, id, path, fingerprint, count\n";
constexpr std::size_t key_fields = 5;

Id id_named(const std::string& name) {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < catalogue().size(); ++i) {
    if (catalogue()[i].id == name) return static_cast<Id>(i);
    names.push_back(catalogue()[i].id);
  }
  const std::string_view meant = closest(name, names);
  throw Error(ErrorKind::usage,
              "there is no finding '" + name + "'." +
                  (meant.empty() ? "" : " Did you mean '" + std::string(meant) + "'?") +
                  " 'lhcr explain' lists the ids");
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

IgnoreRule parse_ignore_rule(const std::string& text) {
  const std::size_t colon = text.find(':');
  IgnoreRule rule;
  rule.id = id_named(text.substr(0, colon));
  if (colon != std::string::npos) rule.path = text.substr(colon + 1);
  return rule;
}

bool covers(const IgnoreRule& rule, const Finding& finding) {
  if (rule.id != finding.id) return false;
  if (rule.path.empty()) return true;
  return rule.path.find('[') == std::string::npos
             ? at_or_below(without_indexes(finding.path), rule.path)
             : at_or_below(finding.path, rule.path);
}

std::string fingerprint(const Finding& finding) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  mix(entry(finding.id).id, hash);
  mix(finding.path, hash);
  for (const std::string& argument : finding.arguments) mix(argument, hash);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text(16, '0');
  for (std::size_t i = text.size(); i-- > 0; hash >>= 4U) text[i] = digits[hash & 0xFU];
  return text;
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
      throw Error(ErrorKind::input, name + ":" + std::to_string(number) +
                                        ": this is no line of a baseline; write the file anew with "
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
}

bool AcceptingSink::wants_path(Severity severity) const {
  const bool compares = acceptance_.known != nullptr || acceptance_.noted != nullptr;
  return compares || !acceptance_.ignored.empty() || next_.wants_path(severity);
}

void AcceptingSink::add(Finding finding) {
  // What could not be read was not checked, whatever is accepted.
  if (finding.severity == Severity::fatal) return next_.add(std::move(finding));
  const bool ignored = std::any_of(acceptance_.ignored.begin(), acceptance_.ignored.end(),
                                   [&](const IgnoreRule& rule) { return covers(rule, finding); });
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
