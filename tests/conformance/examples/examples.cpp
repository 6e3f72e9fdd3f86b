// SPDX-License-Identifier: Apache-2.0
// Validates every resource of the official FHIR packages: examples and definitions.
//
//   conformance_examples REASONS VERSION=PACKAGE...      PACKAGE: .tgz or folder
//
// REASONS has a line `VERSION FILE | FINDING ID | WHY THE FINDING IS TRUE` for each error that the
// validator finds. An error that is not listed fails, and so does a listed one that is not found,
// and a share of files without error below that of the line `least | PER CENT | WHY`. With --errors
// as the last argument it prints each error. The version of each is judged as far as need be and
// to the end: a difference fails. Exit code 77: skipped, no package is there.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "definition/compiler/package.hpp"
#include "definition/definitions.hpp"
#include "format/format.hpp"
#include "unit/definition/depths.hpp"
#include "validate/validate.hpp"

namespace {

using lhcr::definition::Definitions;
using lhcr::definition::Library;
using lhcr::finding::Collector;
using lhcr::finding::Finding;
using lhcr::finding::Severity;

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t");
  const std::size_t last = text.find_last_not_of(" \t");
  return first == std::string::npos ? std::string{} : text.substr(first, last - first + 1);
}

struct Reasons {
  std::map<std::string, std::string> why;  ///< by "version file|finding id"
  double least_share = 100.0;  ///< of files without error, so that the list does not grow unnoticed
};

Reasons read_reasons(const std::string& path) {
  Reasons reasons;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const std::size_t first = line.find('|');
    const std::size_t second = line.find('|', first + 1);
    if (line.empty() || line.front() == '#' || second == std::string::npos) {
      continue;
    }
    const std::string resource = trimmed(line.substr(0, first));
    const std::string id = trimmed(line.substr(first + 1, second - first - 1));
    if (resource == "least") {
      reasons.least_share = std::stod(id);
    } else {
      reasons.why[resource + "|" + id] = trimmed(line.substr(second + 1));
    }
  }
  return reasons;
}

/// What the run comes to.
class Score {
 public:
  Score(const std::string& reasons, bool print) : reasons_(read_reasons(reasons)), print_(print) {}

  void add(const std::string& name, const Collector& findings) {
    ++files_;
    std::set<std::string> ids;
    for (const Finding& finding : findings.findings()) {
      if (finding.severity <= Severity::error) {
        ids.emplace(lhcr::finding::entry(finding.id).id);
        show(name, finding);
      }
    }
    clean_ += ids.empty() ? 1U : 0U;
    bool unlisted = false;
    for (const std::string& id : ids) {
      const std::string key = name + "|" + id;
      seen_.insert(key);
      unlisted = unlisted || !reasons_.why.contains(key);
    }
    ++(ids.empty() ? passed_ : (unlisted ? failed_ : skipped_));
    if (unlisted) {
      std::printf("FAILED %s has an error that is not listed\n", name.c_str());
    }
  }

  /// Whatever it is about, it fails.
  void fail(const std::string& name, const std::string& why) {
    ++failed_;
    std::printf("FAILED %s: %s\n", name.c_str(), why.c_str());
  }

  void skip(const std::string& name, const char* reason) {
    ++skipped_;
    std::printf("skipped %s: %s\n", name.c_str(), reason);
  }

  [[nodiscard]] int finish() {
    for (const auto& [key, why] : reasons_.why) {
      if (files_ > 0 && !seen_.contains(key)) {
        ++failed_;
        std::printf("FAILED %s is not found: take it off the list of reasons\n", key.c_str());
      }
    }
    const double share =
        files_ == 0 ? 0 : 100.0 * static_cast<double>(clean_) / static_cast<double>(files_);
    std::printf("%zu of %zu resources (%.2f %%) have no error\n", clean_, files_, share);
    std::printf("%zu passed, %zu failed, %zu skipped\n", passed_, failed_, skipped_);
    if (files_ == 0) {
      return 77;
    }
    return failed_ == 0 && share >= reasons_.least_share ? 0 : 1;
  }

 private:
  void show(const std::string& name, const Finding& finding) const {
    if (print_) {
      std::printf("%s | %s | %s: %s\n", name.c_str(),
                  std::string(lhcr::finding::entry(finding.id).id).c_str(), finding.path.c_str(),
                  finding.text().c_str());
    }
  }

  Reasons reasons_;
  std::set<std::string> seen_;
  bool print_;
  std::size_t files_ = 0;
  std::size_t clean_ = 0;
  std::size_t passed_ = 0;
  std::size_t failed_ = 0;
  std::size_t skipped_ = 0;
};

lhcr::validate::Options options() {
  lhcr::validate::Options chosen;
  chosen.allow_example_urls = true;  // they are examples
  return chosen;
}

void check_package(const Library& library, const std::string& version, const std::string& path,
                   Score& score) {
  const Definitions* const definitions = library.version(version);
  if (definitions == nullptr || !std::filesystem::exists(path)) {
    score.skip(path,
               definitions == nullptr ? "FHIR version not built in" : "not in the package cache");
    return;
  }
  lhcr::validate::Validator validator(*definitions, library.symbols(), options());
  lhcr::format::JsonReader reader;
  lhcr::definition::VersionJudge judge(library);
  lhcr::tree::Tree tree(library.symbols());
  Collector findings;
  lhcr::definition::compiler::visit_package(
      path, [&](std::string_view file, std::string_view content) {
        if (file == "package.json") {
          return;
        }
        findings.clear();
        const std::string name = version + ' ' + std::string(file);
        if (reader.read(content, tree, findings)) {
          const std::string difference = difference_of_depths(judge, tree);
          if (!difference.empty()) score.fail(name, difference);
          attach_types(tree, *definitions);
          validator.validate(tree, findings);
        }
        score.add(name, findings);
      });
}

int run(int count, char** arguments) {
  if (count < 3) {
    std::fprintf(stderr, "usage: %s REASONS VERSION=PACKAGE... [--errors]\n", arguments[0]);
    return 2;
  }
  const Library library;
  const bool print = std::string_view(arguments[count - 1]) == "--errors";
  Score score(arguments[1], print);
  for (int at = 2; at < count - (print ? 1 : 0); ++at) {
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
