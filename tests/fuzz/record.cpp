// SPDX-License-Identifier: Apache-2.0
// Any bytes as a record, FHIR or CDA: it is checked by every rule and converted there and back;
// what comes out can be read again.
#include <cstdint>
#include <string>
#include <string_view>

#include "check.hpp"
#include "definition/definitions.hpp"
#include "format/cda/cda.hpp"
#include "map/map.hpp"
#include "record/record_reader.hpp"
#include "validate/validate.hpp"

namespace {

using namespace lhcr;

validate::Options all_rules() {
  validate::Options options;
  options.rules = validate::RuleSet::nhs;
  options.references = validate::ReferencePolicy::type_only;
  options.security_checks = true;
  options.must_support = true;
  options.recommendations = true;
  options.xml_order = true;
  options.latest_day = "2026-01-31";
  return options;
}

struct Means {
  definition::Library library;
  map::Converter converter{library};
  const definition::Definitions& r4 = *library.version("4.0.1");
  validate::Validator r4_rules{r4, library.symbols(), all_rules()};
  validate::Validator stu3_rules{*library.version("3.0.2"), library.symbols(), all_rules()};
  validate::Validator cda_rules{library.cda(), library.symbols(), all_rules()};

  validate::Validator& rules(const definition::Definitions& definitions) {
    if (&definitions == &library.cda()) return cda_rules;
    return &definitions == &r4 ? r4_rules : stu3_rules;
  }
};

void expect_cda(const tree::Tree& tree) {
  std::string written;
  for (const tree::NodeId document : tree.children(tree::root_node)) {
    written.clear();
    format::write_cda(tree, document, {false}, written);
  }
  const SymbolTable symbols;
  tree::Tree again(symbols);
  finding::Collector sink;
  fuzz::expect(format::read_cda(written, again, sink), "a document comes out", written);
}

void convert_cda(Means& with, const tree::Tree& cda, map::ConvertOptions options) {
  tree::Tree fhir(with.library.symbols());
  tree::Tree back(with.library.symbols());
  map::LossReport loss;
  options.flavour = map::detect_flavour(cda);
  if (!with.converter.cda_to_fhir(cda, options, fhir, loss)) return;
  fuzz::expect_json(fhir);
  if (with.converter.fhir_to_cda(fhir, options, back, loss)) expect_cda(back);
}

void convert_fhir(Means& with, tree::Tree& record, std::string_view version,
                  map::ConvertOptions options) {
  tree::Tree other(with.library.symbols());
  tree::Tree cda(with.library.symbols());
  map::LossReport loss;
  const bool up = version.starts_with('3');
  with.converter.change_version(record, version, up ? "4.0.1" : "3.0.2", other, loss);
  fuzz::expect_json(other);
  tree::Tree& r4 = up ? other : record;
  options.flavour = map::detect_flavour(r4);
  if (with.converter.fhir_to_cda(r4, options, cda, loss)) expect_cda(cda);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Means& with = fuzz::kept_for<Means, 2000>();
  const fuzz::Padded text({reinterpret_cast<const char*>(data), size});
  format::Record record;
  record.bytes = text.text();
  record.format = size > 0 && data[0] == '<' ? format::Format::xml : format::Format::json;
  record::Reading reading;
  reading.cda_types = true;
  record::RecordReader reader(with.library, reading);
  finding::Collector sink;
  if (!reader.read(record, sink)) return 0;
  const definition::Definitions& definitions = reader.definitions();
  with.rules(definitions).validate(reader.tree(), sink);
  map::ConvertOptions options;
  options.keep_unmapped = size % 2 == 0;
  options.bundle = static_cast<map::BundleType>(size % 3);
  if (&definitions == &with.library.cda()) {
    convert_cda(with, reader.tree(), options);
  } else {
    if (size % 5 != 0) map::wrap_in_bundle(reader.tree(), definitions);
    convert_fhir(with, reader.tree(), definitions.fhir_version(), options);
  }
  return 0;
}
