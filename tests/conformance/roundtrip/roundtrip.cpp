// SPDX-License-Identifier: Apache-2.0
// Reads and writes every resource of whole FHIR packages:
//   xml   JSON -> XML -> JSON gives an equal tree
//   json  JSON -> JSON gives the same bytes, where the input less its insignificant white space is
//   canonical
//         (strings escape only what JSON demands); any other input must be stable from the first
//         writing on
//
//   conformance_roundtrip EXCLUSIONS VERSION=PACKAGE...      PACKAGE: .tgz or folder
//
// EXCLUSIONS has a line `CHECK VERSION FILE REASON` for each known failure; one that passes is a
// failure too. Exit code 77: skipped, no package is there.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "definition/compiler/package.hpp"
#include "definition/definitions.hpp"
#include "format/format.hpp"

namespace {

using lhcr::definition::Definitions;
using lhcr::definition::Library;
using lhcr::finding::Collector;
using lhcr::format::JsonReader;
using lhcr::format::WriteStyle;
using lhcr::tree::root_node;
using lhcr::tree::Tree;

constexpr WriteStyle compact{.pretty = false};

/// The bytes followed by what the JSON reader asks for.
class Padded {
 public:
  explicit Padded(std::string_view bytes) : size_(bytes.size()), text_(bytes) {
    text_.append(lhcr::format::read_padding, '\0');
  }
  [[nodiscard]] std::string_view bytes() const { return std::string_view(text_).substr(0, size_); }

 private:
  std::size_t size_;
  std::string text_;
};

/// Keeps a string's bytes from its opening quotation mark on; returns the place after its closing
/// one.
std::size_t copy_string(std::string_view json, std::size_t at, std::string& out) {
  const std::size_t start = at++;
  while (at < json.size() && json[at] != '"') {
    at += json[at] == '\\' ? 2U : 1U;
  }
  at = at < json.size() ? at + 1 : json.size();
  out.append(json.substr(start, at - start));
  return at;
}

/// Without white space outside strings.
std::string strip(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  for (std::size_t at = 0; at < json.size();) {
    if (json[at] == '"') {
      at = copy_string(json, at, out);
    } else if (json[at] == ' ' || json[at] == '\n' || json[at] == '\r' || json[at] == '\t') {
      ++at;
    } else {
      out.push_back(json[at++]);
    }
  }
  return out;
}

/// Whether resourceType comes first and strings escape only what they must: quotation mark, reverse
/// solidus, control characters in short form.
bool is_canonical(std::string_view json) {
  constexpr std::string_view start = R"({"resourceType":)";
  if (json.substr(0, start.size()) != start) {
    return false;
  }
  for (std::size_t at = json.find('\\'); at != std::string_view::npos;
       at = json.find('\\', at + 2)) {
    const char escaped = at + 1 < json.size() ? json[at + 1] : ' ';
    if (std::string_view("\"\\bfnrt").find(escaped) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

/// The two checks on one FHIR version. Each returns what is wrong, empty when nothing is.
class Checks {
 public:
  Checks(const Library& library, const Definitions& definitions)
      : definitions_(definitions),
        source_(library.symbols()),
        from_xml_(library.symbols()),
        back_(library.symbols()) {}

  std::string xml(std::string_view json) {
    const Padded input(json);
    std::string wrong = read(input, source_);
    if (!wrong.empty()) {
      return wrong;
    }
    const std::string xml = write_xml(json);
    Collector findings;
    if (!lhcr::format::read_xml(xml, from_xml_, findings) || findings.has_errors()) {
      return "the XML written cannot be read: " + first(findings);
    }
    attach_types(from_xml_, definitions_);
    const Padded output(write_json(from_xml_));
    wrong = read(output, back_);
    return wrong.empty() ? first_difference(source_, root_node, back_, root_node) : wrong;
  }

  std::string json(std::string_view json) {
    const Padded input(strip(json));
    std::string wrong = read(input, source_);
    if (!wrong.empty()) {
      return wrong;
    }
    const Padded once(write_json(source_));
    if (is_canonical(input.bytes())) {
      return difference(input.bytes(), once.bytes());
    }
    wrong = read(once, back_);
    return wrong.empty() ? difference(once.bytes(), write_json(back_)) : wrong;
  }

 private:
  static std::string first(const Collector& findings) {
    return findings.findings().empty() ? "no finding" : findings.findings().front().text();
  }

  std::string read(const Padded& input, Tree& tree) {
    Collector findings;
    if (!reader_.read(input.bytes(), tree, findings) || findings.has_errors()) {
      return "cannot be read: " + first(findings);
    }
    attach_types(tree, definitions_);
    return {};
  }

  std::string write_xml(std::string_view json) {
    const Padded input(json);
    read(input, back_);
    sort_children(back_, definitions_);
    std::string xml;
    lhcr::format::write_xml(back_, root_node, compact, xml);
    return xml;
  }

  static std::string write_json(const Tree& tree) {
    std::string json;
    lhcr::format::write_json(tree, root_node, compact, json);
    while (!json.empty() && json.back() == '\n') {
      json.pop_back();
    }
    return json;
  }

  static std::string difference(std::string_view left, std::string_view right) {
    if (left == right) {
      return {};
    }
    std::size_t at = 0;
    while (at < left.size() && at < right.size() && left[at] == right[at]) {
      ++at;
    }
    const std::size_t start = at < 40 ? 0 : at - 40;
    const std::size_t shown = 80;
    return "differs at byte " + std::to_string(at) + ": ..." +
           std::string(left.substr(start, shown)) + "... became ..." +
           std::string(right.substr(start, shown)) + "...";
  }

  const Definitions& definitions_;
  JsonReader reader_;
  Tree source_;
  Tree from_xml_;
  Tree back_;
};

/// Known failures, "check version file" to reason.
std::map<std::string, std::string> read_exclusions(const std::string& path) {
  std::map<std::string, std::string> exclusions;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') {
      continue;
    }
    std::istringstream words(line);
    std::string check;
    std::string version;
    std::string name;
    words >> check >> version >> name;
    std::getline(words >> std::ws, exclusions[check + ' ' + version + ' ' + name]);
  }
  return exclusions;
}

class Score {
 public:
  explicit Score(const std::string& exclusions) : exclusions_(read_exclusions(exclusions)) {}

  void add(const std::string& name, const std::string& wrong) {
    const auto exclusion = exclusions_.find(name);
    if (exclusion == exclusions_.end()) {
      wrong.empty() ? ++passed_ : ++failed_;
      if (!wrong.empty()) {
        std::printf("FAILED %s: %s\n", name.c_str(), wrong.c_str());
      }
    } else if (wrong.empty()) {
      ++failed_;
      std::printf("FAILED %s passes: take it off the list of exclusions\n", name.c_str());
    } else {
      ++skipped_;
      std::printf("skipped %s: %s\n", name.c_str(), exclusion->second.c_str());
    }
  }

  void skip(const std::string& name, const char* reason) {
    ++skipped_;
    std::printf("skipped %s: %s\n", name.c_str(), reason);
  }

  [[nodiscard]] int finish() const {
    std::printf("%zu passed, %zu failed, %zu skipped\n", passed_, failed_, skipped_);
    if (failed_ > 0) {
      return 1;
    }
    return passed_ == 0 ? 77 : 0;
  }

 private:
  std::map<std::string, std::string> exclusions_;
  std::size_t passed_ = 0;
  std::size_t failed_ = 0;
  std::size_t skipped_ = 0;
};

void check_package(const Library& library, const std::string& version, const std::string& path,
                   Score& score) {
  const Definitions* definitions = library.version(version);
  if (definitions == nullptr || !std::filesystem::exists(path)) {
    score.skip(path,
               definitions == nullptr ? "FHIR version not built in" : "not in the package cache");
    return;
  }
  Checks checks(library, *definitions);
  lhcr::definition::compiler::visit_package(
      path, [&](std::string_view file, std::string_view content) {
        if (file == "package.json") {
          return;
        }
        const std::string name = version + ' ' + std::string(file);
        score.add("xml " + name, checks.xml(content));
        score.add("json " + name, checks.json(content));
      });
}

int run(int count, char** arguments) {
  if (count < 3) {
    std::fprintf(stderr, "usage: %s EXCLUSIONS VERSION=PACKAGE...\n", arguments[0]);
    return 2;
  }
  const Library library;
  Score score(arguments[1]);
  for (int at = 2; at < count; ++at) {
    const std::string_view argument = arguments[at];
    const std::size_t equals = argument.find('=');
    check_package(library, std::string(argument.substr(0, equals)),
                  std::string(argument.substr(equals + 1)), score);
  }
  return score.finish();
}

}  // namespace

int main(int count, char** arguments) {
  try {
    return run(count, arguments);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 3;
  }
}
