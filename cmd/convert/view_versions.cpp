// SPDX-License-Identifier: Apache-2.0
#include "cmd/convert/view_versions.hpp"

#include <algorithm>
#include <filesystem>

#include "base/mapped_file.hpp"
#include "format/container/byte_source.hpp"
#include "record/record_reader.hpp"

namespace lhcr::cmd {
namespace {

// The records of a larger file cost more than the maps between versions.
constexpr std::size_t small_file = std::size_t{64} << 10U;

bool has_other_version(const std::string& path, const definition::Library& library,
                       const definition::Definitions& version) {
  format::RecordStream stream(path);
  record::RecordReader reader(library);
  finding::Collector ignored(1);
  format::Record record;
  while (stream.next(record)) {
    ignored.clear();
    if (reader.read(record, ignored) && (reader.is_cda() || &reader.definitions() != &version)) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::optional<map::Needs> needed_for_views(const std::vector<Input>& inputs,
                                           const definition::Library& library,
                                           const definition::Definitions& version, bool asked) {
  map::Needs needs;
  std::error_code error;
  if (inputs.size() != 1 || !std::filesystem::is_regular_file(inputs[0].path, error)) {
    return needs;
  }
  const MappedFile file(inputs[0].path);
  if (format::begins_packed(file.bytes()) || format::detect(file.bytes()) == format::Format::xml) {
    return needs;
  }
  file.require_intact();
  const bool look = file.bytes().size() <= small_file;
  if (asked || (look && !has_other_version(inputs[0].path, library, version))) return std::nullopt;
  needs.ccda = false;
  needs.itk = false;
  return needs;
}

std::set<Symbol> names_of_other_versions(const std::vector<view::View>& views,
                                         const definition::Library& library,
                                         const definition::Definitions& version) {
  std::set<Symbol> names;
  for (const std::string_view known : library.versions()) {
    const definition::Definitions& other = *library.version(known);
    if (&other == &version) continue;
    for (const view::View& view : views) {
      const definition::TypeId own = version.type(view.resource());
      const definition::TypeId type = other.type(view.resource());
      if (own == definition::no_type || type == definition::no_type) continue;
      for (const definition::Child& child : other.children(type)) {
        if (version.child(own, child.written) == nullptr) names.insert(child.written);
      }
    }
  }
  return names;
}

std::set<definition::TypeId> find_carriers(const definition::Definitions& definitions) {
  std::set<definition::TypeId> found;
  for (const definition::TypeInfo& info : definitions.types()) {
    const definition::TypeId type = definitions.type(info.name);
    for (const definition::Child& part : definitions.children(type)) {
      if (part.type == definition::no_type ||
          definitions.info(part.type).kind != definition::TypeKind::backbone) {
        continue;
      }
      const auto inner = definitions.children(part.type);
      if (std::any_of(inner.begin(), inner.end(), [](const definition::Child& child) {
            return (child.flags & definition::child_resource) != 0;
          })) {
        found.insert(type);
      }
    }
  }
  return found;
}

bool fits(const tree::Tree& tree, const definition::Definitions& version) {
  for (tree::NodeId at = tree::root_node + 1; at < tree.size(); ++at) {
    const tree::Node& node = tree[at];
    if (node.is(tree::Flag::unknown)) return false;
    if (node.type == definition::no_type || node.is(tree::Flag::meta)) continue;
    const bool primitive = version.info(node.type).kind == definition::TypeKind::primitive;
    if (primitive && node.kind == tree::Kind::object && !node.is(tree::Flag::extended)) {
      return false;
    }
    if (!primitive && node.kind != tree::Kind::object && node.kind != tree::Kind::xhtml) {
      return false;
    }
  }
  return true;
}

}  // namespace lhcr::cmd
