// SPDX-License-Identifier: Apache-2.0
// Any bytes as a map file laid over a small one: it is refused with its place, or the maps compile,
// and then convert a document and what they make of it, a resource between versions, a row of CSV.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "check.hpp"
#include "definition/definitions.hpp"
#include "format/cda/cda.hpp"
#include "map/csv/csv.hpp"
#include "map/run/document.hpp"
#include "map/run/version.hpp"

namespace {

using namespace lhcr;

/// A piece of each built-in map: compiling them whole takes a thousand times longer.
constexpr std::string_view base = R"(
system 2.16.840.1.113883.6.1 http://loinc.org
section 30954-2 2.16.840.1.113883.10.20.22.2.3.1 2015-08-01 "Results"
template 2.16.840.1.113883.10.20.22.4.2 2015-08-01
codes gender : 2.16.840.1.113883.5.1 <-> http://hl7.org/fhir/administrative-gender
F <-> female "Female" "Female"
* -> other
codes status : - <-> -
completed <-> final
codes csv-gender : - <-> -
F <-> female
map ccda
[document] ClinicalDocument <-> Composition
doc.subject | <-> | recordTarget.patientRole | subject | resource(patient)
doc.id | <-> | id | %bundle.identifier | II
doc.code | <-> | code | type | CD
doc.title | <-> | title | title | TEXT
doc.time | <-> | effectiveTime | date | TS
doc.author | <-> | author | %provenance | resource(author)
doc.section | <-> | component.structuredBody.component.section | section | object(section) | rest
[patient] (PatientRole) * <-> Patient | actor | subject
pat.id | <-> | id | identifier | II | null
pat.addr | <-> | addr | address | AD
pat.telecom | <-> | telecom | telecom | TEL
pat.name | <-> | patient.name | name | PN
pat.gender | <-> | patient.administrativeGenderCode | gender | CODE | map gender
pat.birth | <-> | patient.birthTime | birthDate | TS | arg birth | null
[author] (Author) * <-> Provenance
auth.time | <-> | time | recorded | TS | arg instant
[section] (Section) * <-> (Composition.section) | scope
sec.id | <-> | id.first() | id | PARTID
sec.code | <-> | code | code | CD
sec.text | <-> | text | text | NARRATIVE
sec.entry | <-> | entry | entry | statement
[rows] (Observation) <-> (Observation)
obs.id | <-> | id | identifier | II
obs.template | <-> | templateId | meta.tag.where(system = 'urn:hl7-org:v3:templateId') | TAG | rest
[result] observation.where(classCode = 'OBS' and moodCode = 'EVN').template('2.16.840.1.113883.10.20.22.4.2') <-> Observation | section 30954-2
use rows
obs.code | <-> | code | code | CD
obs.status | <-> | statusCode.code | status | CODETEXT | map status
obs.time | <-> | effectiveTime.ofType(IVL_TS) | effective.ofType(Period) | IVLTS
obs.value | <-> | value.ofType(PQ) | value.ofType(Quantity) | PQ
obs.subject | -> | | subject | PATIENT
map stu3
[observation] Observation <-> Observation
v.code | <-> | code | code | COPY
v.related | <-> | related.target | hasMember | COPY | when type = 'has-member'
map csv
[person] people.csv <-> Patient | key Id | patient Id
p.id | <-> | Id | id | ID
p.born | <-> | BIRTHDATE | birthDate | DATE
p.sex | <-> | GENDER | gender | CODE | map csv-gender
p.dead | -> | DEATHDATE | deceased.ofType(dateTime) | DATE | when DEATHDATE != ''
p.system | -> | - | identifier.where(system = 'urn:a').value | 'b'
)";

constexpr std::string_view document =
    R"(<ClinicalDocument xmlns='urn:hl7-org:v3' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>
<typeId root='2.16.840.1.113883.1.3' extension='POCD_HD000040'/><id root='1.2'/>
<code code='1' codeSystem='2.16.840.1.113883.6.1' displayName='d'><translation code='2'/></code>
<title>t</title><effectiveTime value='20200102030405.678+0100'/><languageCode code='en'/>
<recordTarget><patientRole><id root='1.2.3' extension='p'/><addr use='HP'>
<streetAddressLine>s</streetAddressLine><city>c</city></addr><telecom value='tel:+1' use='MC'/>
<patient><name use='L'><given>g</given><family>f</family></name>
<administrativeGenderCode code='F' codeSystem='2.16.840.1.113883.5.1'/><birthTime value='1970'/>
</patient></patientRole></recordTarget><author><time nullFlavor='UNK'/></author>
<component><structuredBody><component><section><id root='1.3'/>
<code code='30954-2' codeSystem='2.16.840.1.113883.6.1'/><title>s</title>
<text>x<table><tr><td ID='r1'>y</td></tr></table><list><item>z</item></list></text>
<entry typeCode='DRIV'><observation classCode='OBS' moodCode='EVN'>
<templateId root='2.16.840.1.113883.10.20.22.4.2' extension='2015-08-01'/><id root='1.2.4'/>
<code code='c' codeSystem='2.16.840.1.113883.6.1'><originalText><reference value='#r1'/>
</originalText></code><statusCode code='completed'/><effectiveTime><low value='2020'/>
<high nullFlavor='UNK'/></effectiveTime><value xsi:type='PQ' value='1.50' unit='mg'/>
<entryRelationship typeCode='REFR'><act classCode='ACT' moodCode='EVN'><id root='1.2.4'/>
<effectiveTime xsi:type='PIVL_TS'><period value='6' unit='h'/></effectiveTime></act>
</entryRelationship></observation></entry></section></component></structuredBody></component>
</ClinicalDocument>)";

struct Means {
  definition::Library library;
  const definition::Definitions* r4 = library.version("4.0.1");
  const definition::Definitions* stu3 = library.version("3.0.2");
  map::Completion completion{*r4};
};

void convert_document(Means& with, const map::Map& map) {
  tree::Tree cda(with.library.symbols());
  tree::Tree fhir(with.library.symbols());
  tree::Tree back(with.library.symbols());
  finding::Collector sink;
  fuzz::expect(format::read_cda(document, cda, sink), "the document is read");
  map::ConvertOptions options;
  options.keep_unmapped = true;
  map::LossReport loss;
  const map::Means means{map, *with.r4, with.completion};
  if (map::document_to_bundle(means, cda, options, fhir, loss)) {
    map::bundle_to_document(means, fhir, options, back, loss);
  }
}

void convert_resource(Means& with, const map::Map& map) {
  tree::Tree source(with.library.symbols());
  tree::Tree target(with.library.symbols());
  finding::Collector sink;
  format::JsonReader reader;
  const fuzz::Padded text(
      R"({"resourceType":"Observation","code":{"text":"t"},"valueQuantity":{"value":1.50},)"
      R"("related":[{"type":"has-member","target":{"reference":"Observation/1"}}],)"
      R"("component":[{"code":{"coding":[{"code":"c"}]},"valueString":"v"}]})");
  fuzz::expect(reader.read(text.text(), source, sink), "the resource is read");
  definition::attach_types(source, *with.stu3);
  map::LossReport loss;
  const map::TypePairs pairs(map, *with.stu3, *with.r4, true);
  const map::Completion completion(*with.r4, with.stu3, &pairs);
  map::change_fhir_version(map, {*with.stu3, *with.r4, pairs, true}, completion, source, target,
                           loss);
}

void convert_rows(const map::CsvMaps& maps) {
  const std::vector<std::string> header{"Id", "BIRTHDATE", "GENDER", "DEATHDATE"};
  for (const std::string& file : maps.files()) {
    for (const map::CsvBlock* block : maps.blocks(file)) {
      map::CsvConverter converter(*block, header);
      std::string out;
      std::vector<map::CsvFault> faults;
      converter.convert({"p-1", "1970-01-31", "F", ""}, out, faults);
      converter.convert({"", "1970-13", "\"", "2020-01-01T00:00:00Z"}, out, faults);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Means& with = fuzz::kept_for<Means, 1000>();
  SymbolTable& symbols = with.library.symbols();
  try {
    map::Source source;
    map::read_map(base, "base.map", source);
    map::read_map(text, "fuzz.map", source);
    const map::Sides cda{map::Model::cda, nullptr, with.r4};
    convert_document(with, *map::compile_map(source, "ccda", cda, symbols));
    const map::Sides versions{map::Model::fhir, with.stu3, with.r4};
    convert_resource(with, *map::compile_map(source, "stu3", versions, symbols));
    convert_rows(map::CsvMaps(with.library, source));
  } catch (const Error& error) {
    fuzz::expect(!text.empty(), "the small map is good", error.what());
    fuzz::expect(error.kind() == ErrorKind::input, "a bad map is bad input", error.what());
    fuzz::expect(std::string_view(error.what()).find(".map:") != std::string_view::npos,
                 "a bad map has a place", error.what());
  }
  return 0;
}
