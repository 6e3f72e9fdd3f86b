// SPDX-License-Identifier: Apache-2.0
// Any lines as the conformance resources of a package: they are refused, or laid over the
// definitions, and then records are checked against the profile among them.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "check.hpp"
#include "definition/compiler/compile.hpp"
#include "definition/definitions.hpp"
#include "validate/validate.hpp"

namespace {

using namespace lhcr;

constexpr std::string_view profile = "http://e.org/P";
constexpr std::array<std::string_view, 2> records{
    R"({"resourceType":"Patient","id":"p","extension":[{"url":"http://e.org/E","valueCode":"x"}],)"
    R"("identifier":[{"system":"urn:a","value":"1"},{"system":"urn:b","value":"2"}],)"
    R"("name":[{"use":"official","given":["A","B"],"family":"C"}],"gender":"female",)"
    R"("birthDate":"1970-01-31","contact":[{"relationship":[{"text":"t"}]}],"deceasedBoolean":false})",
    R"({"resourceType":"Observation","status":"final","category":[{"coding":[{"code":"x",)"
    R"("system":"http://e.org/CS","display":"d"}]}],"code":{"coding":[{"code":"c"}]},)"
    R"("subject":{"reference":"Patient/p"},"effectiveDateTime":"2020-02-29","valueQuantity":)"
    R"({"value":1.50,"unit":"mg"},"component":[{"code":{"coding":[{"code":"s1"}]},"valueString":"v"},)"
    R"({"code":{"coding":[{"code":"s2"}]},"valueInteger":1}]})"};

void add_lines(std::string_view text, definition::compiler::Layer& layer) {
  for (int line = 1; !text.empty(); ++line) {
    const std::string_view one = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(one.size() + 1, text.size()));
    if (!one.empty()) {
      const fuzz::Padded padded(one);
      layer.add("fuzz.json:" + std::to_string(line), padded.text());
    }
  }
}

void check_records(definition::Library& library, const definition::Definitions& definitions) {
  validate::Options options;
  options.profiles = {std::string(profile)};
  options.must_support = true;
  validate::Validator validator(definitions, library.symbols(), options);
  for (const std::string_view record : records) {
    const fuzz::Padded padded(record);
    tree::Tree tree(library.symbols());
    finding::Collector sink;
    format::JsonReader reader;
    fuzz::expect(reader.read(padded.text(), tree, sink), "the record is read");
    definition::attach_types(tree, definitions);
    validator.validate(tree, sink);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  definition::Library library;
  const definition::Definitions& definitions = *library.version("4.0.1");
  try {
    definition::compiler::Layer layer(definitions.image().get());
    add_lines({reinterpret_cast<const char*>(data), size}, layer);
    library.add_layer(definitions, layer.finish());
  } catch (const Error& error) {
    fuzz::expect(error.kind() == ErrorKind::input, "a bad package is bad input", error.what());
    return 0;
  }
  check_records(library, definitions);
  return 0;
}
