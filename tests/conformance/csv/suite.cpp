// SPDX-License-Identifier: Apache-2.0
// csv-spectrum: each table gives the objects that stand beside it as JSON. One is left out: the
// telephone number of location_coordinates.csv is another one in the JSON of version 2.0.0.
//
//   conformance_csv FOLDER
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "format/csv/csv.hpp"

namespace {

using nlohmann::json;
using Fields = std::vector<std::string_view>;

json read(const std::string& path) {
  lhcr::format::CsvReader reader(path);
  json rows = json::array();
  Fields fields;
  if (!reader.next(fields)) {
    return rows;
  }
  const std::vector<std::string> names(fields.begin(), fields.end());
  while (reader.next(fields)) {
    json row = json::object();
    for (std::size_t i = 0; i < names.size() && i < fields.size(); ++i) {
      row[names[i]] = fields[i];
    }
    rows.push_back(row);
  }
  return rows;
}

bool judge(const std::filesystem::path& table, const std::filesystem::path& expected) {
  std::ifstream file(expected);
  const json wanted = json::parse(file);
  try {
    const json got = read(table.string());
    if (got == wanted) {
      return true;
    }
    std::printf("FAIL %s\n  expected %s\n  read     %s\n", table.filename().c_str(),
                wanted.dump().c_str(), got.dump().c_str());
  } catch (const lhcr::Error& error) {
    std::printf("FAIL %s: %s\n", table.filename().c_str(), error.what());
  }
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: conformance_csv FOLDER\n", stderr);
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  std::size_t cases = 0;
  std::size_t failed = 0;
  for (const auto& table : std::filesystem::directory_iterator(folder / "csvs")) {
    if (table.path().filename() == "location_coordinates.csv") {
      continue;
    }
    const std::filesystem::path expected =
        folder / "json" / table.path().filename().replace_extension(".json");
    ++cases;
    failed += judge(table.path(), expected) ? 0U : 1U;
  }
  std::printf("%zu tables, %zu failed\n", cases, failed);
  return cases > 0 && failed == 0 ? 0 : 1;
}
