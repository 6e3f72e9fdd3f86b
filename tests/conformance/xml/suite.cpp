// SPDX-License-Identifier: Apache-2.0
// The W3C's XML conformance suite through both readers of XML:
//   not-wf            refused
//   valid, invalid    accepted (nothing is validated); with a document type declaration refused as
//                     one that has it
//   error             either: XML leaves it to the processor
//
//   conformance_xml EXCLUSIONS FOLDER
//   conformance_xml FILE        judges the documents of FILE, each behind a line that says how many
//                               bytes it has: a line `accepted` or `refused ID TEXT` for each
//
// EXCLUSIONS has a line `ID CLAUSE: FACT` for each case that is not judged so; one that no failing
// case needs is a failure too.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

#include <pugixml.hpp>

#include "finding/finding.hpp"
#include "finding/id.hpp"
#include "format/cda/cda.hpp"
#include "format/format.hpp"

namespace {

using lhcr::finding::Id;
using lhcr::finding::id;

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

using Exclusions = std::map<std::string, std::string>;

Exclusions read_exclusions(const char* path) {
  Exclusions exclusions;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const std::size_t space = line.find(' ');
    if (!line.empty() && line.front() != '#') {
      exclusions[line.substr(0, space)] = line.substr(space + 1);
    }
  }
  return exclusions;
}

/// The finding that ended reading; Id{} and false when the document was read to its end.
struct Verdict {
  bool refused = false;
  Id id{};
  std::string text;
};

template <class Read>
Verdict verdict(const Read& read) {
  const lhcr::SymbolTable symbols;
  lhcr::tree::Tree tree(symbols);
  lhcr::finding::Collector findings;
  Verdict result;
  result.refused = !read(tree, findings);
  for (const auto& finding : findings.findings()) {
    if (finding.severity == lhcr::finding::Severity::fatal) {
      result.id = finding.id;
      result.text = finding.text();
    }
  }
  return result;
}

/// Without comments, instructions and CDATA sections.
std::string bare(std::string text) {
  constexpr std::pair<std::string_view, std::string_view> kinds[] = {
      {"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}};
  for (const auto& [open, close] : kinds) {
    for (std::size_t at = text.find(open); at != std::string::npos; at = text.find(open, at)) {
      const std::size_t end = text.find(close, at + open.size());
      text.erase(at, end == std::string::npos ? end : end + close.size() - at);
    }
  }
  return text;
}

/// Whether the document has a document type declaration; of UTF-16 without the zero bytes.
bool declares_type(std::string bytes) {
  bytes.erase(std::remove(bytes.begin(), bytes.end(), '\0'), bytes.end());
  return bare(std::move(bytes)).find("<!DOCTYPE") != std::string::npos;
}

class Suite {
 public:
  Suite(std::string folder, Exclusions exclusions)
      : folder_(std::move(folder)), exclusions_(std::move(exclusions)) {}

  void walk(const pugi::xml_node& node, const std::string& base) {
    for (const pugi::xml_node& child : node.children()) {
      const std::string_view name = child.name();
      if (name == "TESTCASES") {
        walk(child, base + child.attribute("xml:base").value());
      } else if (name == "TEST") {
        judge(child, base + child.attribute("URI").value());
      }
    }
  }

  int report() {
    for (const auto& [id, reason] : exclusions_) {
      if (used_[id] == 0) {
        std::printf("FAIL exclusion %s: no such case, or it passes now\n", id.c_str());
        ++failed_;
      }
    }
    for (const auto& [type, count] : counts_) {
      std::printf("%s: %zu\n", type.c_str(), count);
    }
    std::printf("%zu failed\n", failed_);
    return failed_ == 0 && !counts_.empty() ? 0 : 1;
  }

 private:
  void judge(const pugi::xml_node& test, const std::string& path) {
    const std::string type = test.attribute("TYPE").value();
    const std::string bytes = text_of(folder_ + "/xmlconf/" + path);
    const Verdict fhir = verdict(
        [&](auto& tree, auto& findings) { return lhcr::format::read_xml(bytes, tree, findings); });
    const Verdict cda = verdict(
        [&](auto& tree, auto& findings) { return lhcr::format::read_cda(bytes, tree, findings); });
    const bool doctype = declares_type(bytes);
    const bool right =
        fhir.refused == cda.refused && fhir.id == cda.id && is_right(type, doctype, fhir);
    const std::string id = test.attribute("ID").value();
    const std::string key = !right && exclusions_.contains(id) ? id : std::string();
    if (right || !key.empty()) {
      ++used_[key];
      ++counts_[right ? type + (doctype ? " with DOCTYPE" : "") : "excluded"];
      return;
    }
    ++failed_;
    std::printf("FAIL %s %s (%s): %s, as CDA: %s\n", type.c_str(), id.c_str(), path.c_str(),
                fhir.refused ? fhir.text.c_str() : "accepted",
                cda.refused ? cda.text.c_str() : "accepted");
  }

  static bool is_right(const std::string& type, bool doctype, const Verdict& verdict) {
    if (type == "error") {
      return true;
    }
    if (type == "not-wf") {
      return verdict.refused;
    }
    return doctype ? verdict.refused && verdict.id == id<"xml-doctype"> : !verdict.refused;
  }

  std::string folder_;
  Exclusions exclusions_;
  std::map<std::string, std::size_t> used_;
  std::map<std::string, std::size_t> counts_;
  std::size_t failed_ = 0;
};

int judge_documents(const char* path) {
  std::ifstream file(path, std::ios::binary);
  std::string line;
  while (std::getline(file, line)) {
    std::string bytes(std::stoul(line), '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    const Verdict found = verdict(
        [&](auto& tree, auto& findings) { return lhcr::format::read_cda(bytes, tree, findings); });
    if (found.refused) {
      std::printf("refused %s %s\n", std::string(lhcr::finding::entry(found.id).id).c_str(),
                  found.text.c_str());
    } else {
      std::puts("accepted");
    }
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2) {
    return judge_documents(argv[1]);
  }
  if (argc != 3) {
    std::fputs("usage: conformance_xml EXCLUSIONS FOLDER\n       conformance_xml FILE\n", stderr);
    return 2;
  }
  const std::string folder = argv[2];
  pugi::xml_document list;
  if (!list.load_file((folder + "/cleaned/xmlconf-flattened.xml").c_str())) {
    std::fputs("the list of cases cannot be read\n", stderr);
    return 1;
  }
  Suite suite(folder, read_exclusions(argv[1]));
  suite.walk(list.child("TESTSUITE"), "");
  return suite.report();
}
