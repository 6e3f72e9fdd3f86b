// SPDX-License-Identifier: Apache-2.0
#include "cmd/push/push_patches.hpp"

#include "cmd/run/version.hpp"
#include "definition/version/releases.hpp"
#include "diff/item_patch.hpp"
#include "diff/prove.hpp"
#include "finding/finding.hpp"
#include "format/format.hpp"
#include "tree/nodes.hpp"

namespace lhcr::cmd {
namespace {

using tree::root_node;

const definition::Definitions& version_of(definition::Library& library, const std::string& fhir) {
  const definition::Definitions* version = chosen_version(library, fhir);
  return version != nullptr ? *version : definition::default_version(library);
}

std::string name_of(const tree::Tree& tree) {
  return std::string(tree.resource_type(root_node)) + "/" +
         std::string(tree::child_text(tree, root_node, "id"));
}

}  // namespace

bool DiffPatches::Side::read(std::string_view json) {
  bytes.assign(json);
  bytes.append(format::read_padding, '\0');
  format::Record record;
  record.bytes = std::string_view(bytes).substr(0, json.size());
  record.format = format::Format::json;
  finding::Collector problems(1);
  return reader.read(record, problems) && !reader.tree().resource_type(root_node).empty();
}

/// What the server says of the resource is not the record's to change.
diff::Options DiffPatches::compare_options() {
  paths_.ignore.emplace_back("meta", version_, library_.symbols());
  return {.paths = &paths_};
}

DiffPatches::DiffPatches(const deliver::Region& region, const std::string& fhir)
    : version_(version_of(library_, fhir)),
      comparer_(version_, library_.symbols(), compare_options()),
      stored_(library_, version_),
      own_(library_, version_),
      whole_items_(region.text("patch.rules") == "pds") {}

/// Why what the endpoint gave is not what was asked for.
std::string DiffPatches::other_resource() {
  const std::string theirs = name_of(stored_.reader.tree());
  const std::string ours = name_of(own_.reader.tree());
  return theirs == ours ? ""
                        : "the endpoint gives " + theirs + " for " + ours +
                              ": they may be one patient by now, which a person has to see";
}

void DiffPatches::write(const diff::Script& script, Made& made) {
  std::string provable;
  if (whole_items_) {
    diff::ItemPatch patch = diff::write_item_patch(script);
    made.patch = std::move(patch.operations);
    provable = std::move(patch.provable);
  } else {
    write_json_patch(script, made.patch);
    provable = made.patch;
  }
  const std::string source = stored_.bytes.substr(0, stored_.bytes.size() - format::read_padding);
  const std::string wrong = prove_json_patch(script, comparer_, source, provable);
  if (!wrong.empty()) made.problem = "no patch can say what differs: " + wrong;
}

deliver::PatchMaker::Made DiffPatches::make(std::string_view stored, std::string_view own,
                                            bool keep) {
  Made made;
  if (!own_.read(own)) {
    made.problem = "it cannot be read again";
  } else if (!stored_.read(stored)) {
    made.problem = "the endpoint's version cannot be read";
  } else {
    made.problem = other_resource();
  }
  if (!made.problem.empty()) return made;
  made.version =
      tree::child_text(stored_.reader.tree(),
                       tree::child_node(stored_.reader.tree(), root_node, "meta"), "versionId");
  const diff::Record left{&stored_.reader.tree()};
  const diff::Record right{&own_.reader.tree()};
  std::vector<diff::Change> changes = comparer_.compare(left, right);
  if (keep && differs(changes)) {
    diff::keep_removed({left, right, changes}, own_.reader.tree());
    changes = comparer_.compare(left, right);
  }
  if (!differs(changes)) return made;
  const diff::Script script{left, right, changes};
  made.removed = removed_paths(script);
  write(script, made);
  return made;
}

std::unique_ptr<DiffPatches> make_patches(const deliver::Region& region, const std::string& style,
                                          const std::string& fhir) {
  const bool asked = deliver::find_style(style).make == deliver::make_patch;
  return asked ? std::make_unique<DiffPatches>(region, fhir) : nullptr;
}

}  // namespace lhcr::cmd
