// SPDX-License-Identifier: Apache-2.0
#include "map/document.hpp"

#include <algorithm>

#include "format/cda.hpp"
#include "map/codec_functions.hpp"
#include "map/hash.hpp"

namespace lhcr::map {
namespace {

constexpr std::string_view bundle_names[] = {"document", "transaction", "collection"};

void flag_resource(tree::Tree& tree, Run& run, tree::NodeId node, std::string_view type) {
  tree[node].flags = static_cast<std::uint8_t>(tree[node].flags | tree::Flag::resource);
  const tree::NodeId meta = run.add(node, run.names().resourceType, type);
  tree[meta].flags = static_cast<std::uint8_t>(tree[meta].flags | tree::Flag::meta);
}

void add_entry(Run& run, const Resource& resource, BundleType type) {
  const Names& names = run.names();
  const tree::NodeId entry = run.fresh(names.entry);
  run.add(entry, names.fullUrl, resource.url);
  run.attach(entry, resource.node);
  if (type == BundleType::transaction) {
    const tree::NodeId request = run.fresh(names.request);
    run.add(request, names.method, "PUT");
    run.add_copy(request, names.url, std::string(resource.type) + "/" + std::string(resource.id));
    run.attach(entry, request);
  }
  run.attach(tree::root_node, entry);
}

std::string key_of(const Run& run, tree::NodeId document) {
  const tree::NodeId id = run.source().child(document, run.names().id);
  return id == tree::no_node ? std::string()
                             : std::string(run.peek(id, run.names().root)) + "^" +
                                   std::string(run.peek(id, run.names().extension));
}

const Block* block_named(const Map& map, const char* name) {
  const auto found = map.by_name.find(name);
  return found == map.by_name.end() ? nullptr : found->second;
}

constexpr const char* envelope_block = "envelope";

/// The envelope around a document that the map has a block for, or no_node.
tree::NodeId envelope_of(const Map& map, const tree::Tree& cda, tree::NodeId document) {
  const Block* block = block_named(map, envelope_block);
  tree::NodeId node = block == nullptr ? tree::no_node : cda[document].parent;
  while (node != tree::no_node && cda[node].name != block->left.steps[0].name) {
    node = cda[node].parent;
  }
  return node;
}

/// The way back of document_to_bundle.
class Writer {
 public:
  Writer(const Map& map, const tree::Tree& fhir, tree::Tree& cda)
      : run_(map, false, fhir, cda), map_(map), fhir_(fhir), cda_(cda) {}

  Run& run() { return run_; }

  bool write(const Block& block) {
    run_.index_source(tree::root_node);
    run_.link_provenance();
    const tree::NodeId document = run_.fresh(cda_.intern("ClinicalDocument"));
    run_.set_document(document);
    Places places;
    places.left = document;
    if (const Block* envelope = block_named(map_, envelope_block); envelope != nullptr) {
      places.wrapper = run_.fresh(envelope->left.steps[0].name);
    }
    for (Resource& resource : run_.resources()) {
      if (resource.type == block.resource_type) {
        places.right = places.resource = resource.node;
        resource.used = true;
        run_.take(resource.node);
        break;
      }
    }
    run_.run_block(block, places);
    left_over(document);
    if (const Block* rest = block_named(map_, "document-rest"); rest != nullptr) {
      run_.run_block(*rest, places);
    }
    run_.restore_raw_header(places.right, document);
    section_templates(document);
    format::complete_cda(cda_, document, format::cda_class("ClinicalDocument"));
    format::sort_cda(cda_, document, format::cda_class("ClinicalDocument"));
    wrap(places.wrapper, document);
    return true;
  }

 private:
  /// Resources that no section refers to go to the section their block names.
  void left_over(tree::NodeId document) {
    for (std::size_t i = 0; i < run_.resources().size(); ++i) {
      const Resource& resource = run_.resources()[i];
      if (resource.used) {
        continue;
      }
      const Block* block = run_.statement_block(resource.node);
      if (block == nullptr || block->section_codes.empty() || block->nested_only) {
        continue;
      }
      const tree::NodeId section = section_for(document, block->section_codes[0]);
      const tree::NodeId entry = run_.fresh(run_.names().entry);
      Places places;
      places.section = section;
      if (run_.write_statement(resource.node, tree::no_node, entry, places, true)) {
        run_.attach(section, entry);
      }
    }
  }

  /// Into the payload of the envelope, when there was one.
  void wrap(tree::NodeId envelope, tree::NodeId document) {
    if (envelope == tree::no_node || cda_[envelope].child == tree::no_node) {
      return run_.attach(tree::root_node, document);
    }
    const tree::NodeId payloads = child_or_new(envelope, cda_.intern("itk:payloads"));
    run_.attach(child_or_new(payloads, cda_.intern("itk:payload")), document);
    run_.attach(tree::root_node, envelope);
  }

  tree::NodeId child_or_new(tree::NodeId parent, Symbol name) {
    tree::NodeId found = cda_.child(parent, name);
    if (found == tree::no_node) {
      found = run_.fresh(name);
      run_.attach(parent, found);
    }
    return found;
  }

  tree::NodeId section_for(tree::NodeId document, const std::string& code) {
    const Names& names = run_.names();
    const tree::NodeId body =
        child_or_new(child_or_new(document, names.component), names.structuredBody);
    for (const tree::NodeId component : cda_.children(body)) {
      const tree::NodeId section = cda_.child(component, names.section);
      const tree::NodeId known =
          section == tree::no_node ? section : cda_.child(section, names.code);
      const tree::NodeId value = known == tree::no_node ? known : cda_.child(known, names.code);
      if (value != tree::no_node && cda_[value].text() == code) {
        return section;
      }
    }
    const tree::NodeId component = run_.fresh(names.component);
    const tree::NodeId section = run_.fresh(names.section);
    const tree::NodeId element = run_.fresh(names.code);
    run_.add_copy(element, names.code, code, true);
    run_.add(element, names.codeSystem, "2.16.840.1.113883.6.1", true);
    run_.attach(section, element);
    if (const auto known = map_.sections.find(code); known != map_.sections.end()) {
      run_.add(section, names.title, known->second.title);
    }
    run_.attach(section, run_.fresh(names.text));
    run_.attach(component, section);
    run_.attach(body, component);
    return section;
  }

  void section_templates(tree::NodeId node) {
    for (const tree::NodeId child : cda_.children(node)) {
      const Symbol name = cda_[child].name;
      if (name == run_.names().component || name == run_.names().structuredBody) {
        section_templates(child);
      } else if (name == run_.names().section) {
        templates_of(child);
        section_templates(child);
      }
    }
  }

  void templates_of(tree::NodeId section) {
    const Names& names = run_.names();
    const tree::NodeId element = cda_.child(section, names.code);
    const tree::NodeId code = element == tree::no_node ? element : cda_.child(element, names.code);
    if (code == tree::no_node || cda_.child(section, names.templateId) != tree::no_node) {
      return;
    }
    const auto known = map_.sections.find(std::string(cda_[code].text()));
    if (known == map_.sections.end()) {
      return;
    }
    for (const auto& [root, extension] : known->second.templates) {
      if (extension != "-") {
        const tree::NodeId versioned = run_.fresh(names.templateId);
        run_.add(versioned, names.root, root, true);
        run_.add(versioned, names.extension, extension, true);
        run_.attach(section, versioned);
      }
      const tree::NodeId bare = run_.fresh(names.templateId);
      run_.add(bare, names.root, root, true);
      run_.attach(section, bare);
    }
  }

  Run run_;
  const Map& map_;
  const tree::Tree& fhir_;
  tree::Tree& cda_;
};

}  // namespace

tree::NodeId find_document(const tree::Tree& tree) {
  const Symbol name = tree.find("ClinicalDocument");
  for (tree::NodeId node = 1; name != no_symbol && node < tree.size(); ++node) {
    if (tree[node].name == name) {
      return node;
    }
  }
  return tree::no_node;
}

bool document_to_bundle(const Means& means, const tree::Tree& cda, const ConvertOptions& options,
                        tree::Tree& fhir, LossReport& loss) {
  const tree::NodeId document = find_document(cda);
  const Block* block = block_named(means.map, "document");
  if (document == tree::no_node || block == nullptr) {
    return false;
  }
  const tree::Builder root(fhir);
  fhir.set_kinds_open(true);
  Run run(means.map, true, cda, fhir);
  flag_resource(fhir, run, tree::root_node, "Bundle");
  run.add(tree::root_node, fhir.intern("type"),
          bundle_names[static_cast<std::size_t>(options.bundle)]);
  run.set_document(document);
  run.set_document_key(key_of(run, document));
  run.keep_raw(options.keep_unmapped);
  Places places;
  places.left = document;
  places.wrapper = envelope_of(means.map, cda, document);
  places.link = run.fresh();
  run.make_resource(*block, places);
  for (const Resource& resource : run.resources()) {
    add_entry(run, resource, options.bundle);
  }
  definition::attach_types(fhir, means.r4);
  means.completion.run(means.map, fhir);
  if (options.keep_unmapped) {
    // Their digests are those of the resources as they leave.
    run.write_raw(document);
    definition::attach_types(fhir, means.r4);
  }
  definition::sort_children(fhir, means.r4);
  report_loss(run, places.wrapper == tree::no_node ? document : places.wrapper, true, loss);
  return true;
}

bool bundle_to_document(const Map& map, const tree::Tree& fhir, const ConvertOptions& options,
                        tree::Tree& cda, LossReport& loss) {
  static_cast<void>(options);
  const Block* block = block_named(map, "document");
  if (block == nullptr) {
    return false;
  }
  const tree::Builder root(cda);
  Writer writer(map, fhir, cda);
  const bool good = writer.write(*block);
  report_loss(writer.run(), tree::root_node, false, loss);
  return good;
}

std::uint64_t resource_digest(const tree::Tree& tree, tree::NodeId resource) {
  std::uint64_t sum = 0;
  const auto visit = [&](const auto& self, tree::NodeId node, std::uint64_t a,
                         std::uint64_t b) -> void {
    hash_into(tree.name_of(node), a, b);
    if (tree[node].length > 0) {
      std::uint64_t x = a;
      std::uint64_t y = b;
      hash_into(tree[node].text(), x, y);
      sum += x ^ y;
    }
    for (const tree::NodeId child : tree.children(node)) {
      self(self, child, a, b);
    }
  };
  for (const tree::NodeId child : tree.children(resource)) {
    visit(visit, child, 11, 13);
  }
  return sum;
}

}  // namespace lhcr::map
