// SPDX-License-Identifier: Apache-2.0
#include "base/symbol.hpp"

#include <string>

#include <doctest/doctest.h>

#include "base/names.hpp"

using namespace lhcr;

TEST_CASE("a name keeps its number, through growth of the table") {
  SymbolTable table;
  const Symbol before = table.size();
  CHECK(table.find("heard-of") == no_symbol);
  const Symbol name = table.intern("heard-of");
  CHECK(name != no_symbol);
  for (int at = 0; at < 10'000; ++at) {
    table.intern("n" + std::to_string(at));
  }
  CHECK(table.intern("heard-of") == name);
  CHECK(table.find("n9999") != no_symbol);
  CHECK(table.name(table.find("n9999")) == "n9999");
  CHECK(table.size() == before + 10'001);
}

TEST_CASE("every table begins with the names that code asks for") {
  const SymbolTable table;
  CHECK(table.find("nullFlavor") == name::null_flavor);
  CHECK(table.find("xsi:type") == name::xsi_type);
  CHECK(table.name(name::modifier_extension) == "modifierExtension");
  const SymbolTable more(&table);
  CHECK(more.find("id") == name::id);
}

TEST_CASE("names that differ only in trailing zeros or length are different") {
  SymbolTable table;
  const Symbol plain = table.intern("abc");
  CHECK(table.intern(std::string_view("abc\0", 4)) != plain);
  CHECK(table.intern("") != plain);
  CHECK(table.intern("abcabcab") != table.intern("abcabcabc"));
}

TEST_CASE("an extension numbers on where its base ends, and clears without it") {
  SymbolTable base;
  const Symbol known = base.intern("known");
  SymbolTable more(&base);
  CHECK(more.find("known") == known);
  CHECK(more.intern("known") == known);
  const Symbol added = more.intern("added");
  CHECK(added == base.size());
  CHECK(base.find("added") == no_symbol);
  CHECK(more.name(known) == "known");
  CHECK(more.name(added) == "added");
  more.clear();
  CHECK(more.find("added") == no_symbol);
  CHECK(more.find("known") == known);
  CHECK(more.intern("other") == added);
}

TEST_CASE("a number without name has an empty one") {
  SymbolTable base;
  const SymbolTable more(&base);
  CHECK(more.name(no_symbol).empty());
  CHECK(more.name(more.size()).empty());
}
