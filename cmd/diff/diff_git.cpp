// SPDX-License-Identifier: Apache-2.0
#include "cmd/diff/diff_git.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "cmd/run/output.hpp"
#include "diff/json_compare.hpp"

namespace lhcr::cmd {
namespace {

bool ends_with_json(const std::string& path) {
  return path.ends_with(".json");
}

/// Whether the text begins as a JSON value does.
bool begins_as_json(std::string_view text) {
  if (text.starts_with(utf8_bom)) text.remove_prefix(utf8_bom.size());
  text = trim(text);
  return text.starts_with('{') || text.starts_with('[');
}

std::string bytes_of(const std::string& path) {
  return is_nothing(path) ? std::string() : read_file(path);
}

/// The changes of two JSON texts; nothing when one of them is none.
std::optional<std::string> by_values(const std::string& left, const std::string& right) {
  if (left.empty() || right.empty()) return std::nullopt;
  try {
    const diff::JsonDocument one(left, "");
    const diff::JsonDocument other(right, "");
    std::string out;
    for (const diff::JsonChange& change : compare_json(one.root(), other.root())) {
      const bool added = change.before.empty();
      const bool removed = change.after.empty();
      out += std::string("  ") +
             (added     ? '+'
              : removed ? '-'
                        : '~') +
             ' ' + printable(change.pointer) + ": " + printable(change.before) +
             (added || removed ? "" : " → ") + printable(change.after) + '\n';
    }
    return out;
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    lines.push_back(text.substr(0, end + 1));
    text.remove_prefix(end + 1);
  }
  return lines;
}

/// The lines between what both begin and end with.
std::string by_lines(std::string_view left, std::string_view right) {
  const std::vector<std::string_view> one = lines_of(left);
  const std::vector<std::string_view> other = lines_of(right);
  const std::size_t most = std::min(one.size(), other.size());
  std::size_t front = 0;
  while (front < most && one[front] == other[front]) ++front;
  std::size_t back = 0;
  while (back < most - front && one[one.size() - 1 - back] == other[other.size() - 1 - back]) {
    ++back;
  }
  std::string out;
  const auto tell = [&](char sign, const std::vector<std::string_view>& lines) {
    for (std::size_t at = front; at + back < lines.size(); ++at) {
      out += std::string("  ") + sign + ' ' + printable(trim(lines[at])) + '\n';
    }
  };
  tell('-', one);
  tell('+', other);
  return out;
}

}  // namespace

bool may_be_record(const std::string& path) {
  if (is_nothing(path)) return true;
  try {
    const std::string text = read_file(path);
    if (!ends_with_json(path) && !begins_as_json(text)) return true;
    const diff::JsonDocument document(text, path);
    const diff::Json* type = document.root().member("resourceType");
    return type != nullptr && type->kind == diff::Json::Kind::string;
  } catch (const Error&) {
    return false;
  }
}

ExitCode compare_any(const DiffOptions& options, const Io& io) {
  const std::string left = bytes_of(options.left);
  const std::string right = bytes_of(options.right);
  const std::optional<std::string> values = by_values(left, right);
  const std::string changes = values ? *values : by_lines(left, right);
  if (left == right) return ExitCode::yes;
  Output output(options.output.path, io, true);
  output.write(printable(options.git_path) +
               (values ? " (no FHIR, compared as JSON)\n" : " (no FHIR, compared as text)\n"));
  output.write(changes.empty() ? "  only written in another way\n" : changes);
  output.finish();
  return ExitCode::yes;
}

}  // namespace lhcr::cmd
