// SPDX-License-Identifier: Apache-2.0
#include "map/map.hpp"

#include <string>

#include <doctest/doctest.h>

#include "base/error.hpp"
#include "finding/finding.hpp"
#include "format/cda/cda.hpp"
#include "map/codec/codec_functions.hpp"
#include "map/compiler/built_in.hpp"
#include "map/compiler/image.hpp"
#include "map/csv/csv_model.hpp"
#include "map/hash.hpp"
#include "map/model.hpp"
#include "map/run/statements.hpp"

namespace {

using namespace lhcr;

constexpr std::string_view document =
    R"(<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:sdtc="urn:hl7-org:sdtc"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><id root="1.2.3"/><code code="34133-9" codeSystem="2.16.840.1.113883.6.1"/>
  <title>Summary</title><effectiveTime value="20240102030405+0100"/><recordTarget><patientRole><id root="1.2.3.4" extension="77"/>
  <patient><name><given>Ann</given><family>Other</family></name><administrativeGenderCode code="F"/>
  <birthTime value="19800203"/></patient></patientRole></recordTarget><component><structuredBody><component><section>
  <code code="11450-4" codeSystem="2.16.840.1.113883.6.1"/><title>Problems</title><text><list><item ID="p1">Asthma</item></list></text>
  <entry><act classCode="ACT" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.3"/><id root="1.2.3.5" extension="8"/>
  <code code="CONC" codeSystem="2.16.840.1.113883.5.6"/><statusCode code="active"/><effectiveTime><low value="2010"/></effectiveTime>
  <entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.4"/>
  <id root="1.2.3.6" extension="9"/><code code="55607006" codeSystem="2.16.840.1.113883.6.96"/><statusCode code="completed"/>
  <effectiveTime><low value="20100304"/></effectiveTime><value xsi:type="CD" code="195967001" codeSystem="2.16.840.1.113883.6.96">
  <originalText><reference value="#p1"/></originalText></value></observation></entryRelationship></act></entry>
  </section></component></structuredBody></component></ClinicalDocument>)";

struct World {
  definition::Library library;
  map::Converter converter;
  explicit World(const std::vector<map::Overlay>& overlays = {}) : converter(library, overlays) {}

  /// The value of `name` below the first resource of `type`.
  static std::string find(const tree::Tree& tree, std::string_view type, std::string_view name) {
    for (tree::NodeId node = 1; node < tree.size(); ++node) {
      if (tree.resource_type(node) == type) {
        for (const tree::NodeId child : tree.children(node)) {
          if (tree.name_of(child) == name) return std::string(tree[child].text());
        }
      }
    }
    return {};
  }
};

TEST_CASE("the built-in maps are what the tables say, also after they were opened") {
  definition::Library library;
  for (const std::string_view name : {"ccda", "itk", "stu3"}) {
    const std::string_view built = map::built_in_image(name);
    CHECK(map::compile_built_in(library, name) == built);
    const auto open = map::open_image(built, library.symbols());
    CHECK(map::image_of(*open, name, library.symbols()) == built);
  }
  CHECK_THROWS_AS(static_cast<void>(map::built_in_image("none")), Error);
}

TEST_CASE("a damaged image is an error, not a crash") {
  definition::Library library;
  const std::string_view built = map::built_in_image("stu3");
  for (std::size_t size = 0; size < built.size(); size += built.size() / 50) {
    CHECK_THROWS(static_cast<void>(map::open_image(built.substr(0, size), library.symbols())));
  }
}

TEST_CASE("times go both ways with their precision and zone") {
  bool exact = false;
  CHECK(map::fhir_time("2023", "dateTime", exact) == "2023");
  CHECK(map::fhir_time("20230531", "dateTime", exact) == "2023-05-31");
  CHECK(map::fhir_time("202305312205-0500", "dateTime", exact) == "2023-05-31T22:05:00-05:00");
  CHECK(exact);
  CHECK(map::fhir_time("202305312205", "dateTime", exact) == "2023-05-31T22:05:00Z");
  CHECK_FALSE(exact);
  CHECK(map::fhir_time("20231331", "dateTime", exact).empty());
  CHECK(map::cda_time("2023-05-31T22:05:07.5-05:00") == "20230531220507.5-0500");
  CHECK(map::cda_time("2016-10-03T18:27:10Z") == "20161003182710+0000");
}

TEST_CASE("base64 comes back") {
  CHECK(map::base64("Man") == "TWFu");
  CHECK(map::base64("Ma") == "TWE=");
  CHECK(map::from_base64("TWE=") == "Ma");
}

TEST_CASE("the same key gives the same UUID, another key another one") {
  CHECK(map::uuid_of("a") == map::uuid_of("a"));
  CHECK(map::uuid_of("a") != map::uuid_of("b"));
  CHECK(map::uuid_of("a").size() == 36);
  CHECK(map::uuid_of("a")[14] == '8');
}

TEST_CASE("a CDA document becomes a Bundle and comes back") {
  World world;
  finding::Collector sink;
  tree::Tree cda(world.library.symbols());
  REQUIRE(format::read_cda(document, cda, sink));
  tree::Tree fhir(world.library.symbols());
  map::LossReport loss;
  REQUIRE(world.converter.cda_to_fhir(cda, {}, fhir, loss));
  CHECK(World::find(fhir, "Patient", "gender") == "female");
  CHECK(World::find(fhir, "Patient", "birthDate") == "1980-02-03");
  CHECK(World::find(fhir, "Condition", "onsetDateTime") == "2010-03-04");
  tree::Tree back(world.library.symbols());
  map::LossReport second;
  REQUIRE(world.converter.fhir_to_cda(fhir, {}, back, second));
  std::string xml;
  format::write_cda(back, back[tree::root_node].child, {}, xml);
  CHECK(xml.find("code=\"195967001\"") != std::string::npos);
  CHECK(xml.find("extension=\"8\"") != std::string::npos);
  CHECK(xml.find("<family>Other</family>") != std::string::npos);
}

TEST_CASE("what no row carries is in the loss report with its path") {
  World world;
  finding::Collector sink;
  std::string odd(document);
  odd.insert(odd.find("<statusCode code=\"active\"/>"), "<strange value=\"1\"/>");
  tree::Tree cda(world.library.symbols());
  REQUIRE(format::read_cda(odd, cda, sink));
  tree::Tree fhir(world.library.symbols());
  map::LossReport loss;
  REQUIRE(world.converter.cda_to_fhir(cda, {}, fhir, loss));
  bool found = false;
  for (const map::Lost& item : loss.lost) {
    found =
        found || (item.path.ends_with("entry/act/strange/@value") && item.section == "Problems");
  }
  CHECK(found);
}

TEST_CASE("an overlay replaces, adds and deletes rows by id") {
  const map::Overlay overlay{
      "region.map",
      "map ccda\n[patient]\npat.gender | -> | patient.administrativeGenderCode | gender | 'other'\n"
      "delete pat.birth\n"};
  World world({overlay});
  finding::Collector sink;
  tree::Tree cda(world.library.symbols());
  REQUIRE(format::read_cda(document, cda, sink));
  tree::Tree fhir(world.library.symbols());
  map::LossReport loss;
  REQUIRE(world.converter.cda_to_fhir(cda, {}, fhir, loss));
  CHECK(World::find(fhir, "Patient", "gender") == "other");
  CHECK(World::find(fhir, "Patient", "birthDate").empty());
}

TEST_CASE("a wrong map says where") {
  const auto message = [](std::string text) {
    try {
      World world({{"bad.map", std::move(text)}});
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(message("[patient]\nx | => | a | b | TEXT\n").starts_with("bad.map:2:1:"));
  CHECK(message("[patient]\nx | <-> | id | identifier | NOSUCH\n").starts_with("bad.map:2:1:"));
  CHECK(
      message("[patient]\nx | <-> | id.where(root | identifier | II\n").starts_with("bad.map:2:"));
  CHECK(message("delete nosuchrow\n").starts_with("bad.map:1:1:"));
  CHECK(message("map ccda\n[a] (Observation) <-> (Observation)\nuse a\n")
            .starts_with("bad.map:3:1:"));
  CHECK(message("map ccda\n[patient]\nx | <-> | id | identifier | resource(nobody)\n")
            .starts_with("bad.map:3:1:"));
  CHECK(message("map ccda\n[a] (Observation) <-> (Nothing)\n").starts_with("bad.map:2:1:"));
}

TEST_CASE("an attribute with a default matches when it is not there, an entry's type travels") {
  World world;
  finding::Collector sink;
  std::string text(document);
  text.insert(text.find("<entry>") + 6, " typeCode=\"DRIV\"");
  tree::Tree cda(world.library.symbols());
  REQUIRE(format::read_cda(text, cda, sink));
  tree::Tree fhir(world.library.symbols());
  tree::Tree back(world.library.symbols());
  map::LossReport loss;
  loss.listed = false;
  REQUIRE(world.converter.cda_to_fhir(cda, {}, fhir, loss));
  CHECK(loss.lost.empty());
  REQUIRE(world.converter.fhir_to_cda(fhir, {}, back, loss));
  std::string xml;
  format::write_cda(back, back[tree::root_node].child, {}, xml);
  CHECK(xml.find("<entry typeCode=\"DRIV\">") != std::string::npos);
}

/// The document with a change, as FHIR.
struct Changed {
  World world;
  tree::Tree fhir{world.library.symbols()};
  map::LossReport loss;
  tree::Tree cda{world.library.symbols()};

  Changed(std::string_view from, std::string_view to) {
    std::string text(document);
    text.replace(text.find(from), from.size(), to);
    finding::Collector sink;
    REQUIRE(format::read_cda(text, cda, sink));
    REQUIRE(world.converter.cda_to_fhir(cda, {}, fhir, loss));
  }
};

TEST_CASE("a statement whose meaning something turns is made only when that has a place") {
  const Changed concern("<act classCode=\"ACT\" moodCode=\"EVN\">",
                        "<act classCode=\"ACT\" moodCode=\"EVN\" negationInd=\"true\">");
  CHECK(World::find(concern.fhir, "Condition", "id").empty());
  REQUIRE(concern.loss.not_stated.size() == 1);
  CHECK(concern.loss.not_stated[0].value == "negationInd=true");
  CHECK(concern.loss.not_stated[0].path.ends_with("entry/act"));
  CHECK(concern.loss.count() > 0);

  const Changed problem("<observation classCode=\"OBS\" moodCode=\"EVN\">",
                        "<observation classCode=\"OBS\" moodCode=\"EVN\" negationInd=\"true\">");
  CHECK_FALSE(World::find(problem.fhir, "Condition", "id").empty());
  CHECK(problem.loss.not_stated.empty());
}

TEST_CASE("a statement of templates nobody knows is what its section says") {
  const Changed strange("2.16.840.1.113883.10.20.22.4.3\"", "1.2.3.99\"");
  CHECK(World::find(strange.fhir, "Condition", "onsetDateTime") == "2010-03-04");
  CHECK(World::find(strange.fhir, "Procedure", "id").empty());
}

/// The document with another entry, as FHIR.
struct Entry : Changed {
  explicit Entry(std::string_view entry) : Changed(whole(), entry) {}
  static std::string_view whole() {
    const std::size_t from = document.find("<entry>");
    return document.substr(from, document.find("</entry>") + 8 - from);
  }
  [[nodiscard]] std::size_t count(std::string_view type) const {
    std::size_t found = 0;
    for (tree::NodeId node = 1; node < fhir.size(); ++node) {
      found += fhir.resource_type(node) == type ? 1U : 0U;
    }
    return found;
  }
  /// Whether some element says these words.
  [[nodiscard]] bool says(std::string_view words) const {
    for (tree::NodeId node = 1; node < fhir.size(); ++node) {
      if (fhir[node].text() == words) return true;
    }
    return false;
  }
};

TEST_CASE("who shares an identifier and has another name is another person, whatever the role") {
  const Entry one(
      R"(<entry><observation classCode="OBS" moodCode="EVN"><code code="1-8" codeSystem="2.16.840.1.113883.6.1"/>
    <statusCode code="completed"/><author><time value="20240101"/><assignedAuthor><id root="1.2.3.4.5" extension="1"/>
    <assignedPerson><name><given>Ann</given><family>Nurse</family></name></assignedPerson></assignedAuthor></author>
    <participant typeCode="VRF"><participantRole><id root="1.2.3.4.5" extension="1"/>
    <playingEntity><name><given>Bob</given><family>Doctor</family></name></playingEntity></participantRole></participant>
    </observation></entry>)");
  CHECK(one.count("Practitioner") == 2);
  CHECK(one.says("VRF"));
  CHECK(one.count("Provenance") == 2);
}

TEST_CASE("an identifier that is absent is an object that says why") {
  const Changed other(R"(<id root="1.2.3.4" extension="77"/>)",
                      R"(<id root="1.2.3.4" extension="77"/><id nullFlavor="ASKU"/>)");
  bool found = false;
  for (tree::NodeId node = 1; node < other.fhir.size(); ++node) {
    if (other.fhir.name_of(node) == "identifier") {
      CHECK(other.fhir[node].kind == tree::Kind::object);
      found = true;
    }
  }
  CHECK(found);
}

std::string vital(std::string_view code, std::string_view value) {
  return R"(<entry><observation classCode="OBS" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.27"/>)" +
         std::string(code) + R"(<statusCode code="completed"/><effectiveTime value="2024"/>)" +
         std::string(value) + "</observation></entry>";
}

TEST_CASE("a vital sign has the code and a unit that its profile asks for") {
  constexpr std::string_view height = R"(<code code="8302-2" codeSystem="2.16.840.1.113883.6.1"/>)";
  const Entry spelled(vital(height, R"(<value xsi:type="PQ" value="69" unit="in"/>)"));
  CHECK(spelled.says("[in_i]"));
  CHECK(spelled.says("69"));
  const Entry metres(vital(height, R"(<value xsi:type="PQ" value="1.77" unit="m"/>)"));
  CHECK(metres.says("177"));
  CHECK(metres.says("1.77"));
  const Entry words(vital(height, R"(<value xsi:type="ST">five foot two</value>)"));
  CHECK(words.says("unsupported"));
  CHECK(World::find(words.fhir, "Observation", "valueString").empty());
  CHECK(words.says("five foot two"));
  const Entry weight(vital(R"(<code code="27113001" codeSystem="2.16.840.1.113883.6.96"/>)",
                           R"(<value xsi:type="PQ" value="80" unit="kg"/>)"));
  CHECK(weight.says("29463-7"));
}

TEST_CASE("a value whose unit FHIR does not allow comes back as it was") {
  Entry metres(vital(R"(<code code="8302-2" codeSystem="2.16.840.1.113883.6.1"/>)",
                     R"(<value xsi:type="PQ" value="1.77" unit="m"/>)"));
  tree::Tree back(metres.world.library.symbols());
  map::LossReport loss;
  REQUIRE(metres.world.converter.fhir_to_cda(metres.fhir, {}, back, loss));
  std::string xml;
  format::write_cda(back, back[tree::root_node].child, {}, xml);
  CHECK(xml.find("value=\"1.77\" unit=\"m\"") != std::string::npos);
  CHECK(xml.find("177\"") == std::string::npos);
}

/// What a document with another entry comes back as.
std::string comes_back(Entry& entry) {
  tree::Tree back(entry.world.library.symbols());
  map::LossReport loss;
  REQUIRE(entry.world.converter.fhir_to_cda(entry.fhir, {}, back, loss));
  std::string xml;
  format::write_cda(back, back[tree::root_node].child, {}, xml);
  return xml;
}

std::string problem(std::string_view inside) {
  std::string entry(Entry::whole());
  return entry.insert(entry.find("</observation>"), inside);
}

TEST_CASE("of date and age of the onset a Condition has the date, and the age is evidence") {
  Entry both(problem(
      R"(<entryRelationship typeCode="SUBJ" inversionInd="true"><observation classCode="OBS" moodCode="EVN">
      <templateId root="2.16.840.1.113883.10.20.22.4.31"/><code code="445518008" codeSystem="2.16.840.1.113883.6.96"/>
      <statusCode code="completed"/><value xsi:type="PQ" value="30" unit="a"/></observation></entryRelationship>)"));
  CHECK(World::find(both.fhir, "Condition", "onsetDateTime") == "2010-03-04");
  CHECK(both.count("Observation") == 1);
  const std::string xml = comes_back(both);
  CHECK(xml.find("value=\"30\" unit=\"a\"") != std::string::npos);
  CHECK(xml.find("<low value=\"20100304\"/>") != std::string::npos);
}

TEST_CASE(
    "a finding site that qualifies a problem is its body site, and comes back as a qualifier") {
  std::string entry(Entry::whole());
  constexpr std::string_view qualifier =
      R"(<qualifier><name code="363698007"/><value code="41224006"/></qualifier>)";
  entry.insert(entry.find("</value>"), qualifier);
  Entry site(entry);
  CHECK(site.says("41224006"));
  const std::string xml = comes_back(site);
  CHECK(xml.find("363698007") != std::string::npos);
  CHECK(xml.find("targetSiteCode") == std::string::npos);
}

TEST_CASE("a start and a width are a Period, and come back as they were") {
  const auto note = [](std::string_view time) {
    return std::string(
               R"(<entry><act classCode="ACT" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.202"/>
      <code code="34109-9" codeSystem="2.16.840.1.113883.6.1"/><text>Words</text><statusCode code="completed"/><effectiveTime>)") +
           std::string(time) + "</effectiveTime></act></entry>";
  };
  Entry minutes(note(R"(<low value="201003292240+0000"/><width value="15" unit="min"/>)"));
  CHECK(minutes.says("2010-03-29T22:55:00Z"));
  CHECK(comes_back(minutes).find("<width value=\"15\" unit=\"min\"/>") != std::string::npos);
  Entry unsure(note(R"(<low value="20100329"/><width value="15" unit="min"/>)"));
  CHECK_FALSE(unsure.says("2010-03-29T00:15:00Z"));
  CHECK(unsure.loss.count() > 0);
}

TEST_CASE("a primary care provider is the patient's general practitioner, both ways") {
  const Changed cared(
      "<component><structuredBody>",
      R"(<documentationOf><serviceEvent classCode="PCPR"><effectiveTime><low value="2010"/></effectiveTime>
      <performer typeCode="PRF"><functionCode code="PCP" codeSystem="2.16.840.1.113883.5.88"/><assignedEntity><id root="1.2.3.7" extension="5"/>
      <assignedPerson><name><family>Care</family></name></assignedPerson></assignedEntity></performer></serviceEvent></documentationOf>
      <component><structuredBody>)");
  const auto& tree = cared.fhir;
  std::size_t found = 0;
  for (tree::NodeId node = 1; node < tree.size(); ++node) {
    found += tree.name_of(node) == "generalPractitioner" ? 1U : 0U;
  }
  CHECK(found == 1);
}

TEST_CASE("a dose on one day of the week keeps its day, both ways") {
  Entry weekly(
      R"(<entry><substanceAdministration classCode="SBADM" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.16"/>
      <statusCode code="active"/><effectiveTime xsi:type="PIVL_TS" alignment="DW" operator="A"><phase><low value="20240229"/></phase>
      <period value="1" unit="wk"/></effectiveTime><consumable><manufacturedProduct><manufacturedMaterial>
      <code code="105585" codeSystem="2.16.840.1.113883.6.88"/></manufacturedMaterial></manufacturedProduct></consumable>
      </substanceAdministration></entry>)");
  CHECK(weekly.says("thu"));
  const std::string xml = comes_back(weekly);
  CHECK(xml.find("alignment=\"DW\"") != std::string::npos);
  CHECK(xml.find("<low value=\"20000106\"/>") != std::string::npos);
}

TEST_CASE("what is no time stays as it was written, in HL7's extension") {
  std::string entry(Entry::whole());
  entry.replace(entry.find("20100304"), 8, "20103104");
  Entry strange(entry);
  CHECK(World::find(strange.fhir, "Condition", "onsetDateTime").empty());
  CHECK(strange.says("http://hl7.org/fhir/StructureDefinition/originalText"));
  CHECK(strange.says("20103104"));
  CHECK(comes_back(strange).find("20103104") != std::string::npos);
}

}  // namespace

TEST_CASE("moments of tables are read by their pictures, and get a zone") {
  const auto moment = [](std::string_view text, std::string_view picture, std::string_view zone) {
    std::string out;
    return lhcr::map::append_moment(text, picture, zone, out) ? out : std::string("refused");
  };
  CHECK(moment("14/03/1948", "dd/MM/yyyy", "") == "1948-03-14");
  CHECK(moment("05-Nov-2024", "dd-MMM-yyyy", "") == "2024-11-05");
  CHECK(moment("31/02/2024", "dd/MM/yyyy", "") == "refused");
  CHECK(moment("2020-03-01 09:12:00", "", "Z") == "2020-03-01T09:12:00+00:00");
  CHECK(moment("2020-03-01 09:12:00", "", "") == "refused");
  CHECK(moment("29/03/2020 00:59", "dd/MM/yyyy HH:mm", "Europe/London") ==
        "2020-03-29T00:59:00+00:00");
  CHECK(moment("29/03/2020 02:00", "dd/MM/yyyy HH:mm", "Europe/London") ==
        "2020-03-29T02:00:00+01:00");
  CHECK(moment("25/10/2020 00:30", "dd/MM/yyyy HH:mm", "Europe/London") ==
        "2020-10-25T00:30:00+01:00");
  CHECK(moment("25/10/2020 02:30", "dd/MM/yyyy HH:mm", "Europe/London") ==
        "2020-10-25T02:30:00+00:00");
  CHECK(moment("01/07/1980 09:12", "dd/MM/yyyy HH:mm", "Europe/London") == "refused");
}

TEST_CASE("numbers of laboratories and NHS numbers are read as they are written") {
  const auto read = [](std::string_view codec, std::string_view text) {
    std::string out;
    return lhcr::map::find_csv_codec(codec)->append(text, out) ? out : std::string("refused");
  };
  CHECK(read("AMOUNT", "<1,234.50") == "1234.50");
  CHECK(read("AMOUNT", ">= 5") == "5");
  CHECK(read("AMOUNT", "1,5") == "refused");
  CHECK(read("AMOUNT", "<") == "refused");
  CHECK(read("COMPARATOR", "<5") == "<");
  CHECK(read("COMPARATOR", "5").empty());
  CHECK(read("NHS", "999 000 0018") == "9990000018");
  CHECK(read("NHS", "999 000 0019") == "refused");
}

TEST_CASE("codes of ICD-10 and OPCS-4 get the point that extracts leave out") {
  const auto read = [](std::string_view text) {
    std::string out;
    return lhcr::map::find_csv_codec("DOTTED")->append(text, out) ? out : std::string("refused");
  };
  CHECK(read("I489") == "I48.9");
  CHECK(read("S7200") == "S72.00");
  CHECK(read("K57.1") == "K57.1");
  CHECK(read("I10X") == "I10");
  CHECK(read("I10-") == "I10");
  CHECK(read("I10") == "I10");
  for (const std::string_view wrong :
       {"I1", "i489", "G01XA", "I48.", "I48..9", "I489D", "73211009"}) {
    CHECK(read(wrong) == "refused");
  }
}

TEST_CASE("a statement is an element, not an attribute that stands where statements do") {
  CHECK(map::is_statement("observation"));
  CHECK_FALSE(map::is_statement("sequenceNumber"));
  CHECK_FALSE(map::is_statement("typeCode"));
  CHECK_FALSE(map::is_statement("xsi:type"));
}
