// SPDX-License-Identifier: Apache-2.0
// The public JSON parsing suite through the readers of JSON: y_ accepted, n_ refused, i_ as the
// list says. The cases are no FHIR resources, so each is read as it is and as a member of one, and
// only what the grammar of JSON forbids counts; what FHIR forbids (null, an array in an array) does
// not. JsonReader may refuse what is a fault of form and read on, so a finding refuses, too.
// JsonLines, where it takes a text at all, must not take what JsonReader refuses.
//
//   conformance_json DECISIONS CASES...
//
// CASES: the suite's folder of files, or its package. DECISIONS has a line `NAME accepted|refused
// REASON` for each i_ case. Exit code 77: skipped, there are no cases.
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "finding/finding.hpp"
#include "finding/id.hpp"
#include "format/format.hpp"
#include "format/json/json_lines.hpp"

namespace {

using lhcr::finding::Id;
using lhcr::finding::id;

/// What the rules of FHIR add to those of JSON.
const std::array<Id, 9> of_fhir = {
    id<"json-root">,        id<"json-nested-array">,   id<"json-null">,
    id<"json-empty-array">, id<"json-extension-part">, id<"json-extension-length">,
    id<"json-duplicate">,   id<"input-bom">,           id<"nesting-too-deep">};

std::string text_of(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

/// The bytes, and behind them what the readers of JSON ask for.
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

struct Reading {
  bool grammar = true;  ///< nothing is against the grammar of JSON
  bool root = true;     ///< the text is an object
  bool cut = false;     ///< FHIR's rules ended reading before the end
};

Reading read(std::string_view text) {
  const Padded padded(text);
  const lhcr::SymbolTable symbols;
  lhcr::tree::Tree tree(symbols);
  lhcr::finding::Collector findings;
  lhcr::format::JsonReader reader;
  reader.read(padded.bytes(), tree, findings);
  Reading result;
  for (const auto& finding : findings.findings()) {
    const bool fhir = std::find(of_fhir.begin(), of_fhir.end(), finding.id) != of_fhir.end();
    result.grammar = result.grammar && fhir;
    result.root = result.root && finding.id != id<"json-root">;
    result.cut = result.cut || (fhir && finding.severity == lhcr::finding::Severity::fatal);
  }
  return result;
}

/// Whether JsonLines takes the text as one record, wanting only these members.
bool takes(std::string_view text, std::initializer_list<const char*> wanted, bool lines) {
  const Padded padded(text);
  lhcr::SymbolTable symbols;
  lhcr::format::NameSet names;
  for (const char* name : wanted) {
    names.add(name, symbols.intern(name));
  }
  lhcr::tree::Tree tree(symbols);
  lhcr::format::JsonLines reader(names);
  if (!lines) {
    return reader.read_one(padded.bytes(), tree);
  }
  std::string_view line;
  return reader.start(padded.bytes()) &&
         reader.next(tree, line) == lhcr::format::JsonLines::Result::record;
}

class Suite {
 public:
  explicit Suite(const char* decisions) {
    std::ifstream file(decisions);
    for (std::string name, verdict, reason; file >> name;) {
      file >> verdict;
      std::getline(file, reason);
      if (name.front() != '#') {
        decisions_[name] = verdict == "accepted";
      }
    }
  }

  void judge(const std::string& name, const std::string& text) {
    ++cases_;
    const std::string member = R"({"resourceType":"Basic","x":)" + text + "}";
    const Reading bare = read(text);
    const Reading inside = read(member);
    // FHIR knows objects only; of other values the member says what the grammar says.
    const bool good = bare.root ? bare.grammar : inside.grammar && !(inside.cut && is_bad(name));
    check(name, good);
    check_lines(name, text, bare.grammar && bare.root);
    if (text.find('\n') == std::string::npos) {
      check_lines(name, member, inside.grammar && !(inside.cut && is_bad(name)));
    }
  }

  int report() const {
    std::printf("%zu cases, %zu failed\n", cases_, failed_);
    return cases_ == 0 ? 77 : failed_ == 0 ? 0 : 1;
  }

 private:
  static bool is_bad(const std::string& name) { return name.starts_with("n_"); }

  void fail(const std::string& name, const char* what) {
    ++failed_;
    std::printf("FAIL %s: %s\n", name.c_str(), what);
  }

  void check(const std::string& name, bool good) {
    if (name.starts_with("i_")) {
      const auto found = decisions_.find(name);
      if (found == decisions_.end()) {
        fail(name, good ? "accepted, and not decided" : "refused, and not decided");
      } else if (found->second != good) {
        fail(name, good ? "accepted, against the decision" : "refused, against the decision");
      }
    } else if (good != name.starts_with("y_")) {
      fail(name, good ? "accepted" : "refused");
    }
  }

  void check_lines(const std::string& name, const std::string& text, bool good) {
    for (const bool lines : {false, true}) {
      const bool taken =
          takes(text, {"resourceType", "x"}, lines) || takes(text, {"resourceType"}, lines);
      if (taken && !good) {
        fail(name, lines ? "a line that JsonReader refuses" : "a text that JsonReader refuses");
      }
    }
  }

  std::map<std::string, bool> decisions_;
  std::size_t cases_ = 0;
  std::size_t failed_ = 0;
};

void judge_folder(const std::filesystem::path& folder, Suite& suite) {
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() == ".json") {
      suite.judge(file.path().filename().string(), text_of(file.path()));
    }
  }
}

void judge_package(const std::filesystem::path& package, Suite& suite) {
  std::string list = text_of(package / "data" / "parsing.js");
  list.erase(0, list.find('['));
  list.erase(list.rfind(']') + 1);
  for (const auto& test : nlohmann::json::parse(list)) {
    const auto text = test["input"].get<std::string>();
    // What the package, which is JavaScript, cannot hold: bytes that are no UTF-8.
    if (text.find("\xEF\xBF\xBD") == std::string::npos) {
      suite.judge(test["name"].get<std::string>(), text);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: conformance_json DECISIONS CASES...\n", stderr);
    return 2;
  }
  Suite suite(argv[1]);
  for (int i = 2; i < argc; ++i) {
    if (std::filesystem::is_directory(std::filesystem::path(argv[i]) / "data")) {
      judge_package(argv[i], suite);
    } else if (std::filesystem::is_directory(argv[i])) {
      judge_folder(argv[i], suite);
    }
  }
  return suite.report();
}
