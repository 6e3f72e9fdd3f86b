// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "definition/compiler/compile.hpp"
#include "definition/definitions.hpp"
#include "folder.hpp"

using namespace lhcr;
using namespace lhcr::definition;

namespace {

constexpr std::string_view systems = R"([
{"resourceType":"CodeSystem","url":"urn:s","content":"complete","caseSensitive":true,
 "property":[{"code":"up","uri":"http://hl7.org/fhir/concept-properties#parent","type":"code"},
             {"code":"hidden","uri":"http://hl7.org/fhir/concept-properties#notSelectable","type":"boolean"}],
 "concept":[
  {"code":"animal","property":[{"code":"hidden","valueBoolean":true}],"concept":[
    {"code":"cat","property":[{"code":"legs","valueInteger":4}]},
    {"code":"dog","property":[{"code":"legs","valueInteger":4}],"concept":[{"code":"poodle"}]},
    {"code":"bird","property":[{"code":"legs","valueInteger":2}]}]},
  {"code":"pet"},
  {"code":"goldfish","display":"Gold fish","property":[{"code":"up","valueCode":"pet"},{"code":"up","valueCode":"animal"}]},
  {"code":"robot","property":[{"code":"inactive","valueBoolean":true}]}]},
{"resourceType":"CodeSystem","url":"urn:part","content":"fragment","caseSensitive":true,"concept":[{"code":"known"}]},
{"resourceType":"CodeSystem","url":"urn:any-case","content":"complete","caseSensitive":false,"concept":[{"code":"Yes"}]}
])";

/// Definitions of the systems above and one ValueSet urn:vs with that compose.
class Terms {
 public:
  explicit Terms(const std::string& compose, const std::string& more = {}) {
    write_systems();
    folder_.write("vs.json",
                  R"({"resourceType":"ValueSet","url":"urn:vs","compose":)" + compose + "}");
    if (!more.empty()) {
      folder_.write("more.json", more);
    }
    bytes_ = compiler::compile({folder_.path()});
    definitions_ = std::make_unique<Definitions>(bytes_, symbols_);
  }

  [[nodiscard]] Membership ask(std::string_view system, std::string_view code) const {
    return definitions_->contains(definitions_->value_set("urn:vs"), system, code);
  }
  /// The codes of urn:s that are in, in order.
  [[nodiscard]] std::string codes() const {
    std::string found;
    for (const char* code :
         {"animal", "bird", "cat", "dog", "goldfish", "pet", "poodle", "robot"}) {
      if (ask("urn:s", code) == Membership::yes) {
        found += (found.empty() ? "" : " ") + std::string(code);
      }
    }
    return found;
  }
  [[nodiscard]] const Definitions& definitions() const { return *definitions_; }

 private:
  // One file per resource: the array is cut at the lines that begin one.
  void write_systems() {
    constexpr std::string_view start = "\n{";
    std::size_t at = systems.find(start);
    for (int number = 0; at != std::string_view::npos; ++number) {
      const std::size_t next = systems.find(start, at + 1);
      std::string_view text = systems.substr(at, next == std::string_view::npos ? next : next - at);
      text = text.substr(0, text.rfind('}') + 1);
      folder_.write("s" + std::to_string(number) + ".json", text);
      at = next;
    }
  }

  Folder folder_;
  SymbolTable symbols_;
  std::vector<std::byte> bytes_;
  std::unique_ptr<Definitions> definitions_;
};

std::string filtered(const std::string& property, const std::string& op, const std::string& value) {
  return Terms(R"({"include":[{"system":"urn:s","filter":[{"property":")" + property +
               R"(","op":")" + op + R"(","value":")" + value + R"("}]}]})")
      .codes();
}

}  // namespace

TEST_CASE("filters on the hierarchy") {
  CHECK(filtered("concept", "is-a", "dog") == "dog poodle");
  CHECK(filtered("concept", "is-a", "animal") == "bird cat dog goldfish poodle");
  CHECK(filtered("concept", "descendent-of", "dog") == "poodle");
  CHECK(filtered("concept", "is-not-a", "animal") == "pet robot");
  CHECK(filtered("concept", "generalizes", "poodle") == "dog poodle");
  CHECK(filtered("concept", "is-a", "none").empty());
  CHECK(filtered("parent", "=", "pet") == "goldfish");
}

TEST_CASE("filters on codes and properties") {
  CHECK(filtered("concept", "=", "cat") == "cat");
  CHECK(filtered("concept", "in", "cat, dog") == "cat dog");
  CHECK(filtered("concept", "not-in", "cat,dog") == "bird goldfish pet poodle robot");
  CHECK(filtered("code", "regex", "[cd].*") == "cat dog");
  CHECK(filtered("code", "regex", "[").empty());
  CHECK(filtered("legs", "=", "4") == "cat dog");
  CHECK(filtered("legs", "exists", "true") == "bird cat dog");
  CHECK(filtered("legs", "exists", "false") == "goldfish pet poodle robot");
  CHECK(filtered("display", "=", "Gold fish") == "goldfish");
}

TEST_CASE("an operation that is not known leaves the system open") {
  const Terms terms(
      R"({"include":[{"system":"urn:s","filter":[{"property":"concept","op":"like","value":"cat"}]}]})");
  CHECK(terms.ask("urn:s", "cat") == Membership::unknown_system);
  CHECK(terms.ask("urn:other", "cat") == Membership::no);
}

TEST_CASE("whole systems without abstract codes, exclusions, lists") {
  CHECK(Terms(R"({"include":[{"system":"urn:s"}]})").codes() ==
        "bird cat dog goldfish pet poodle robot");
  CHECK(Terms(R"({"inactive":false,"include":[{"system":"urn:s"}]})").codes() ==
        "bird cat dog goldfish pet poodle");
  CHECK(
      Terms(
          R"({"include":[{"system":"urn:s"}],"exclude":[{"system":"urn:s","concept":[{"code":"cat"}]}]})")
          .codes() == "bird dog goldfish pet poodle robot");
  CHECK(Terms(R"({"include":[{"system":"urn:s","concept":[{"code":"animal"},{"code":"cat"}]}]})")
            .codes() == "animal cat");
  const Terms any(R"({"include":[{"system":"urn:any-case"}]})");
  CHECK(any.ask("urn:any-case", "yES") == Membership::yes);
  CHECK(any.ask("", "yes") == Membership::yes);
}

TEST_CASE("systems that are not wholly here") {
  const Terms terms(R"({"include":[{"system":"urn:part"},{"system":"urn:absent"}],
                        "exclude":[{"system":"urn:absent","concept":[{"code":"out"}]}]})");
  CHECK(terms.ask("urn:part", "known") == Membership::yes);
  CHECK(terms.ask("urn:part", "other") == Membership::unknown_system);
  CHECK(terms.ask("urn:absent", "any") == Membership::unknown_system);
  CHECK(terms.ask("urn:absent", "out") == Membership::no);
  CHECK(terms.ask("urn:s", "cat") == Membership::no);
  CHECK(terms.ask("", "any") == Membership::unknown_system);
}

TEST_CASE("imports are united, intersected, and missed") {
  const std::string other =
      R"({"resourceType":"ValueSet","url":"urn:other","version":"1","compose":{"include":[
          {"system":"urn:s","concept":[{"code":"cat"},{"code":"pet"}]}]}})";
  CHECK(
      Terms(
          R"({"include":[{"valueSet":["urn:other"]},{"system":"urn:s","concept":[{"code":"dog"}]}]})",
          other)
          .codes() == "cat dog pet");
  CHECK(
      Terms(
          R"({"include":[{"system":"urn:s","filter":[{"property":"concept","op":"is-a","value":"animal"}],
                  "valueSet":["urn:other|1"]}]})",
          other)
          .codes() == "cat");
  const Terms missing(
      R"({"include":[{"valueSet":["urn:other|2"]},{"system":"urn:s","concept":[{"code":"dog"}]}]})",
      other);
  CHECK(missing.ask("urn:s", "dog") == Membership::yes);
  CHECK(missing.ask("urn:s", "cat") == Membership::unknown);
  const Terms circle(R"({"include":[{"valueSet":["urn:vs"]}]})");
  CHECK(circle.ask("urn:s", "cat") == Membership::unknown);
}

TEST_CASE("an expansion stands in for what cannot be computed") {
  const auto expanded = [](const std::string& extra) {
    return R"({"resourceType":"ValueSet","url":"urn:e","compose":{"include":[{"system":"urn:absent"}]},
               "expansion":{)" +
           extra + R"("contains":[{"system":"urn:absent","code":"x","contains":[
               {"system":"urn:absent","code":"y"}]},{"system":"urn:absent","code":"g","abstract":true}]}})";
  };
  const std::string import = R"({"include":[{"valueSet":["urn:e"]}]})";
  const Terms whole(import, expanded(""));
  CHECK(whole.ask("urn:absent", "x") == Membership::yes);
  CHECK(whole.ask("urn:absent", "y") == Membership::yes);
  CHECK(whole.ask("urn:absent", "g") == Membership::no);
  CHECK(whole.ask("urn:absent", "z") == Membership::no);
  for (
      const char* extra :
      {R"("total":4000,)", R"("parameter":[{"name":"limitedExpansion","valueBoolean":true}],)",
       R"("extension":[{"url":"http://hl7.org/fhir/StructureDefinition/valueset-unclosed","valueBoolean":true}],)"}) {
    const Terms part(import, expanded(extra));
    CHECK(part.ask("urn:absent", "x") == Membership::yes);
    CHECK(part.ask("urn:absent", "z") == Membership::unknown_system);
  }
}

TEST_CASE("hierarchies may have several parents") {
  const Terms terms(R"({"include":[{"system":"urn:s"}]})");
  const CodeSystemId system = terms.definitions().code_system("urn:s");
  CHECK(terms.definitions().subsumed_by(system, "goldfish", "pet"));
  CHECK(terms.definitions().subsumed_by(system, "goldfish", "animal"));
  CHECK(terms.definitions().subsumed_by(system, "poodle", "animal"));
  CHECK_FALSE(terms.definitions().subsumed_by(system, "poodle", "pet"));
}
