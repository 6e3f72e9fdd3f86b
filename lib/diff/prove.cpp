// SPDX-License-Identifier: Apache-2.0
#include "diff/prove.hpp"

#include "base/error.hpp"
#include "diff/rules.hpp"
#include "format/format.hpp"
#include "record/plain_reader.hpp"

namespace lhcr::diff {
namespace {

/// A tree of JSON that this program wrote; the text must stay as long as the tree.
struct Read {
  Read(std::string text, const Rules& rules) : json(std::move(text)), tree(rules.symbols()) {
    const std::size_t size = json.size();
    json.append(format::read_padding, '\0');
    record::PlainReader reader;
    finding::Collector findings;
    good = reader.read_json(std::string_view(json).substr(0, size), tree, findings);
    definition::attach_types(tree, rules.definitions());
  }
  std::string json;
  tree::Tree tree;
  bool good = false;
};

std::string compared(const tree::Tree& result, const Script& script, const Comparer& comparer) {
  const std::vector<Change> rest = comparer.compare({&result}, script.right);
  if (!differs(rest)) return {};
  const Change& first = rest.front();
  const bool left = first.left != tree::no_node;
  return "it leaves a difference at " + (left ? tree::path_of(result, first.left)
                                              : tree::path_of(*script.right.tree, first.right));
}

std::string patched(const std::string& source, const std::string& patch) {
  JsonDocument operations(patch, "patch");
  JsonDocument document(source, "record");
  apply_json_patch(document.root(), operations, patch, "patch");
  std::string out;
  out.reserve(source.size() + patch.size());
  write_plain(document.root(), out);
  return out;
}

}  // namespace

std::string prove_fhirpath_patch(const Script& script, const Comparer& comparer,
                                 const tree::Tree& parameters) {
  try {
    const Rules& rules = comparer.rules();
    Read record(format::json_of_record(*script.left.tree), rules);
    const Read patch(format::json_of_record(parameters), rules);
    apply_fhirpath_patch(record.tree, patch.tree, rules.definitions(), rules.symbols());
    return compared(record.tree, script, comparer);
  } catch (const Refused& refused) {
    return refused.what();
  } catch (const Error& error) {
    return error.what();
  }
}

std::string prove_json_patch(const Script& script, const Comparer& comparer,
                             const std::string& source, const std::string& patch) {
  try {
    const Read result(patched(source, patch), comparer.rules());
    return result.good ? compared(result.tree, script, comparer) : "it makes no record";
  } catch (const Refused& refused) {
    return refused.what();
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace lhcr::diff
