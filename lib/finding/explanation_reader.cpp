// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <utility>

#include "base/error.hpp"
#include "base/text.hpp"
#include "finding/explanation.hpp"
#include "finding/slots.hpp"

namespace lhcr::finding {
namespace {

constexpr std::string_view usual_command = "lhcr validate --no-best-practice FILE";

/// The lines of a text, one after the other.
class Lines {
 public:
  Lines(std::string_view text, const std::string& name) : rest_(text), name_(name) {}

  /// False at the end.
  bool next(std::string_view& line) {
    if (rest_.empty()) return false;
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    line = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    ++number_;
    return true;
  }

  /// The block of the next lines, without its fences and its last line end.
  ExampleFile block(std::string_view file) {
    std::string_view line;
    if (!next(line) || !line.starts_with("```")) fault("a block must follow the name of a file");
    ExampleFile made{file, {}, line == "```bytes"};
    const char* const begin = rest_.data();
    const char* end = begin;
    while (next(line)) {
      if (line == "```") {
        made.text = {begin, static_cast<std::size_t>(end - begin)};
        return made;
      }
      end = line.data() + line.size();
    }
    fault("the block is not closed");
  }

  [[noreturn]] void fault(const std::string& what) const {
    throw Error(ErrorKind::internal, name_ + ":" + std::to_string(number_) + ": " + what);
  }

 private:
  std::string_view rest_;
  const std::string& name_;
  std::size_t number_ = 0;
};

/// What a field or the rest of a line is named, and its text.
std::optional<std::string_view> field(std::string_view line, std::string_view name) {
  if (!line.starts_with(name) || !line.substr(name.size()).starts_with(": ")) return {};
  return trim(line.substr(name.size() + 2));
}

std::optional<Severity> severity_of(std::string_view name) {
  for (const Severity each :
       {Severity::fatal, Severity::error, Severity::warning, Severity::information}) {
    if (severity_name(each) == name) return each;
  }
  return {};
}

/// What could not be read is not accepted (AcceptingSink).
std::string usual_silence(const Entry& row) {
  if (row.severity == Severity::fatal) {
    return "Not possible: what was not read was not checked. Leave the file out of the "
           "command, or name it with --exclude.";
  }
  const std::string name(row.id);
  return "lhcr validate --ignore " + name + ", or --ignore " + name + ":PATH for one place and " +
         name + "@FILE for the files that a glob fits";
}

std::vector<std::string_view> listed(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    words.push_back(trim(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

/// Makes one entry out of the lines that follow its heading.
class Entries {
 public:
  Entries(std::string_view text, const std::string& name) : lines_(text, name) {}

  std::vector<Explanation> read() {
    std::string_view line;
    while (lines_.next(line)) {
      if (line.starts_with("# ")) {
        finish();
        begin(trim(line.substr(2)));
      } else if (const auto area = field(line, "Area")) {
        area_ = *area;
      } else if (!made_.empty()) {
        take(line);
      }
    }
    finish();
    return std::move(made_);
  }

 private:
  void begin(std::string_view id) {
    made_.emplace_back();
    made_.back().row.id = id;
    made_.back().area = area_;
    issued_ = false;
    command_ = usual_command;
    beside_.clear();
  }

  void take(std::string_view line) {
    Explanation& now = made_.back();
    if (line.empty()) return;
    if (take_row(line, now.row) || take_text(line, now) || take_command(line, now) ||
        take_file(line, now))
      return;
    if (!now.means.empty()) lines_.fault("this is not a field of an explanation");
    now.means = line;
  }

  bool take_row(std::string_view line, Entry& row) {
    if (const auto issue = field(line, "Issue")) {
      const std::size_t comma = std::min(issue->find(", "), issue->size());
      const auto severity = severity_of(issue->substr(0, comma));
      if (!severity) lines_.fault("this is not the severity of an issue");
      row.severity = *severity;
      row.code = issue->substr(std::min(comma + 2, issue->size()));
      issued_ = true;
    } else if (const auto text = field(line, "Text")) {
      row.text = *text;
    } else if (const auto hint = field(line, "Hint")) {
      row.hint = *hint;
    } else {
      return false;
    }
    return true;
  }

  static bool take_text(std::string_view line, Explanation& now) {
    if (const auto why = field(line, "Why")) {
      now.why = *why;
    } else if (const auto clause = field(line, "Clause")) {
      const std::size_t url = std::min(clause->find(", http"), clause->size());
      now.clause = clause->substr(0, url);
      now.url = clause->substr(std::min(url + 2, clause->size()));
    } else if (const auto silence = field(line, "Silence")) {
      now.silence = *silence;
    } else if (const auto none = field(line, "None")) {
      now.none = *none;
    } else if (const auto with = field(line, "With")) {
      now.with = listed(*with);
    } else {
      return false;
    }
    return true;
  }

  bool take_command(std::string_view line, Explanation& now) {
    if (const auto run = field(line, "Run")) {
      command_ = *run;
    } else if (const auto wrong = field(line, "Wrong run")) {
      now.wrong.command = *wrong;
    } else if (const auto right = field(line, "Right run")) {
      now.right.command = *right;
    } else {
      return false;
    }
    return true;
  }

  bool take_file(std::string_view line, Explanation& now) {
    if (const auto wrong = field(line, "Wrong")) {
      now.wrong.files.push_back(lines_.block(*wrong));
    } else if (const auto right = field(line, "Right")) {
      now.right.files.push_back(lines_.block(*right));
    } else if (const auto beside = field(line, "Beside")) {
      beside_.push_back(lines_.block(*beside));
    } else {
      return false;
    }
    return true;
  }

  void finish() {
    if (made_.empty()) return;
    Explanation& now = made_.back();
    if (!issued_ || now.row.code.empty() || now.row.text.empty()) {
      lines_.fault(std::string(now.row.id) + " needs Issue and Text");
    }
    if (now.means.empty() || now.why.empty() || now.clause.empty()) {
      lines_.fault(std::string(now.row.id) + " needs a first paragraph, Why and Clause");
    }
    if (skips_a_slot(now.row.text, now.row.hint)) {
      lines_.fault(std::string(now.row.id) + " has a slot and not the one before it");
    }
    if (now.silence.empty()) now.silence = usual_silence(now.row);
    if (!now.none.empty()) return;
    complete(now.wrong);
    complete(now.right);
  }

  void complete(Example& example) {
    if (example.command.empty()) {
      if (example.files.empty()) lines_.fault("the entry before needs a wrong and a right example");
      example.command = command_;
      const std::size_t at = example.command.find("FILE");
      if (at == std::string::npos) lines_.fault("the command before names no FILE");
      example.command.replace(at, 4, example.files.front().name);
    }
    example.files.insert(example.files.end(), beside_.begin(), beside_.end());
  }

  Lines lines_;
  std::string_view area_;
  bool issued_ = false;  ///< the entry has a severity
  std::string_view command_;
  std::vector<ExampleFile> beside_;
  std::vector<Explanation> made_;
};

}  // namespace

std::vector<Explanation> read_explanations(std::string_view text, const std::string& name) {
  return Entries(text, name).read();
}

}  // namespace lhcr::finding
