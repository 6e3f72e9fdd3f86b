// SPDX-License-Identifier: Apache-2.0
// Any bytes as a patch: a JSON Patch or the Parameters of a FHIRPath Patch is refused or carried
// out, and what comes out can be read again. The bytes are also the record for a comparison with
// itself and with a fixed one, whose patch must lead from one to the other.
#include "diff/patch.hpp"

#include <string>

#include "base/error.hpp"
#include "check.hpp"
#include "diff/apply.hpp"

namespace {

using namespace lhcr;

constexpr std::string_view fixed_record =
    R"({"resourceType":"Patient","id":"p","identifier":[{"system":"a","value":"1"},{"value":"2"}],)"
    R"("name":[{"family":"A","given":["B","C"]}],"birthDate":"1948-03-14","_birthDate":{"id":"x"}})";

struct World {
  definition::Library library;
  const definition::Definitions& definitions = *library.version("4.0.1");
  format::JsonReader reader;

  bool read(const fuzz::Padded& text, tree::Tree& tree) {
    finding::Collector findings;
    if (!reader.read(text.text(), tree, findings) || findings.has_errors()) return false;
    definition::attach_types(tree, definitions);
    return tree[tree::root_node].is(tree::resource);
  }
};

void apply_as_json(std::string_view bytes) {
  try {
    diff::JsonDocument document(fixed_record, "record");
    diff::JsonDocument patch(bytes, "patch");
    const diff::Json before = document.root();
    diff::apply_json_patch(document.root(), patch, bytes, "patch");
    std::string out;
    diff::write_like(document.root(), before, fixed_record, out);
    const diff::JsonDocument again(out, "result");
    fuzz::expect(diff::equal(again.root(), document.root()), "the result is not what was made",
                 out);
  } catch (const Error&) {
  } catch (const diff::Refused&) {
  }
}

void apply_as_fhirpath(World& world, std::string_view bytes) {
  const fuzz::Padded text(bytes);
  const fuzz::Padded record_text(fixed_record);
  tree::Tree patch(world.library.symbols());
  tree::Tree record(world.library.symbols());
  if (!world.read(text, patch) || !world.read(record_text, record)) return;
  try {
    diff::apply_fhirpath_patch(record, patch, world.definitions, world.library.symbols());
  } catch (const diff::Refused&) {
    return;
  }
  std::string out;
  format::write_json(record, tree::root_node, {}, out);
}

void compare(World& world, std::string_view bytes) {
  const fuzz::Padded text(bytes);
  const fuzz::Padded fixed_text(fixed_record);
  tree::Tree left(world.library.symbols());
  tree::Tree right(world.library.symbols());
  if (!world.read(text, left) || !world.read(fixed_text, right)) return;
  const diff::Comparer comparer(world.definitions, world.library.symbols(), {});
  fuzz::expect(comparer.compare({&left}, {&left}).empty(), "a record differs from itself", bytes);
  const auto changes = comparer.compare({&left}, {&right});
  std::string out;
  diff::write_json_patch({{&left}, {&right}, changes}, out);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static World world;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  apply_as_json(bytes);
  apply_as_fhirpath(world, bytes);
  compare(world, bytes);
  return 0;
}
