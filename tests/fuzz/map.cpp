// SPDX-License-Identifier: Apache-2.0
// Any bytes as a map file laid over the built-in ones: it is refused with its place, or the maps
// compile, and then convert a document and what they make of it.
#include "map/map.hpp"

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "check.hpp"
#include "format/cda.hpp"

namespace {

using namespace lhcr;

constexpr std::string_view document =
    "<ClinicalDocument xmlns='urn:hl7-org:v3'><id root='1.2'/><title>t</title>"
    "<recordTarget><patientRole><id root='1.2.3' extension='p'/></patientRole></recordTarget>"
    "<component><structuredBody><component><section><title>s</title><text>x</text><entry>"
    "<observation classCode='OBS' moodCode='EVN'><id root='1.2.4'/><code code='1'/>"
    "</observation></entry></section></component></structuredBody></component></ClinicalDocument>";

void convert(const map::Converter& converter, const definition::Library& library) {
  finding::Collector sink;
  tree::Tree cda(library.symbols());
  fuzz::expect(format::read_cda(document, cda, sink), "the document is read");
  tree::Tree fhir(library.symbols());
  tree::Tree back(library.symbols());
  map::LossReport loss;
  if (converter.cda_to_fhir(cda, {}, fhir, loss)) {
    converter.fhir_to_cda(fhir, {}, back, loss);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  definition::Library library;
  try {
    const map::Converter converter(library, {{"fuzz.map", text}}, {true, false, false});
    convert(converter, library);
  } catch (const Error& error) {
    fuzz::expect(error.kind() == ErrorKind::input, "a bad map is bad input", error.what());
    fuzz::expect(std::string_view(error.what()).find(".map:") != std::string_view::npos,
                 "a bad map has a place", error.what());
  }
  return 0;
}
