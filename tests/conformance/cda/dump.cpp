// SPDX-License-Identifier: Apache-2.0
// cda_dump: every class of the CDA model in the program and every child that it has, one a line.
#include <cstdio>
#include <string>

#include "definition/definitions.hpp"

namespace {

using lhcr::definition::Child;
using lhcr::definition::Definitions;
using lhcr::definition::TypeId;

std::string joined_types(const Definitions& cda, const Child& row) {
  std::string text;
  for (const auto& type : cda.element_types(row.definition)) {
    text.append(text.empty() ? "" : "|").append(type.code);
  }
  return text;
}

void print_child(const Definitions& cda, const lhcr::SymbolTable& symbols, const Child& row) {
  const auto element = cda.element(row.definition);
  const auto name = [&](lhcr::Symbol symbol) { return std::string(symbols.name(symbol)); };
  const char mark = (row.flags & lhcr::definition::child_attribute) != 0 ? '@'
                    : (row.flags & lhcr::definition::child_text) != 0    ? '$'
                                                                         : '.';
  const std::string max =
      element.max == lhcr::definition::unbounded ? "*" : std::to_string(element.max);
  std::printf("%s\t%s\t%c\t%s\t%u\t%s\t%s\t%s\n", std::string(element.path).c_str(),
              name(row.written).c_str(), mark, name(row.element).c_str(), element.min, max.c_str(),
              joined_types(cda, row).c_str(), std::string(element.fixed).c_str());
}

}  // namespace

int main() {
  const lhcr::definition::Library library;
  const Definitions& cda = library.cda();
  for (TypeId type = 1; type < cda.types().size(); ++type) {
    const auto& info = cda.info(type);
    const std::string base(cda.info(info.base).name);
    std::printf("type\t%s\t%s\t%s\n", std::string(info.name).c_str(),
                info.base == lhcr::definition::no_type ? "-" : base.c_str(),
                info.abstract ? "abstract" : "");
    for (const Child& row : cda.children(type)) {
      print_child(cda, library.symbols(), row);
    }
  }
  return 0;
}
