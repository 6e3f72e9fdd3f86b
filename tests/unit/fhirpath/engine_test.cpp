// SPDX-License-Identifier: Apache-2.0
// Limits, dialects, services and the promise that evaluation does not allocate.
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "fhirpath/support.hpp"
#include "fhirpath/value.hpp"

namespace {

// Counts every allocation of this program.
std::size_t allocations = 0;

}  // namespace

void* operator new(std::size_t size) {
  ++allocations;
  if (void* const memory = std::malloc(size)) {
    return memory;
  }
  throw std::bad_alloc();
}
// This form, too: what a library allocates without exceptions is freed by its counterpart below.
void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
  ++allocations;
  return std::malloc(size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace lhcr::fhirpath::test {
namespace {

std::size_t error_position(std::string_view expression) {
  Record record(patient_json);
  try {
    const Expression compiled(expression, record.definitions(), Record::library().symbols());
  } catch (const ExpressionError& error) {
    return error.position();
  }
  return std::string::npos;
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) {
    all += text;
  }
  return all;
}

}  // namespace

TEST_CASE("errors say where they are") {
  CHECK(error_position("name.given +") == 12);
  CHECK(error_position("name.$self") == 5);
  CHECK(error_position("name.nope()") == 5);
  CHECK(error_position("1 + 'open") == 4);
  CHECK(error_position("name.where()") == 5);
  CHECK(error_position("1 is Foo") == 2);
  CHECK(error_position("name and or") == 9);
  CHECK(error_position("#") == 0);
  CHECK(error_position("(1") == 2);
  CHECK(error_position("'a'.matches('[')") == 12);
  CHECK(error_position("") == 0);
  CHECK(error_position("'\\u00'") == 1);
}

TEST_CASE("nesting is limited, length is not") {
  Record record(patient_json);
  CHECK(record.run(repeated("(", 100000) + "1" + repeated(")", 100000)) == "error");
  CHECK(record.run(repeated("-", 100000) + "1") == "error");
  CHECK(record.run("name" + repeated(".first()", 100000)) == "error");
  CHECK(record.run("1" + repeated(" + 1", 100000)) == "error");
  CHECK(record.run(repeated("name.where(", 100000)) == "error");
  CHECK(record.run("name[" + repeated("name[", 100000)) == "error");
  CHECK(record.run("true" + repeated(" and true", 5000)) == "true");
  CHECK(record.run("id" + repeated(" | id", 5000)) == "p1");
  CHECK(record.run(repeated("(", 200) + "1" + repeated(")", 200)) == "1");
}

TEST_CASE("work is limited") {
  Record record(patient_json);
  record.context.step_limit = 10000;
  CHECK(record.run("1.repeat($this + 1)") == "error");
  CHECK(record.run("1.repeatAll($this)") == "error");
  CHECK(record.run("name.given.count()") == "3");
  for (const char* const growing :
       {"'x'.repeat($this & 'x')",
        "'yyyyyyyyyyyyyyyyyyyy'.toChars().aggregate($total & $total, 'xx')",
        "'xxxx'.repeat($this.replace('x', 'xxxx'))", "'xxxx'.repeat($this.replace('', 'xxxx'))",
        "'xxxx'.repeat($this.replaceMatches('x+', '$0$0'))",
        "'xxxx'.repeat(('y' | $this).join($this))"}) {
    CAPTURE(growing);
    CHECK(record.run(growing) == "error");
  }
  record.context.step_limit = 100;
  CHECK(record.run("descendants().where(descendants().exists()).count()") == "error");
}

TEST_CASE("deep records do not exhaust the stack") {
  Record record(patient_json);
  constexpr int depth = 100000;
  tree::Tree deep(Record::library().symbols());
  tree::Builder builder(deep);
  tree::Node node;
  node.name = deep.find("extension");
  node.element = node.name;
  node.type = record.definitions().type("Extension");
  for (int i = 0; i < depth; ++i) {
    builder.open(node);
  }
  Context context;
  context.tree = &deep;
  Evaluator evaluator(record.definitions());
  const auto compile = [&](std::string_view text) {
    return Expression(text, record.definitions(), Record::library().symbols());
  };
  const Collection& count =
      evaluator.evaluate(compile("descendants().count()"), context, tree::root_node);
  REQUIRE(count.size() == 1);
  CHECK(count[0].integer() == depth);
  const auto test = [&](std::string_view text) {
    return evaluator.test(compile(text), context, tree::root_node);
  };
  CHECK(test("extension = extension.extension") == Truth::no);
  CHECK(test("extension = extension") == Truth::yes);
  CHECK(test("(extension | extension.extension).count() = 2") == Truth::yes);
  CHECK_THROWS_AS((void)test("extension ~ extension.extension"), ExpressionError);
}

TEST_CASE("strict compilation knows the types") {
  Record record(patient_json);
  CompileOptions strict;
  strict.start = record.definitions().type("Patient");
  strict.strict = true;
  CHECK(record.run("name.given1", strict) == "error");
  CHECK(record.run("name.where(famly = 'x')", strict) == "error");
  CHECK(record.run("Observation.code", strict) == "error");
  CHECK(record.run("name.startsWith('x')", strict) == "error");
  CHECK(record.run("contact.name.family", strict) == "{}");
  CHECK(record.run("contained.name", strict) == "Clinic");
  CHECK(record.run("name.select(given | family).count()", strict) == "4");
  CHECK(record.run("extension.value.ofType(Quantity).code", strict) == "mg");
  CHECK(record.run("children().first()", strict) == "p1");
  strict.check_order = true;
  CHECK(record.run("children().first()", strict) == "error");
}

TEST_CASE("STU3 filters with as()") {
  const std::string_view json =
      R"({"resourceType": "Patient", "name": [{"family": "A"}, {"family": "B"}], "animal": {"species": {"text": "dog"}}})";
  Record record(json, "3.0.2");
  CHECK(record.run("name.as(HumanName).family") == "A, B");
  CHECK(record.run("(name as HumanName).count()") == "2");
  CHECK(record.run("animal.species.text") == "dog");
  Record newer(patient_json);
  CHECK(newer.run("name.as(HumanName).family") == "error");
  CompileOptions lists;
  lists.as_takes_lists = true;
  CHECK(newer.run("name.as(HumanName).family", lists) == "Chalmers");
}

TEST_CASE("test() reads a result as a boolean") {
  Record record(patient_json);
  CHECK(record.test("name.exists()") == Truth::yes);
  CHECK(record.test("id") == Truth::yes);
  CHECK(record.test("active.not()") == Truth::no);
  CHECK(record.test("{}") == Truth::empty);
  CHECK(record.test("deceased") == Truth::yes);
  CHECK_THROWS_AS((void)record.test("name"), ExpressionError);
}

namespace {

class Recorder : public Services {
 public:
  tree::NodeId resolve(const tree::Tree&, tree::NodeId node) override {
    asked = node;
    return target;
  }
  std::optional<bool> member_of(const tree::Tree&, tree::NodeId, std::string_view set) override {
    return set == "http://example.org/set";
  }
  std::optional<bool> in_slice(const tree::Tree&, tree::NodeId, std::string_view,
                               std::string_view name) override {
    return name == "known" ? std::optional<bool>(true) : std::nullopt;
  }
  [[nodiscard]] bool wants_trace() const override { return true; }
  void trace(std::string_view name, std::string_view values) override {
    traced += std::string(name) + "=" + std::string(values) + ";";
  }

  tree::NodeId asked = tree::no_node;
  tree::NodeId target = tree::no_node;
  std::string traced;
};

}  // namespace

TEST_CASE("services answer for the world outside") {
  Record record(patient_json);
  Recorder services;
  services.target = record.tree().child(tree::root_node, record.tree().find("contained"));
  record.context.services = &services;
  CHECK(record.run("managingOrganization.resolve().name") == "Clinic");
  CHECK(record.tree().name_of(services.asked) == "managingOrganization");
  CHECK(record.run("gender.memberOf('http://example.org/set')") == "true");
  CHECK(record.run("name.slice('http://example.org/p', 'known').count()") == "2");
  CHECK(record.run("name.slice('http://example.org/p', 'other')") == "error");
  CHECK(record.run("name.given.trace('g').count()") == "3");
  CHECK(record.run("name.trace('n', given.count()).count()") == "2");
  CHECK(record.run("name.trace('e').exists()") == "true");
  CHECK(services.traced == "g=Peter, James, Jim;n=2, 1;e=Patient.name[0], Patient.name[1];");
}

TEST_CASE("variables of the caller") {
  Record record(patient_json);
  record.context.variables = {{"x", "12"}};
  CHECK(record.run("%x & '3'") == "123");
  CHECK(record.run("%y") == "error");
}

TEST_CASE("evaluation of invariants allocates nothing once it has run") {
  Record record(patient_json);
  Evaluator evaluator(record.definitions());
  std::vector<Expression> expressions;
  for (const std::string_view text :
       {"hasValue() or (children().count() > id.count())", "extension.exists() != value.exists()",
        "contained.where((('#'+id in (%resource.descendants().reference | "
        "%resource.descendants().ofType(uri)))).not()).trace('unmatched', id).empty()",
        "name.given.isDistinct() and birthDate < @2100 and "
        "name.exists(given.first().matches('^P'))",
        "descendants().id.isDistinct()",
        "name.select(family & ' ' & given.first()).distinct().count() > 1",
        "extension.value.ofType(Quantity).exists($this > 1 'g').not()"}) {
    expressions.emplace_back(text, record.definitions(), Record::library().symbols());
  }
  const auto run_all = [&] {
    for (const Expression& expression : expressions) {
      (void)evaluator.test(expression, record.context, tree::root_node);
    }
  };
  run_all();
  run_all();
  const std::size_t before = allocations;
  run_all();
  CHECK(allocations == before);
  Evaluator fresh(record.definitions());
  CHECK(allocations > before);
}

TEST_CASE("a long list that stays the same is looked through by value") {
  const std::string list = "(%resource.name.given | 'one')";
  std::string json = R"({"resourceType":"Patient","name":[{"given":["v0")";
  for (int i = 1; i < 40; ++i) {
    json += ",\"v" + std::to_string(i) + "\"";
  }
  Record record(json + R"(]},{"given":["v7"]}],"contact":[{"name":{"family":"v39"}},
    {"name":{"family":"v40"}},{"name":{"family":"one"}},{"name":{"given":["x"]}}]})");
  CHECK(record.run("contact.name.family.where($this in " + list + ")") == "v39, one");
  CHECK(record.run("contact.where(name.family in %resource.name.given).name.family") == "v39");
  CHECK(record.run("contact.select(name.family in %resource.name.given)") == "true, false, false");
  CHECK(record.run("contact.name.family.where(%resource.name.given contains $this)") == "v39");
}

TEST_CASE("the order of an object's members means nothing, that of a list does") {
  Record record(R"({"resourceType":"Patient","name":[
    {"use":"usual","family":"A","given":["b","c"]},{"given":["b","c"],"family":"A","use":"usual"},
    {"use":"usual","family":"A","given":["c","b"]}]})");
  CHECK(record.run("name[0] = name[1]") == "true");
  CHECK(record.run("name[0] = name[2]") == "false");
  CHECK(record.run("name.distinct().count()") == "2");
}

TEST_CASE("sums are in the finer unit, and primitives have a value") {
  Record record(patient_json);
  CHECK(record.run("3 'm' + 3 'cm' = 303 'cm'") == "true");
  CHECK(record.run("(3 'm' + 3 'cm').toString()") == "303 'cm'");
  CHECK(record.run("(3 'cm' - 1 'm').toString()") == "-97 'cm'");
  Record male(R"({"resourceType":"Patient","gender":"male"})");
  CHECK(male.run("gender.value = 'male'") == "true");
  CHECK(male.run("gender.value.value") == "{}");
}

}  // namespace lhcr::fhirpath::test
