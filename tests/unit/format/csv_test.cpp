// SPDX-License-Identifier: Apache-2.0
#include "format/csv/csv.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/file.hpp"
#include "format/csv/csv_name.hpp"

using namespace lhcr;

namespace {

/// A file that is gone at the end of the test.
class Written {
 public:
  explicit Written(const std::string& text) {
    const Descriptor file(::mkstemp(path_.data()));
    REQUIRE(::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  Written(const Written&) = delete;
  Written& operator=(const Written&) = delete;
  ~Written() { ::unlink(path_.c_str()); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_ = "/tmp/lhcr-csv-XXXXXX";
};

using Rows = std::vector<std::vector<std::string>>;

Rows read(const std::string& text, char delimiter = ',', const format::CsvLimits& limits = {}) {
  const Written file(text);
  format::CsvReader reader(file.path(), delimiter, limits);
  std::vector<std::string_view> fields;
  Rows rows;
  while (reader.next(fields)) rows.emplace_back(fields.begin(), fields.end());
  return rows;
}

/// "line:column: ..." of the failure.
std::string fault(const std::string& text, const format::CsvLimits& limits = {}) {
  try {
    read(text, ',', limits);
  } catch (const Error& error) {
    const std::string what = error.what();
    return what.substr(what.find(':') + 1);
  }
  return "read";
}

}  // namespace

TEST_CASE("fields in quotes hold delimiters, line ends and quotes") {
  CHECK(read("a,\"b,\"\"c\"\"\nd\",e\r\nf,,\"\"") == Rows{{"a", "b,\"c\"\nd", "e"}, {"f", "", ""}});
}

TEST_CASE("the byte order mark and blank lines are no fields") {
  CHECK(read("\xEF\xBB\xBF"
             "a,b\n\n\r\nc,d\n\n") == Rows{{"a", "b"}, {"c", "d"}});
  CHECK(read("").empty());
  CHECK(read("\n\n").empty());
}

TEST_CASE("lines end with LF, CRLF or, where the first one does, CR alone") {
  const Rows rows = {{"a", "b"}, {"1", "2\r3"}, {"4", ""}};
  CHECK(read("a,b\n1,\"2\r3\"\n4,\n") == rows);
  CHECK(read("a,b\r\n1,\"2\r3\"\r\n4,") == rows);
  CHECK(read("a,b\r1,\"2\r3\"\r4,\r") == rows);
  CHECK(read("a,b\r1,\"2\r3\"\r\r4,") == rows);
  CHECK(read("a;b\rc,d", 0) == Rows{{"a", "b"}, {"c,d"}});
  CHECK(read("\"a\rb\",c\n1,2\n") == Rows{{"a\rb", "c"}, {"1", "2"}});
  CHECK(read("a\r\r") == Rows{{"a"}});
  const Written file("a,b\r\r\"1\r2\",3\rc,d");
  format::CsvReader reader(file.path(), ',');
  std::vector<std::string_view> fields;
  std::vector<std::uint64_t> lines;
  while (reader.next(fields)) lines.push_back(reader.line());
  CHECK(lines == std::vector<std::uint64_t>{1, 3, 5});
}

TEST_CASE("the cases of RFC 4180") {
  const Rows rows = {{"aaa", "bbb", "ccc"}, {"zzz", "yyy", "xxx"}};
  CHECK(read("aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n") == rows);
  CHECK(read("aaa,bbb,ccc\r\nzzz,yyy,xxx") == rows);
  CHECK(read("\"aaa\",\"bbb\",\"ccc\"\r\nzzz,yyy,xxx") == rows);
  CHECK(read("\"aaa\",\"b\r\nbb\",\"ccc\"\r\nzzz,yyy,xxx") ==
        Rows{{"aaa", "b\r\nbb", "ccc"}, {"zzz", "yyy", "xxx"}});
  CHECK(read("\"aaa\",\"b\"\"bb\",\"ccc\"") == Rows{{"aaa", "b\"bb", "ccc"}});
  CHECK(read(" a , b \r\n") == Rows{{" a ", " b "}});
}

TEST_CASE("the delimiter that the first line has most of is guessed") {
  CHECK(read("a;b,c;d\n1;2;3\n", 0) == Rows{{"a", "b,c", "d"}, {"1", "2", "3"}});
  CHECK(read("a\tb\n", 0) == Rows{{"a", "b"}});
  CHECK(read("a|b\n", 0) == Rows{{"a", "b"}});
}

TEST_CASE("without quotes a quote is a character") {
  format::CsvLimits plain;
  plain.quotes = false;
  CHECK(read("\"a\tb \"c\"\n", '\t', plain) == Rows{{"\"a", "b \"c\""}});
}

TEST_CASE("rows longer than a block are whole") {
  const std::string long_text(600'000, 'x');
  const Rows rows = read("a,b\n\"" + long_text + "\"\"\"," + long_text + "\nc,d\n");
  REQUIRE(rows.size() == 3);
  CHECK(rows[1] == std::vector<std::string>{long_text + "\"", long_text});
  CHECK(rows[2] == std::vector<std::string>{"c", "d"});
}

TEST_CASE("a file is read the same wherever its blocks end") {
  constexpr std::size_t block = 256 * 1024;
  const std::string tail = "\"q\"\"\r\n\xC3\xA9\",z\r\ne,f\r\n";
  for (std::size_t before = 0; before <= tail.size(); ++before) {
    std::string text(block - before - 2, 'x');
    text += ",\n" + tail;
    const Rows rows = read(text);
    CAPTURE(before);
    REQUIRE(rows.size() == 3);
    CHECK(rows[1] == std::vector<std::string>{"q\"\r\n\xC3\xA9", "z"});
    CHECK(rows[2] == std::vector<std::string>{"e", "f"});
  }
}

TEST_CASE("what cannot be trusted is refused with its place") {
  CHECK(fault("a,b\nc,\"d\n").starts_with("2:3: the quote is not closed"));
  CHECK(fault("a,b\nc,\"d\"e\n").starts_with("2:6: text follows a closing quote"));
  CHECK(fault("a\nb\xFF\n").starts_with("2:2: these bytes are not UTF-8"));
  CHECK(fault("a\nb\xC3").starts_with("2:2: these bytes are not UTF-8"));
  format::CsvLimits narrow;
  narrow.fields = 2;
  CHECK(fault("a,b\nc,d,e\n", narrow).find("too many fields") != std::string::npos);
  narrow.row_bytes = 1000;
  CHECK(fault("\"" + std::string(2'000'000, 'x'), narrow).find("longer than") != std::string::npos);
}

TEST_CASE("lines are counted through fields in quotes") {
  const Written file("a\n\"b\nc\"\nd\n");
  format::CsvReader reader(file.path());
  std::vector<std::string_view> fields;
  std::vector<std::uint64_t> lines;
  while (reader.next(fields)) lines.push_back(reader.line());
  CHECK(lines == std::vector<std::uint64_t>{1, 2, 4});
}

TEST_CASE("a field is quoted when it must be, and reads back") {
  for (const std::string text : {"a", "a,b", "a\"b", "a\nb", "a\rb", " a ", "", "\xC3\xA9"}) {
    std::string line;
    format::append_csv_field(line, text, ',');
    CAPTURE(line);
    CHECK(read(line + ",x\n") == Rows{{text, "x"}});
  }
  std::string tabs;
  format::append_csv_field(tabs, "a,b", '\t');
  CHECK(tabs == "a,b");
}

TEST_CASE("a table is known by its name, packed or not") {
  for (const char* name : {"a.csv", "a.TSV", "x/a.csv.gz", "a.Csv.ZST"}) {
    CHECK(format::names_table(name));
  }
  for (const char* name : {"a.json", "a.gz", "csv", "a.csv.zip", "a.csv.gz.txt"}) {
    CHECK_FALSE(format::names_table(name));
  }
  CHECK(format::table_name("x/Patients.csv.gz") == "x/Patients.csv");
  CHECK(format::table_name("patients.csv") == "patients.csv");
  CHECK(format::table_name("records.json.gz") == "records.json.gz");
}

TEST_CASE("a field is quoted wherever the byte stands that asks for it") {
  for (const char delimiter : {',', '\t', ' ', ';'}) {
    for (std::size_t size = 1; size < 20; ++size) {
      for (std::size_t at = 0; at < size; ++at) {
        for (const char byte : {delimiter, '"', '\n', '\r', '\x0B', '\xA2', '\x8D'}) {
          std::string text(size, 'a');
          text[at] = byte;
          const bool asks = byte == delimiter || byte == '"' || byte == '\n' || byte == '\r';
          std::string field;
          format::append_csv_field(field, text, delimiter);
          CHECK((field.front() == '"') == asks);
        }
      }
    }
  }
}
