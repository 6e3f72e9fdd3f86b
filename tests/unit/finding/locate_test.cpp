// SPDX-License-Identifier: Apache-2.0
#include "finding/locate.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

using lhcr::finding::Finding;
using lhcr::finding::Position;

namespace {

std::vector<Position> located(const std::string& record, const std::vector<std::size_t>& offsets,
                              const lhcr::finding::RecordPlace& place) {
  std::vector<Finding> findings(offsets.size());
  for (std::size_t at = 0; at < offsets.size(); ++at) findings[at].position.offset = offsets[at];
  lhcr::finding::locate(findings, record, place);
  std::vector<Position> positions;
  for (const Finding& finding : findings) positions.push_back(finding.position);
  return positions;
}

}  // namespace

TEST_CASE("lines and columns count from 1, columns in code points, in any order") {
  const std::string record = "{\n  \"name\": \"Zo\xC3\xAB\",\r\n  \"x\": 1}";
  const auto places = located(record, {record.find('x'), record.find(','), 4, 0}, {});
  CHECK(places[0].line == 3);
  CHECK(places[0].column == 4);
  CHECK(places[1].line == 2);
  CHECK(places[1].column == 16);
  CHECK(places[2].line == 2);
  CHECK(places[2].column == 3);
  CHECK(places[3].line == 1);
  CHECK(places[3].column == 1);
}

TEST_CASE("a record's place in its file is added, offsets stay in the record") {
  const auto places = located("{}\n ", {1, 3, 9999}, {1000, 17});
  CHECK(places[0].line == 17);
  CHECK(places[0].offset == 1001);
  CHECK(places[1].line == 18);
  CHECK(places[2].offset == 1004);
}

TEST_CASE("an empty record has a first line") {
  const auto places = located("", {0}, {5, 3});
  CHECK(places[0].line == 3);
  CHECK(places[0].column == 1);
}
