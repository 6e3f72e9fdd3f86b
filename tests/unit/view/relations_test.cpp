// SPDX-License-Identifier: Apache-2.0
#include "view/relations.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "view/spool.hpp"

using namespace lhcr;
using view::Cell;
using view::Column;

namespace {

using Line = std::vector<std::string>;

Column column(const std::string& name, view::ColumnRole role = {}) {
  Column made;
  made.name = name;
  made.role = role;
  return made;
}

/// "" stands for null.
void add(view::Spool& spool, const Line& line) {
  std::vector<Cell> cells;
  for (const std::string& text : line) {
    Cell cell;
    if (!text.empty()) cell.kind = Cell::Kind::text;
    cell.bytes = text.data();
    cell.length = static_cast<std::uint32_t>(text.size());
    cells.push_back(cell);
  }
  const auto writer = view::make_spool_writer();
  writer->row({cells, nullptr, nullptr});
  spool.add(writer->out());
}

struct Lines : view::RowSink {
  void row(const view::Row& row) override {
    std::string& line = text.emplace_back();
    for (const Cell& cell : row.cells) {
      line += cell.kind == Cell::Kind::null ? std::string("-") : std::string(row.text(cell));
      line += ' ';
    }
  }
  std::vector<std::string> text;
};

const std::vector<Column> persons = {column("id", {.key = true, .required = true}),
                                     column("site", {.references = "site"})};
const std::vector<Column> sites = {column("id", {.key = true, .required = true})};
const std::vector<Column> visits = {column("person", {.required = true, .references = "person"}),
                                    column("site", {.references = "site", .may_miss = true})};

}  // namespace

TEST_CASE("a spool gives back what it took, however much it is") {
  view::Spool spool;
  const std::string text(1000, 'x');
  constexpr int rows = 5000;
  for (int i = 0; i < rows; ++i) add(spool, {std::to_string(i), "", text});
  Lines lines;
  spool.read(lines);
  REQUIRE(lines.text.size() == rows);
  CHECK(lines.text.front() == "0 - " + text + " ");
  CHECK(lines.text.back() == "4999 - " + text + " ");
}

TEST_CASE("rows keep what their tables demand") {
  view::Relations relations({{"visit", {&visits}}, {"person", {&persons}}, {"site", {&sites}}});
  CHECK(relations.order() == std::vector<std::size_t>{2, 1, 0});
  view::Spool site_rows;
  view::Spool person_rows;
  view::Spool visit_rows;
  add(site_rows, {"7"});
  add(person_rows, {"1", "7"});
  add(person_rows, {"1", ""});
  add(person_rows, {"2", "8"});
  add(person_rows, {"", "7"});
  add(visit_rows, {"2", "7"});
  add(visit_rows, {"3", "7"});
  add(visit_rows, {"1", "9"});
  Lines lines;
  relations.settle(2, {&site_rows}, lines);
  relations.settle(1, {&person_rows}, lines);
  relations.settle(0, {&visit_rows}, lines);
  CHECK(lines.text == Line{"7 ", "1 7 ", "2 - ", "2 7 ", "1 - "});
  CHECK(relations.notes() == Line{"person: 1 rows left out: without id",
                                  "person: 1 rows of a key that came before: the first stays",
                                  "person: 1 site cleared: it is in no row of site",
                                  "visit: 1 rows left out: person is in no row of person"});
}

TEST_CASE("rows of one key become one, with the least and the greatest") {
  const std::vector<Column> spans = {column("person", {.key = true, .required = true}),
                                     column("first", {.merge = view::ColumnRole::Merge::least}),
                                     column("last", {.merge = view::ColumnRole::Merge::greatest})};
  view::Relations relations({{"span", {&spans, &spans}}});
  view::Spool one;
  view::Spool other;
  add(one, {"1", "2020-02-01", "2020-02-03"});
  add(one, {"2", "2020-02-01", ""});
  add(other, {"1", "2019-05-01", "2019-05-01"});
  add(other, {"2", "2021-02-01", "2021-02-02"});
  Lines lines;
  relations.settle(0, {&one, &other}, lines);
  CHECK(lines.text == Line{"1 2019-05-01 2020-02-03 ", "2 2020-02-01 2021-02-02 "});
}

TEST_CASE("of rows of one key a column may have the last value") {
  const std::vector<Column> providers = {column("id", {.key = true, .required = true}),
                                         column("name", {}),
                                         column("site", {.merge = view::ColumnRole::Merge::last})};
  view::Relations relations({{"provider", {&providers, &providers}}});
  view::Spool people;
  view::Spool roles;
  add(people, {"1", "Fennimore", ""});
  add(people, {"2", "Okonkwo", ""});
  add(roles, {"1", "another", "7"});
  add(roles, {"1", "", ""});
  add(roles, {"3", "Alone", "9"});
  Lines lines;
  relations.settle(0, {&people, &roles}, lines);
  CHECK(lines.text == Line{"1 Fennimore 7 ", "2 Okonkwo - ", "3 Alone 9 "});
}
