// SPDX-License-Identifier: Apache-2.0
#include "examples.hpp"

#include <sstream>

namespace golden {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// mdoc's escapes in a literal display.
std::string unescaped(const std::string& line) {
  std::string out;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const std::string two = line.substr(at, 2);
    if (two == "\\-" || two == "\\e") {
      out += two == "\\-" ? '-' : '\\';
      ++at;
    } else if (two == "\\&") {
      ++at;
    } else {
      out += line[at];
    }
  }
  return out;
}

bool begins_block(const std::string& line) {
  return line == "```console" || line.rfind(".Bd -literal", 0) == 0;
}
bool ends_block(const std::string& line) {
  return line == "```" || line == ".Ed";
}

bool matches_from(const std::vector<std::string>& shown, std::size_t at,
                  const std::vector<std::string>& actual, std::size_t seen) {
  if (at == shown.size()) return seen == actual.size();
  if (shown[at] == "...") {
    for (std::size_t rest = seen; rest <= actual.size(); ++rest) {
      if (matches_from(shown, at + 1, actual, rest)) return true;
    }
    return false;
  }
  return seen < actual.size() && shown[at] == actual[seen] &&
         matches_from(shown, at + 1, actual, seen + 1);
}

}  // namespace

std::vector<Shown> shown_examples(const std::string& document) {
  std::vector<Shown> examples;
  bool inside = false;
  bool began = false;
  for (const std::string& raw : lines_of(document)) {
    if (!inside || ends_block(raw)) {
      inside = begins_block(raw);
      began = false;
      continue;
    }
    const std::string line = unescaped(raw);
    if (line.rfind("$ ", 0) == 0) {
      examples.push_back({line.substr(2), ""});
      began = true;
    } else if (began) {
      *examples.back().output += line + "\n";
    }
  }
  return examples;
}

bool matches(const std::string& shown, const std::string& actual) {
  return matches_from(lines_of(shown), 0, lines_of(actual), 0);
}

std::vector<std::string> listed_commands(const std::string& help) {
  std::vector<std::string> names;
  for (const std::string& line : lines_of(help)) {
    const bool row =
        line.size() > 2 && line.rfind("  ", 0) == 0 && line[2] >= 'a' && line[2] <= 'z';
    if (row) names.push_back(line.substr(2, line.find(' ', 2) - 2));
  }
  return names;
}

std::vector<std::string> help_examples(const std::string& help) {
  std::vector<std::string> calls;
  bool inside = false;
  for (const std::string& line : lines_of(help)) {
    if (line == "Examples:") inside = true;
    if (inside && line.rfind("  ", 0) == 0 && line[2] != ' ') calls.push_back(line.substr(2));
  }
  return calls;
}

}  // namespace golden
