// SPDX-License-Identifier: Apache-2.0
#include "view/view.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "base/error.hpp"
#include "definition/definitions.hpp"
#include "finding/id.hpp"
#include "format/format.hpp"
#include "view/built_in.hpp"
#include "view/parquet.hpp"
#include "view/sql_type.hpp"
#include "view/writer.hpp"

using namespace lhcr;
using finding::Id;
using finding::id;

namespace {

definition::Library& library() {
  static definition::Library made;
  return made;
}

view::View compile(const std::string& body) {
  return view::View({"test.json", R"({"resourceType":"ViewDefinition","name":"t",)" + body + "}"},
                    library());
}

/// A view of Patients with these columns.
view::View columns(const std::string& list) {
  return compile(R"("resource":"Patient","select":[{"column":[)" + list + "]}]");
}

/// What a view makes of one record, and what it says about it.
struct Made {
  std::string text;
  bool good = false;
  finding::Collector findings;

  Made(const view::View& view, std::string json, view::RowWriter& writer) {
    json.append(format::read_padding, '\0');
    const std::string_view bytes(json.data(), json.size() - format::read_padding);
    tree::Tree tree(library().symbols());
    REQUIRE(format::JsonReader().read(bytes, tree, findings));
    definition::attach_types(tree, view.definitions());
    view::Runner runner(view);
    good = runner.run(tree, tree::root_node, writer, findings);
    text = writer.out();
  }
  [[nodiscard]] bool refused(Id id) const {
    return !good && findings.findings().size() == 1 && findings.findings()[0].id == id;
  }
};

std::string csv(const view::View& view, const std::string& json) {
  const auto writer = view::make_csv_writer({});
  return Made(view, json, *writer).text;
}

std::string ndjson(const view::View& view, const std::string& json) {
  const auto writer = view::make_ndjson_writer(view.columns());
  return Made(view, json, *writer).text;
}

bool refused(const view::View& view, const std::string& json, Id id) {
  const auto writer = view::make_csv_writer({});
  return Made(view, json, *writer).refused(id);
}

std::string why(const std::string& body) {
  try {
    compile(body);
  } catch (const Error& error) {
    return error.what();
  }
  return "compiled";
}

const std::string two_names =
    R"({"resourceType":"Patient","id":"a","active":true,"name":[{"family":"B","given":["C","D"]},{"family":"E"}]})";

}  // namespace

TEST_CASE("a column takes one value, a collection all") {
  const view::View one = columns(R"({"name":"id","path":"id","type":"id"})");
  CHECK(csv(one, two_names) == "a\n");
  CHECK(refused(columns(R"({"name":"f","path":"name.family"})"), two_names,
                id<"view-column-values">));
  const view::View all = columns(R"({"name":"f","path":"name.family","collection":true})");
  CHECK(csv(all, two_names) == "\"[\"\"B\"\",\"\"E\"\"]\"\n");
  CHECK(ndjson(all, two_names) == "{\"f\":[\"B\",\"E\"]}\n");
}

TEST_CASE("nothing is an empty field, null or an empty list") {
  const view::View view = columns(
      R"({"name":"a","path":"birthDate"},{"name":"b","path":"telecom.value","collection":true})");
  CHECK(csv(view, two_names) == ",\n");
  CHECK(ndjson(view, two_names) == "{\"a\":null,\"b\":[]}\n");
  // A blank line would be no row.
  CHECK(csv(columns(R"({"name":"a","path":"birthDate"})"), two_names) == "\"\"\n");
}

TEST_CASE("values must be of the kind that the column declares") {
  CHECK(ndjson(columns(R"({"name":"a","path":"active","type":"boolean"})"), two_names) ==
        "{\"a\":true}\n");
  CHECK(refused(columns(R"({"name":"a","path":"id","type":"integer"})"), two_names,
                id<"view-column-type">));
  CHECK(refused(columns(R"({"name":"a","path":"name[0]"})"), two_names, id<"view-column-element">));
}

TEST_CASE("forEach repeats the row, forEachOrNull keeps one without items") {
  const auto each = [](const std::string& iteration) {
    return compile(R"("resource":"Patient","select":[{"column":[{"name":"id","path":"id"}]},{")" +
                   iteration +
                   R"(":"name","column":[{"name":"n","path":"%rowIndex","type":"integer"},)"
                   R"({"name":"f","path":"family"}]}])");
  };
  const std::string nobody = R"({"resourceType":"Patient","id":"z"})";
  CHECK(csv(each("forEach"), two_names) == "a,0,B\na,1,E\n");
  CHECK(csv(each("forEach"), nobody).empty());
  CHECK(csv(each("forEachOrNull"), nobody) == "z,0,\n");
}

TEST_CASE("unionAll adds rows, neighbours multiply them") {
  const view::View view = compile(
      R"("resource":"Patient","select":[{"unionAll":[{"forEach":"name","column":[{"name":"x","path":"family"}]},)"
      R"({"column":[{"name":"x","path":"id"}]}]},{"forEach":"name.given","column":[{"name":"g","path":"$this"}]}])");
  CHECK(csv(view, two_names) == "B,C\nB,D\nE,C\nE,D\na,C\na,D\n");
}

TEST_CASE("repeat finds items on every level") {
  const view::View view = compile(
      R"("resource":"QuestionnaireResponse","select":[{"repeat":["item","answer.item"],"column":[{"name":"l","path":"linkId"}]}])");
  CHECK(
      csv(view,
          R"({"resourceType":"QuestionnaireResponse","status":"completed","item":[{"linkId":"1","item":[{"linkId":"1.1",)"
          R"("answer":[{"valueBoolean":true,"item":[{"linkId":"1.1.1"}]}]}]},{"linkId":"2"}]})") ==
      "1\n1.1\n1.1.1\n2\n");
}

TEST_CASE("where keeps records, and must be a boolean") {
  const std::string select = R"(,"select":[{"column":[{"name":"id","path":"id"}]}])";
  const auto where = [&](const std::string& path) {
    return compile(R"("resource":"Patient","where":[{"path":")" + path + "\"}]" + select);
  };
  CHECK(csv(where("active"), two_names) == "a\n");
  CHECK(csv(where("active = false"), two_names).empty());
  CHECK(refused(where("name.family"), two_names, id<"view-where">));
}

TEST_CASE("other resources have no rows") {
  CHECK(csv(columns(R"({"name":"id","path":"id"})"),
            R"({"resourceType":"Group","id":"g","type":"person","actual":true})")
            .empty());
}

TEST_CASE("views that are wrong are refused with their place") {
  const std::string column = R"({"name":"a","path":"id"})";
  CHECK(why(R"("resource":"Patient","select":[{"column":[)" + column + "," + column + "]}]")
            .find("two columns 'a'") != std::string::npos);
  CHECK(why(R"("resource":"Patient","select":[{"column":[{"name":"a","path":"name.("}]}])")
            .find("select[0].column[0].path") != std::string::npos);
  CHECK(
      why(R"("resource":"Patient","select":[{"column":[{"name":"a","path":"name","type":"HumanName"}]}])")
          .find("is not a primitive type") != std::string::npos);
  CHECK(why(R"("resource":"Nobody","select":[{"column":[)" + column + "]}]") != "compiled");
  CHECK(why(R"("resource":"Patient","select":[{"unionAll":[{"column":[)" + column +
            R"(]},{"column":[{"name":"b","path":"id"}]}]}])")
            .find("unionAll") != std::string::npos);
}

TEST_CASE("every built-in view compiles and names its table") {
  const std::vector<view::Source> all = view::built_in();
  CHECK(all.size() > 40);
  for (const view::Source& source : all) {
    CAPTURE(source.name);
    const view::View view(source, library());
    CHECK(view.notes().empty());
    const std::string rest = source.name.substr(source.name.find('.') + 1);
    CHECK((rest == view.name() || rest == view.name() + "." + view.resource()));
    CHECK_FALSE(view::built_in(source.name).empty());
  }
  CHECK(view::built_in_sets() == std::vector<std::string>{"omop", "omop_ids", "plain", "synthea"});
  CHECK(view::built_in("nobody").empty());
}

TEST_CASE("names that views need are those they write") {
  std::vector<view::View> views;
  views.push_back(columns(R"j({"name":"f","path":"name.family.first()"})j"));
  const auto needed = view::needed_names(views, library().symbols());
  REQUIRE(needed);
  const auto has = [&](std::string_view name) {
    return std::find(needed->begin(), needed->end(), library().symbols().find(name)) !=
           needed->end();
  };
  CHECK(has("family"));
  CHECK(has("resourceType"));
  CHECK_FALSE(has("birthDate"));
}

TEST_CASE("headers are written as the dialect wants them") {
  const view::View view = columns(R"({"name":"a","path":"id"},{"name":"b","path":"id"})");
  CHECK(view::csv_header(view.columns(), {}) == "a,b\n");
  CHECK(view::csv_header(view.columns(), {.delimiter = '\t', .bom = true}) ==
        "\xEF\xBB\xBF"
        "a\tb\n");
  CHECK(view::csv_header(view.columns(), {.header = false}).empty());
}

TEST_CASE("packed rows have a mark before each value") {
  const view::View view =
      columns(R"({"name":"a","path":"active","type":"boolean"},{"name":"b","path":"birthDate"},)"
              R"({"name":"f","path":"name.family","collection":true})");
  const auto writer = view::make_packed_writer(view.columns());
  const std::string text = Made(view, two_names, *writer).text;
  using namespace std::string_literals;
  CHECK(text ==
        "\x01\x01\x00\x02\x00\x00\x00\x01\x01\x00\x00\x00"
        "B\x01\x01\x00\x00\x00"
        "E"s);
}

TEST_CASE("a number that a double does not carry is marked") {
  const view::View view = compile(
      R"("resource":"Observation","select":[{"column":[{"name":"v","path":"value.ofType(Quantity).value","type":"decimal"}]}])");
  const auto mark = [&](const std::string& number) {
    const auto writer = view::make_packed_writer(view.columns());
    const std::string text =
        Made(view, R"({"resourceType":"Observation","valueQuantity":{"value":)" + number + "}}",
             *writer)
            .text;
    REQUIRE(text.size() == 1 + sizeof(double));
    return static_cast<view::Packed>(text.front());
  };
  CHECK(mark("71.50") == view::Packed::value);
  CHECK(mark("37.199999999999996") == view::Packed::value);
  CHECK(mark("1.00000000000000000000") == view::Packed::value);
  CHECK(mark("1.00000000000000000001") == view::Packed::rounded);
}

TEST_CASE("types of SQL say how typed formats hold values") {
  using Kind = view::SqlType::Kind;
  const auto kind = [](std::string_view text) {
    const auto found = view::parse_sql_type(text);
    REQUIRE_MESSAGE(found, text);
    return found->kind;
  };
  CHECK(kind("DATE") == Kind::date);
  CHECK(kind(" timestamp (6)  without time zone ") == Kind::timestamp);
  CHECK(kind("TIMESTAMP WITH TIME ZONE") == Kind::instant);
  CHECK(kind("VARCHAR(50)") == Kind::other);
  CHECK(kind("NUMERIC") == Kind::other);
  const auto decimal = view::parse_sql_type("DECIMAL(10, 2)");
  REQUIRE(decimal);
  CHECK(decimal->precision == 10);
  CHECK(decimal->scale == 2);
  for (const std::string_view wrong :
       {"DATTE", "DECIMAL(39,1)", "DECIMAL(2,3)", "DECIMAL(x)", ""}) {
    CHECK_MESSAGE(!view::parse_sql_type(wrong), wrong);
  }
  CHECK(view::near_sql_type("TIMESTMP") == "TIMESTAMP");
}

/// The mark of a value in a column of a type of SQL, and the number behind it.
std::pair<view::Packed, std::int64_t> packed(const std::string& sql_type, const std::string& text) {
  view::Column column;
  column.name = "c";
  column.sql_type = sql_type;
  column.sql = view::parse_sql_type(sql_type).value();
  const std::vector<view::Column> columns = {column};
  const auto writer = view::make_packed_writer(columns);
  view::Cell cell;
  cell.kind = view::Cell::Kind::text;
  cell.bytes = text.data();
  cell.length = static_cast<std::uint32_t>(text.size());
  const std::vector<view::Cell> cells = {cell};
  writer->row({cells, nullptr, nullptr});
  const std::string_view bytes = writer->out();
  std::int64_t number = 0;
  if (bytes.size() == 1 + sizeof(std::int32_t)) {
    std::int32_t days = 0;
    std::memcpy(&days, bytes.data() + 1, sizeof days);
    number = days;
  } else if (bytes.size() == 1 + sizeof number) {
    std::memcpy(&number, bytes.data() + 1, sizeof number);
  } else {
    std::uint64_t all = 0;
    for (const char byte : bytes.substr(1)) all = all << 8U | static_cast<unsigned char>(byte);
    number = static_cast<std::int64_t>(all);
  }
  return {static_cast<view::Packed>(bytes.front()), number};
}

TEST_CASE("dates, times and decimals are packed as their SQL type holds them") {
  using view::Packed;
  CHECK(packed("DATE", "1970-01-02") == std::pair(Packed::value, std::int64_t{1}));
  CHECK(packed("DATE", "1969-12-31") == std::pair(Packed::value, std::int64_t{-1}));
  CHECK(packed("DATE", "1969-12-31T23:30:00-05:00") == std::pair(Packed::value, std::int64_t{-1}));
  CHECK(packed("DATE", "1969-12").first == Packed::cleared);
  CHECK(packed("DATE", "yesterday").first == Packed::cleared);
  constexpr std::int64_t second = 1'000'000;
  CHECK(packed("TIMESTAMP", "1970-01-01T00:00:01.5") == std::pair(Packed::value, 3 * second / 2));
  CHECK(packed("TIMESTAMP", "1970-01-01T01:00:00+01:00") ==
        std::pair(Packed::unzoned, 3600 * second));
  CHECK(packed("TIMESTAMP", "1970-01-02") == std::pair(Packed::value, 86400 * second));
  CHECK(packed("TIMESTAMP", "1970").first == Packed::cleared);
  CHECK(packed("TIMESTAMP WITH TIME ZONE", "1970-01-01T01:00:00+01:00") ==
        std::pair(Packed::value, std::int64_t{0}));
  CHECK(packed("TIMESTAMP WITH TIME ZONE", "1970-01-01T01:00:00").first == Packed::cleared);
  CHECK(packed("DECIMAL(5,2)", "1.5") == std::pair(Packed::value, std::int64_t{150}));
  CHECK(packed("DECIMAL(5,2)", "1e2") == std::pair(Packed::value, std::int64_t{10000}));
  CHECK(packed("DECIMAL(5,2)", "-1").second == -100);
  CHECK(packed("DECIMAL(5,2)", "1.005") == std::pair(Packed::rounded, std::int64_t{101}));
  CHECK(packed("DECIMAL(5,2)", "1000").first == Packed::cleared);
  CHECK(packed("DECIMAL(5,0)", "1e9").first == Packed::cleared);
  CHECK(packed("DECIMAL(38,0)", "1e50").first == Packed::cleared);
}

TEST_CASE("a type of SQL that does not fit the column is told and not followed") {
  const view::View view = compile(
      R"("resource":"Patient","select":[{"column":[
         {"name":"a","path":"active","type":"boolean","tag":[{"name":"ansi/type","value":"DATE"}]},
         {"name":"b","path":"birthDate","tag":[{"name":"ansi/type","value":"DAET"}]}]}])");
  REQUIRE(view.notes().size() == 2);
  CHECK(view.notes()[0].find("'DATE' does not hold a boolean") != std::string::npos);
  CHECK(view.notes()[1].find("did you mean DATE?") != std::string::npos);
  CHECK(view.columns()[0].sql.kind == view::SqlType::Kind::other);
}

TEST_CASE("a view tells the input of its rows where it is known") {
  view::ViewSettings settings;
  settings.with_source = true;
  const view::View view(
      {"t.json", R"({"resourceType":"ViewDefinition","name":"t","resource":"Patient",
                     "select":[{"forEach":"name","column":[{"name":"f","path":"family"}]}]})"},
      library(), settings);
  REQUIRE(view.columns().size() == 4);
  CHECK(view.columns()[1].name == "source_file");
  CHECK(view.columns()[3].sql.kind == view::SqlType::Kind::instant);
}

TEST_CASE("a view may name its type by the canonical of the logical model") {
  const view::View view(
      {"t.json",
       R"({"resourceType":"http://hl7.org/fhir/uv/sql-on-fhir/StructureDefinition/ViewDefinition",
           "name":"t","resource":"Patient","select":[{"column":[{"name":"id","path":"id"}]}]})"},
      library());
  CHECK(csv(view, two_names) == "a\n");
}

TEST_CASE("a view for a version that is not here runs only when another is asked for") {
  const view::Source source{
      "t.json",
      R"({"resourceType":"ViewDefinition","name":"t","fhirVersion":["6.0.0"],"resource":"Patient",
          "select":[{"column":[{"name":"id","path":"id"}]}]})"};
  CHECK_THROWS_AS(view::View(source, library()), Error);
  CHECK(csv(view::View(source, library(), {"4.0.1"}), two_names) == "a\n");
}

TEST_CASE("boundaries of a Period are those of its ends") {
  const view::View view = compile(
      R"j("resource":"Encounter","select":[{"column":[{"name":"a","path":"period.lowBoundary()"},
         {"name":"b","path":"period.highBoundary()"}]}])j");
  const std::string made = csv(
      view, R"({"resourceType":"Encounter","period":{"start":"2020-01-01","end":"2020-02-03"}})");
  CHECK(made.starts_with("2020-01-01T00:00:00.000"));
  CHECK(made.find("2020-02-03T23:59:59.999") != std::string::npos);
}

TEST_CASE("a path of several in a repeat may be for what the others find") {
  const view::View view = compile(
      R"("resource":"QuestionnaireResponse","select":[{"repeat":["item","answer.item"],
         "column":[{"name":"l","path":"linkId"}]}])");
  CHECK(view.notes().empty());
}

TEST_CASE("the built-in views name only elements that there are") {
  for (const view::Source& source : view::built_in()) {
    CHECK_MESSAGE(view::View(source, library()).notes().empty(), source.name);
  }
}

TEST_CASE("records that a where keeps out are counted by its reason") {
  const view::View view = compile(
      R"("resource":"Patient","where":[{"path":"active","description":"they are not active"}],
         "select":[{"column":[{"name":"id","path":"id"}]}])");
  tree::Tree tree(library().symbols());
  finding::Collector findings;
  std::string json = R"({"resourceType":"Patient","id":"a","active":false})";
  const std::size_t size = json.size();
  json.append(format::read_padding, '\0');
  REQUIRE(format::JsonReader().read(std::string_view(json.data(), size), tree, findings));
  definition::attach_types(tree, view.definitions());
  const auto writer = view::make_csv_writer({});
  view::Runner runner(view);
  CHECK(runner.run(tree, tree::root_node, *writer, findings));
  CHECK(runner.left_out() == std::vector<std::uint64_t>{1});
  CHECK(view.reasons() == std::vector<std::string>{"they are not active"});
}

TEST_CASE("keyNumber() is one positive number for one key, in every run") {
  const view::View view = compile(
      R"j("resource":"Patient","select":[{"column":[
        {"name":"a","path":"getResourceKey().keyNumber()","type":"integer64"},
        {"name":"b","path":"'a'.keyNumber()","type":"integer64"},
        {"name":"c","path":"'b'.keyNumber() > 0 and 'b'.keyNumber() != 'a'.keyNumber()"}]}])j");
  // The first 63 bits of SHA-256("a"), ca978112ca1bbdca...
  CHECK(csv(view, two_names) == "7299139317422481125,7299139317422481125,true\n");
}

TEST_CASE("tags say what a column is to its table; unknown ones of ours are refused") {
  const view::View view = compile(
      R"j("resource":"Patient","select":[{"column":[{"name":"id","path":"id","tag":[
        {"name":"ansi/type","value":"BIGINT"},{"name":"lhcr/key","value":"true"},
        {"name":"lhcr/references","value":"other?"},{"name":"of/others","value":"x"}]}]}])j");
  const view::Column& column = view.columns().front();
  CHECK(column.sql_type == "BIGINT");
  CHECK(column.role.key);
  CHECK_FALSE(column.role.required);
  CHECK(column.role.references == "other");
  CHECK(column.role.may_miss);
  CHECK(why(R"j("resource":"Patient","select":[{"column":[{"name":"id","path":"id","tag":[
        {"name":"lhcr/kye","value":"true"}]}]}])j")
            .find("lhcr/kye") != std::string::npos);
}
