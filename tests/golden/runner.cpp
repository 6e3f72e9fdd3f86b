// SPDX-License-Identifier: Apache-2.0
/// Golden tests. runner LHCR SOURCE-DIR SCRATCH-DIR VERSION [sanitized]
///
/// tests/golden/cases/<command>/<case>/ holds `cmd` (a shell line), the files it uses, and what
/// must come out: expected.out, expected.err (absent: empty), expected.exit (absent: 0), and
/// perhaps limit.rss (MB; the case is then skipped in sanitized builds, whose memory and time say
/// nothing). UPDATE_GOLDEN=1 writes the expectations anew. Further, the examples of README.md, of
/// docs/, of the manual pages and of each command's help are run in samples/.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

#include "examples.hpp"
#include "process.hpp"

namespace golden {
namespace fs = std::filesystem;
namespace {

struct Totals {
  int passed = 0;
  int failed = 0;
  int skipped = 0;
};

struct Setup {
  fs::path lhcr;
  fs::path source;
  fs::path scratch;
  std::string version;
  bool sanitized = false;
  bool update = false;
};

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

/// A folder of its own for one run, filled with the files of `origin`.
fs::path fresh_folder(const Setup& setup, const fs::path& origin) {
  const fs::path folder = setup.scratch / "run";
  fs::remove_all(folder);
  fs::create_directories(folder);
  for (const fs::directory_entry& entry : fs::directory_iterator(origin)) {
    const std::string name = entry.path().filename().string();
    const bool about_the_case =
        name == "cmd" || name == "limit.rss" || name.rfind("expected.", 0) == 0;
    if (!about_the_case) fs::copy(entry.path(), folder / name, fs::copy_options::recursive);
  }
  return folder;
}

/// What --verbose says of time and memory: each number becomes @N@.
void mask_timings(std::string& text) {
  std::size_t end = text.find(" of memory at most\n");
  if (end == std::string::npos) return;
  const std::size_t begin = text.rfind('\n', end) + 1;  // 0 in the first line
  while ((end = text.find_last_of("0123456789", end)) != std::string::npos && end > begin) {
    const std::size_t before = text.find_last_not_of("0123456789.", end);
    text.replace(before + 1, end - before, "@N@");
    end = before;
  }
}

/// What differs from run to run or from version to version gets a name.
std::string settled(std::string text, const Setup& setup) {
  replace_all(text, (setup.scratch / "run").string(), "@FOLDER@");
  replace_all(text, "lhcr " + setup.version + "\n", "lhcr @VERSION@\n");
  replace_all(text, "lhcr " + setup.version + "\"", "lhcr @VERSION@\"");
  replace_all(text, "lhcr " + setup.version + "<", "lhcr @VERSION@<");
  replace_all(text, "\"lhcr\",\"version\":\"" + setup.version + "\"",
              "\"lhcr\",\"version\":\"@VERSION@\"");
  mask_timings(text);
  return text;
}

void write(const fs::path& path, const std::string& text) {
  if (text.empty()) {
    fs::remove(path);
  } else {
    std::ofstream(path, std::ios::binary) << text;
  }
}

/// Prints both when they differ.
bool same(const std::string& what, const std::string& expected, const std::string& actual) {
  if (expected == actual) return true;
  std::printf("  %s differs\n--- expected\n%s--- actual\n%s---\n", what.c_str(), expected.c_str(),
              actual.c_str());
  return false;
}

bool check_case(const Setup& setup, const fs::path& folder) {
  const Result result =
      run({content(folder / "cmd"), fresh_folder(setup, folder), setup.lhcr, false});
  const std::string out = settled(result.out, setup);
  const std::string err = settled(result.err, setup);
  const std::string exit = result.exit == 0 ? "" : std::to_string(result.exit) + "\n";
  if (setup.update) {
    write(folder / "expected.out", out);
    write(folder / "expected.err", err);
    write(folder / "expected.exit", exit);
  }
  bool good = same("exit code", content(folder / "expected.exit"), exit);
  good = same("standard output", content(folder / "expected.out"), out) && good;
  good = same("standard error", content(folder / "expected.err"), err) && good;
  const std::string limit = content(folder / "limit.rss");
  if (!limit.empty() && result.peak_kilobytes > std::stol(limit) * 1024) {
    std::printf("  used %ld MB, allowed are %ld\n", result.peak_kilobytes / 1024, std::stol(limit));
    good = false;
  }
  return good;
}

void count(Totals& totals, bool good, const std::string& name) {
  good ? ++totals.passed : ++totals.failed;
  if (!good) std::printf("FAILED: %s\n", name.c_str());
}

void run_cases(const Setup& setup, Totals& totals) {
  const fs::path root = setup.source / "tests/golden/cases";
  std::vector<fs::path> cases;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root)) {
    if (entry.path().filename() == "cmd") cases.push_back(entry.path().parent_path());
  }
  std::sort(cases.begin(), cases.end());
  for (const fs::path& folder : cases) {
    const std::string name = fs::relative(folder, root).string();
    if (setup.sanitized && fs::exists(folder / "limit.rss")) {
      std::printf("skipped: %s (memory is not measured with sanitizers)\n", name.c_str());
      ++totals.skipped;
    } else {
      count(totals, check_case(setup, folder), name);
    }
  }
}

void check_example(const Setup& setup, const Shown& example, const std::string& where,
                   Totals& totals) {
  const Result result =
      run({example.line, fresh_folder(setup, setup.source / "samples"), setup.lhcr, true});
  bool good = result.exit == 0 || result.exit == 1;
  if (!good) std::printf("  exit code %d\n%s", result.exit, result.out.c_str());
  if (good && example.output && !matches(*example.output, result.out)) {
    good = same("output", *example.output, result.out);
  }
  count(totals, good, where + ": " + example.line);
}

void run_documents(const Setup& setup, Totals& totals) {
  std::vector<fs::path> pages;
  for (const fs::directory_entry& entry : fs::directory_iterator(setup.source / "man")) {
    if (entry.path().extension() == ".in") pages.push_back(entry.path());
  }
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(setup.source / "docs")) {
    if (entry.path().extension() == ".md") pages.push_back(entry.path());
  }
  std::sort(pages.begin(), pages.end());
  pages.push_back(setup.source / "README.md");
  for (const fs::path& page : pages) {
    for (const Shown& example : shown_examples(content(page))) {
      check_example(setup, example, page.filename().string(), totals);
    }
  }
}

void run_help(const Setup& setup, Totals& totals) {
  const fs::path folder = fresh_folder(setup, setup.source / "samples");
  for (const std::string& command :
       listed_commands(run({"lhcr --help", folder, setup.lhcr, true}).out)) {
    const Result help = run({"lhcr " + command + " --help", folder, setup.lhcr, true});
    count(totals, help.exit == 0 && help.out.rfind("Usage: lhcr " + command, 0) == 0,
          "lhcr " + command + " --help");
    for (const std::string& line : help_examples(help.out)) {
      check_example(setup, {line, std::nullopt}, "lhcr " + command + " --help", totals);
    }
  }
}

int run_all(const Setup& setup) {
  Totals totals;
  run_cases(setup, totals);
  run_documents(setup, totals);
  run_help(setup, totals);
  fs::remove_all(setup.scratch);
  std::printf("golden: %d passed, %d failed, %d skipped\n", totals.passed, totals.failed,
              totals.skipped);
  return totals.failed == 0 && totals.passed > 0 ? 0 : 1;
}

}  // namespace
}  // namespace golden

int main(int count, char** values) {
  if (count < 5) {
    std::fprintf(stderr, "usage: golden_runner LHCR SOURCE-DIR SCRATCH-DIR VERSION [sanitized]\n");
    return 2;
  }
  const char* update = std::getenv("UPDATE_GOLDEN");
  return golden::run_all({values[1], values[2], std::filesystem::absolute(values[3]), values[4],
                          count > 5, update != nullptr && *update != '\0'});
}
