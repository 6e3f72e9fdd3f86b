// SPDX-License-Identifier: Apache-2.0
// lhcr-findings OUT FILE...: the build's compiler of the findings' rows. OUT becomes the C++ of the
// catalogue: the rows of every FILE (explanations/*.md), their ids, and how many arguments each
// takes (finding/id.hpp).
#include <cstdio>
#include <exception>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"
#include "finding/explanation.hpp"
#include "finding/slots.hpp"

namespace {

using lhcr::finding::Arity;
using lhcr::finding::Entry;

std::string literal(std::string_view text) {
  std::string out = "\"";
  for (const char byte : text) {
    if (byte == '"' || byte == '\\') out += '\\';
    out += byte;
  }
  return out + '"';
}

void append_ids(const Entry& row, std::size_t place, std::string& out) {
  const std::string value = "::id = static_cast<Id>(" + std::to_string(place) + ");\n";
  const std::string name = literal(row.id);
  out += "template <> constexpr Id Named<" + name + ">" + value;
  const Arity arity = lhcr::finding::arity_of(row.text, row.hint);
  for (std::size_t count = arity.least; count <= arity.most; ++count) {
    out += "template <> constexpr Id Taking<" + name + ", " + std::to_string(count) + ">" + value;
  }
}

std::string row_of(const Entry& row) {
  std::string out = "    {" + literal(row.id) + ", Severity::";
  out += severity_name(row.severity);
  return out + ", " + literal(row.code) + ", " + literal(row.text) + ", " + literal(row.hint) +
         "},\n";
}

class Catalogue {
 public:
  void add(const std::string& text, const std::string& name) {
    for (const auto& each : lhcr::finding::read_explanations(text, name)) {
      if (!known_.insert(std::string(each.row.id)).second) {
        throw lhcr::Error(lhcr::ErrorKind::internal,
                          name + ": " + std::string(each.row.id) + " stands twice");
      }
      append_ids(each.row, count_++, ids_);
      rows_ += row_of(each.row);
    }
  }
  [[nodiscard]] std::string text() const {
    return "// Generated from explanations/*.md of lib/finding. Do not edit.\n"
           "#include \"finding/id.hpp\"\n\nnamespace lhcr::finding {\n\n" +
           ids_ +
           "\nconst std::vector<Entry>& catalogue() {\n  static const std::vector<Entry> rows{\n" +
           rows_ + "  };\n  return rows;\n}\n\n}  // namespace lhcr::finding\n";
  }

 private:
  std::set<std::string> known_;
  std::size_t count_ = 0;
  std::string ids_;
  std::string rows_;
};

}  // namespace

int main(int argc, char** argv) {
  try {
    Catalogue catalogue;
    for (int at = 2; at < argc; ++at) catalogue.add(lhcr::read_file(argv[at]), argv[at]);
    lhcr::write_file(argv[1], catalogue.text());
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "lhcr-findings: %s\n", error.what());
    return 3;
  }
}
