// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "diff/apply.hpp"
#include "diff/item_patch.hpp"
#include "diff/order.hpp"
#include "diff/patch.hpp"
#include "diff/patient.hpp"
#include "diff/prove.hpp"
#include "diff/report.hpp"
#include "diff/side.hpp"
#include "diff/uncarried.hpp"
#include "diff/values.hpp"
#include "format/format.hpp"

using namespace lhcr;

namespace {

const definition::Library& library() {
  static const definition::Library made;
  return made;
}

const definition::Definitions& r4() {
  return *library().version("4.0.1");
}

/// A typed record from JSON.
class Loaded {
 public:
  explicit Loaded(std::string json) : json_(std::move(json)), tree(library().symbols()) {
    const std::size_t size = json_.size();
    json_.append(format::read_padding, '\0');
    finding::Collector findings;
    format::JsonReader reader;
    REQUIRE(reader.read(std::string_view(json_).substr(0, size), tree, findings));
    definition::attach_types(tree, r4());
  }
  [[nodiscard]] diff::Record record() const { return {&tree}; }

 private:
  std::string json_;

 public:
  tree::Tree tree;
};

/// What a comparison says, a line a change: "changed change Patient.birthDate".
std::string told(const std::string& left, const std::string& right,
                 const diff::Options& options = {}) {
  const Loaded one(left);
  const Loaded other(right);
  const diff::Comparer comparer(r4(), library().symbols(), options);
  const auto changes = comparer.compare(one.record(), other.record());
  diff::Result result;
  add_sections({one.record(), other.record(), changes}, comparer.rules(), {}, result);
  std::string out;
  for (const diff::Section& section : result.sections) {
    for (const diff::Line& line : section.lines) {
      out += std::string(word(line.what)) + ' ' + std::string(word(line.why)) + ' ' +
             std::string(word(line.level)) + ' ' + line.full_path + '\n';
    }
  }
  return out;
}

std::string patient(const std::string& inside) {
  return R"({"resourceType":"Patient",)" + inside + "}";
}
std::string observation(const std::string& inside) {
  return R"({"resourceType":"Observation","status":"final",)" + inside + "}";
}

}  // namespace

TEST_CASE("what carries no meaning is no difference") {
  CHECK(told(patient(R"("id":"1","meta":{"versionId":"1"},"birthDate":"1948-03-14")"),
             patient(R"("birthDate":"1948-03-14","id":"2","text":{"status":"empty"})")) == "");
  CHECK(told(patient(R"("identifier":[{"system":"a","value":"1"},{"system":"b","value":"2"}])"),
             patient(R"("identifier":[{"value":"2","system":"b"},{"system":"a","value":"1"}])")) ==
        "");
  CHECK(told(patient(R"("address":[{"city":"Netherby  upon  Lake"}])"),
             patient(R"("address":[{"city":"Netherby upon Lake "}])")) == "");
}

TEST_CASE("under --strict it is") {
  diff::Options strict;
  strict.strict = true;
  CHECK(told(patient(R"("id":"1")"), patient(R"("id":"2")"), strict) ==
        "changed value change Patient.id\n");
}

TEST_CASE("security labels are not noise") {
  CHECK(told(patient(R"("meta":{"security":[{"code":"N"}]})"),
             patient(R"("meta":{"security":[{"code":"R"}]})")) ==
        "changed value change Patient.meta.security[0].code\n");
}

TEST_CASE("the order of given names counts, that of identifiers does not") {
  CHECK(told(patient(R"("name":[{"given":["A","B"]}])"),
             patient(R"("name":[{"given":["B","A"]}])")) ==
        "moved order change Patient.name[0].given[0]\n");
}

TEST_CASE("values are compared by what they mean") {
  using diff::compare_values;
  using diff::Leaf;
  CHECK_FALSE(compare_values("a  b", " a b", Leaf::text));
  CHECK(compare_values("a b", "ab", Leaf::text));
  CHECK(compare_values("1.0", "1.00", Leaf::decimal)->why == diff::Why::precision);
  CHECK(compare_values("1.0", "1.00", Leaf::decimal)->level == diff::Level::minor);
  CHECK(compare_values("1.0", "1.1", Leaf::decimal)->level == diff::Level::change);
  CHECK(compare_values("2024-01-01T08:00:00Z", "2024-01-01T09:00:00+01:00", Leaf::moment)->level ==
        diff::Level::same);
  CHECK(compare_values("2024-01-01T08:00:00Z", "2024-01-01T08:00:00.000Z", Leaf::moment)->why ==
        diff::Why::precision);
  CHECK(compare_values("2024-01-01", "2024-01-01T00:00:00Z", Leaf::moment)->why ==
        diff::Why::value);
}

TEST_CASE("displays are of a lower level than codes") {
  CHECK(told(observation(R"("code":{"coding":[{"system":"s","code":"1","display":"a"}]})"),
             observation(R"("code":{"coding":[{"system":"s","code":"1","display":"b"}]})")) ==
        "changed display minor Observation.code.coding[0].display\n");
}

TEST_CASE("one edit is one change, at the element") {
  CHECK(told(patient(R"("identifier":[{"system":"a","value":"1"},{"system":"b","value":"2"}])"),
             patient(R"("identifier":[{"system":"b","value":"2"},{"system":"a","value":"3"}])")) ==
        "changed value change Patient.identifier[0].value\n");
  CHECK(told(patient(R"("telecom":[{"value":"1"}])"), patient(R"("telecom":[{"value":"2"}])")) ==
        "changed value change Patient.telecom[0].value\n");
  CHECK(told(observation(R"("valueString":"a")"), observation(R"("valueInteger":1)")) ==
        "changed type change Observation.value.ofType(string)\n");
}

TEST_CASE("references are what they lead to") {
  const auto bundle = [](const std::string& id, const std::string& family) {
    return R"({"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:)" + id +
           R"(","resource":{"resourceType":"Patient","identifier":[{"system":"n","value":"9"}],"name":[{"family":")" +
           family +
           R"("}]}},{"resource":{"resourceType":"Observation","status":"final","subject":{"reference":"urn:uuid:)" +
           id + R"("}}}]})";
  };
  CHECK(told(bundle("1", "A"), bundle("2", "A")) == "");
  CHECK(told(bundle("1", "A"), bundle("2", "B")) ==
        "changed value change Bundle.entry[0].resource.name[0].family\n");
}

TEST_CASE("lists are put into order with the fewest moves") {
  CHECK(diff::moves_to_sort({0, 1, 2}).empty());
  CHECK(diff::moves_to_sort({1, 2, 3, 0}).size() == 1);
  const auto moves = diff::moves_to_sort({3, 0, 1, 2});
  REQUIRE(moves.size() == 1);
  CHECK(moves[0].from == 0);
  CHECK(moves[0].to == 3);
}

TEST_CASE("JSON keeps its bytes where a patch does not touch it") {
  const std::string source = "{\n    \"a\": [1, 2,3],\n    \"b\":1.50\n}\n";
  const std::string patch =
      R"([{"op":"add","path":"/a/1","value":9},{"op":"add","path":"/c","value":[]}])";
  diff::JsonDocument document(source, "d");
  diff::JsonDocument operations(patch, "p");
  const diff::Json before = document.root();
  diff::apply_json_patch(document.root(), operations, patch, "p");
  std::string out;
  diff::write_like(document.root(), before, source, out);
  CHECK(out == "{\n    \"a\": [1, 9, 2, 3],\n    \"b\": 1.50,\n    \"c\": []\n}\n");
}

TEST_CASE("patches that do not fit are refused with their place") {
  const std::string patch = "[\n {\"op\":\"remove\",\"path\":\"/x\"}]";
  diff::JsonDocument document("{}", "d");
  diff::JsonDocument operations(patch, "p");
  CHECK_THROWS_WITH_AS(diff::apply_json_patch(document.root(), operations, patch, "p"),
                       "p:2:2: operation 1 (remove /x): there is no 'x'", diff::Refused);
}

TEST_CASE("patients are told apart by identifiers, then by name and birth date") {
  diff::Subject one;
  diff::Subject other;
  one.label = "Agnes";
  other.label = "Maud";
  one.birth_date = other.birth_date = "1948";
  CHECK_FALSE(are_different(one, other));
  other.birth_date = "1950";
  CHECK(are_different(one, other));
  one.identifiers = {{"n", "1"}, {"x", "5"}};
  other.identifiers = {{"n", "2"}, {"x", "5"}};
  CHECK_FALSE(are_different(one, other));
  other.identifiers = {{"n", "2"}};
  CHECK(are_different(one, other));
}

TEST_CASE("narrative counts when it may say what stands nowhere else") {
  const auto text = [](const char* status, const char* words) {
    return patient(std::string(R"("text":{"status":")") + status +
                   R"(","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">)" + words +
                   R"(</div>"})");
  };
  CHECK(told(text("generated", "x"), text("generated", "y")) == "");
  CHECK(told(text("additional", "x"), text("additional", "y")) ==
        "changed value change Patient.text.div\n");
  CHECK(told(text("generated", "x"), text("additional", "x")) ==
        "changed value change Patient.text.status\n");
}

TEST_CASE("copies of copies have a limit") {
  std::string patch = "[";
  for (int at = 0; at < 40; ++at) {
    patch += std::string(at > 0 ? "," : "") + R"({"op":"copy","from":"/a","path":"/a/-"})";
  }
  patch += "]";
  diff::JsonDocument document(R"({"a":[1,2,3]})", "d");
  diff::JsonDocument operations(patch, "p");
  CHECK_THROWS_AS(diff::apply_json_patch(document.root(), operations, patch, "p"), diff::Refused);
}

TEST_CASE("a result has no more levels than what is read") {
  std::string deep(400, '[');
  deep += std::string(400, ']');
  const std::string patch = R"([{"op":"add","path":"/a","value":)" + deep +
                            R"(},{"op":"move","from":"/a","path":"/b/0/c"}])";
  std::string nested = R"({"b":)";
  for (int at = 0; at < 200; ++at) nested += "[";
  nested += "0" + std::string(200, ']') + "}";
  std::string path = "/b";
  for (int at = 0; at < 200; ++at) path += "/0";
  const std::string into = R"([{"op":"replace","path":")" + path + R"(","value":)" + deep + "}]";
  diff::JsonDocument document(nested, "d");
  diff::JsonDocument operations(into, "p");
  CHECK_THROWS_AS(diff::apply_json_patch(document.root(), operations, into, "p"), diff::Refused);
}

TEST_CASE("a changed number is told with its unit, a resource with date and subject") {
  const auto weight = [](const char* value) {
    return observation(R"("code":{"text":"Weight"},"subject":{"display":"Ann Thorn"},)"
                       R"("effectiveDateTime":"2024-05-01","valueQuantity":{"unit":"kg","value":)" +
                       std::string(value) + "}");
  };
  const Loaded one(weight("84"));
  const Loaded other(weight("112"));
  const diff::Comparer comparer(r4(), library().symbols(), {});
  const auto changes = comparer.compare(one.record(), other.record());
  diff::Result result;
  add_sections({one.record(), other.record(), changes}, comparer.rules(), {}, result);
  add_whole(diff::What::removed, one.record(), comparer.rules(), {}, result);
  std::string out;
  write_text(result, {}, out);
  CHECK(out ==
        "Observation · Weight · 2024-05-01 · Ann Thorn\n"
        "  ~ value: 84 kg → 112 kg\n"
        "- Observation · Weight: 84 kg · 2024-05-01 · Ann Thorn\n");
}

TEST_CASE("of several changes of one quantity the gravest is told, and none is hidden") {
  const auto dose = [](const std::string& quantity) {
    return observation(R"("code":{"text":"Dose"},"valueQuantity":{)" + quantity + "}");
  };
  const auto told = [](const std::string& left, const std::string& right) {
    const Loaded one(left);
    const Loaded other(right);
    const diff::Comparer comparer(r4(), library().symbols(), {});
    const auto changes = comparer.compare(one.record(), other.record());
    diff::Result result;
    add_sections({one.record(), other.record(), changes}, comparer.rules(), {}, result);
    std::string out;
    write_text(result, {}, out);
    return out.substr(out.find('\n') + 1);
  };
  CHECK(told(dose(R"("value":5,"unit":"mg")"), dose(R"("value":5.0,"unit":"g")")) ==
        "  ~ value: 5 mg → 5.0 g\n");
  CHECK(told(dose(R"("value":5,"unit":"mg")"), dose(R"("value":5.0,"unit":"mg")")) ==
        "  ~ value: 5 mg → 5.0 mg (precision)\n");
  // The unit that programs read is not the one that people see.
  const std::string coded =
      told(dose(R"("value":5,"unit":"mg","system":"http://unitsofmeasure.org","code":"g")"),
           dose(R"("value":5.0,"unit":"mg","system":"http://unitsofmeasure.org","code":"mg")"));
  CHECK(coded.find("  ~ value.code: g → mg\n") != std::string::npos);
}

TEST_CASE("nothing that steers a terminal is told") {
  diff::Result result;
  diff::Section section;
  section.type = "Patient";
  section.id = "a\x1b[31m\xC2\x9B";
  section.lines.emplace_back().after = "b\x07\xE2\x80\xAE";
  section.lines.back().path = "id\n::error";
  result.sections.push_back(section);
  std::string out;
  write_text(result, {}, out);
  write_side(result, {}, out);
  CHECK(out.find_first_of("\x1b\x07") == std::string::npos);
  CHECK(out.find("\xC2\x9B") == std::string::npos);
  CHECK(out.find("\xE2\x80\xAE") == std::string::npos);
  CHECK(out.find("\n::error") == std::string::npos);
}

TEST_CASE("a value of another kind of JSON is refused where it would be no JSON") {
  const auto patch = [](const char* value) {
    return std::string(R"({"resourceType":"Parameters","parameter":[{"name":"operation","part":[)"
                       R"({"name":"type","valueCode":"replace"},)"
                       R"({"name":"path","valueString":"Patient.active"},)"
                       R"({"name":"value","valueString":")") +
           value + R"("}]}]})";
  };
  Loaded record(patient(R"("active":true)"));
  const Loaded wrong(patch("yes"));
  CHECK_THROWS_AS(diff::apply_fhirpath_patch(record.tree, wrong.tree, r4(), library().symbols()),
                  diff::Refused);
  const Loaded good(patch("false"));
  diff::apply_fhirpath_patch(record.tree, good.tree, r4(), library().symbols());
  std::string out;
  format::write_json(record.tree, tree::root_node, {.pretty = false}, out);
  CHECK(out == R"({"resourceType":"Patient","active":false})");
}

TEST_CASE("what conversions leave behind is compared as text") {
  diff::Result result;
  add_uncarried({{"/a/b[1]/@c", "1", 1}, {"/a/b[2]/@c", "2", 2}, {"/a/id/@root", "x", 3}},
                {{"/a/b[1]/@c", "2", 2}, {"/a/b[2]/@c", "1", 1}, {"/a/id/@root", "y", 4}}, false,
                {}, result);
  CHECK(result.sections.empty());
  add_uncarried({{"/a/b/@c", "1", 1}}, {{"/a/b/@c", "2", 2}}, false, {}, result);
  REQUIRE(result.sections.size() == 1);
  CHECK(result.differs());
  CHECK(result.sections[0].lines[0].before == "1");
}

namespace {

/// The operations of a patch in whole items, a line each; the patch is proved.
std::string item_patch(const std::string& left, const std::string& right, bool keep = false) {
  const Loaded one(left);
  Loaded other(right);
  const diff::Comparer comparer(r4(), library().symbols(), {});
  auto changes = comparer.compare(one.record(), other.record());
  if (keep) {
    diff::keep_removed({one.record(), other.record(), changes}, other.tree);
    changes = comparer.compare(one.record(), other.record());
  }
  const diff::Script script{one.record(), other.record(), changes};
  const diff::ItemPatch patch = write_item_patch(script);
  CHECK(prove_json_patch(script, comparer, left, patch.provable).empty());
  return patch.operations;
}

}  // namespace

TEST_CASE("a patch in whole items adds at the end, keeps ids, and tests what it removes") {
  const std::string left =
      R"({"resourceType":"Patient","id":"p","gender":"male","name":[{"id":"n1","use":"usual","family":"A"}],)"
      R"("telecom":[{"id":"t1","system":"phone","use":"home","value":"1"},{"system":"email","use":"home","value":"2"}]})";
  CHECK(item_patch(left, left) == "[]");
  CHECK(
      item_patch(
          left,
          R"({"resourceType":"Patient","id":"p","gender":"female","name":[{"use":"usual","family":"B"}],)"
          R"("telecom":[{"system":"email","use":"home","value":"2"}]})") ==
      "[\n"
      R"({"op":"replace","path":"/gender","value":"female"},)"
      "\n"
      R"({"op":"replace","path":"/name/0","value":{"id":"n1","use":"usual","family":"B"}},)"
      "\n"
      R"({"op":"test","path":"/telecom/0/id","value":"t1"},)"
      "\n"
      R"({"op":"remove","path":"/telecom/0"})"
      "\n]");
  // Nothing to test by but the whole; a list that was not there; another kind is another item.
  CHECK(
      item_patch(
          left,
          R"({"resourceType":"Patient","id":"p","gender":"male","name":[{"use":"usual","family":"A"}],)"
          R"("telecom":[{"system":"phone","use":"home","value":"1"},{"system":"email","use":"work","value":"2"}],)"
          R"("address":[{"id":"mine","postalCode":"LS1"}]})") ==
      "[\n"
      R"({"op":"test","path":"/telecom/1","value":{"system":"email","use":"home","value":"2"}},)"
      "\n"
      R"({"op":"remove","path":"/telecom/1"},)"
      "\n"
      R"({"op":"add","path":"/telecom/-","value":{"system":"email","use":"work","value":"2"}},)"
      "\n"
      R"({"op":"add","path":"/address/-","value":{"postalCode":"LS1"}})"
      "\n]");
}

TEST_CASE("what only the left record has is kept when it is to be") {
  const std::string left =
      R"({"resourceType":"Patient","id":"p","gender":"male","deceasedBoolean":false,"telecom":[{"value":"1"},{"value":"2"}]})";
  const std::string right =
      R"({"resourceType":"Patient","id":"p","birthDate":"1970","deceasedDateTime":"2020","telecom":[{"value":"2"}]})";
  const std::string kept = item_patch(left, right, true);
  CHECK(kept.find("telecom") == std::string::npos);
  CHECK(kept.find("gender") == std::string::npos);
  CHECK(kept.find(R"({"op":"remove","path":"/deceasedBoolean"})") != std::string::npos);
  CHECK(kept.find(R"({"op":"add","path":"/birthDate","value":"1970"})") != std::string::npos);
}

TEST_CASE("the hash of a text tells its bytes, their places and how many they are") {
  std::set<diff::Hash> seen;
  std::size_t texts = 0;
  for (std::size_t size = 0; size < 100; ++size) {
    seen.insert(diff::hash_text(std::string(size, 'a')));
    ++texts;
    for (std::size_t at = 0; at < size; ++at) {
      std::string text(size, 'a');
      text[at] = 'b';
      seen.insert(diff::hash_text(text));
      ++texts;
    }
  }
  CHECK(seen.size() == texts);
  // Two stripes that change places.
  const std::string one = std::string(32, 'a') + std::string(32, 'b');
  const std::string other = std::string(32, 'b') + std::string(32, 'a');
  CHECK(diff::hash_text(one) != diff::hash_text(other));
}

TEST_CASE("a JSON value is written as it stands after a patch") {
  const std::string source = R"( { "a" : [ 1.50 , "x\u0041\n" , { } ] , "b" : null } )";
  diff::JsonDocument document(source, "d");
  const std::string patch =
      R"([{"op":"remove","path":"/b"},{"op":"add","path":"/a/1","value":{"c\"":[true]}}])";
  diff::JsonDocument operations(patch, "p");
  diff::apply_json_patch(document.root(), operations, patch, "p");
  std::string out;
  diff::write_plain(document.root(), out);
  CHECK(out == R"({"a":[1.50,{"c\"":[true]},"x\u0041\n",{}]})");
}

TEST_CASE("a name that an object has twice is refused, however many there are") {
  for (const std::size_t count : {1U, 31U, 32U, 33U, 100U}) {
    std::string text = "{";
    for (std::size_t at = 0; at < count; ++at) text += "\"n" + std::to_string(at) + "\":1,";
    const std::string sound = text + "\"last\":1}";
    CHECK_NOTHROW(diff::JsonDocument(sound, "d"));
    for (const std::size_t again : {std::size_t{0}, count - 1}) {
      const std::string twice = text + "\"n" + std::to_string(again) + "\":1}";
      CHECK_THROWS(diff::JsonDocument(twice, "d"));
    }
  }
}
