// SPDX-License-Identifier: Apache-2.0
#include "map/run/document.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <unordered_map>
#include <utility>

#include "base/names.hpp"
#include "definition/cda_classes.hpp"
#include "map/codec/codec_functions.hpp"
#include "map/hash.hpp"
#include "map/run/orphans.hpp"
#include "map/run/parts.hpp"
#include "map/run/rows.hpp"
#include "map/run/to_cda.hpp"
#include "map/run/to_fhir.hpp"

namespace lhcr::map {
namespace {

constexpr std::string_view bundle_names[] = {"document", "transaction", "collection"};

void flag_resource(tree::Tree& tree, Run& run, tree::NodeId node, std::string_view type) {
  tree[node].flags = static_cast<std::uint8_t>(tree[node].flags | tree::Flag::resource);
  const tree::NodeId meta = run.add(node, name::resource_type, type);
  tree[meta].flags = static_cast<std::uint8_t>(tree[meta].flags | tree::Flag::meta);
}

void add_entry(Run& run, const Resource& resource, BundleType type) {
  const tree::NodeId entry = run.fresh(name::entry);
  run.add(entry, name::full_url, resource.url);
  run.attach(entry, resource.node);
  if (type == BundleType::transaction) {
    const tree::NodeId request = run.fresh(name::request);
    run.add(request, name::method, "PUT");
    run.add_copy(request, name::url, std::string(resource.type) + "/" + std::string(resource.id));
    run.attach(entry, request);
  }
  run.attach(run.parts().anchors.bundle(), entry);
}

std::string key_of(const Run& run, tree::NodeId document) {
  const tree::NodeId id = run.source().child(document, name::id);
  return id == tree::no_node ? std::string()
                             : std::string(run.peek(id, name::root)) + "^" +
                                   std::string(run.peek(id, name::extension));
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

/// Keeps what Provenances are about out of their children while statements are written. Each
/// statement reads the whole of its Provenance, and one may be about thousands.
class TargetsAside {
 public:
  TargetsAside(tree::Tree& fhir, const std::vector<Resource>& resources, Symbol target)
      : fhir_(fhir) {
    for (const Resource& resource : resources) {
      if (resource.type == "Provenance") set_aside(resource.node, target);
    }
  }
  TargetsAside(const TargetsAside&) = delete;
  TargetsAside& operator=(const TargetsAside&) = delete;
  ~TargetsAside() {
    for (const auto& [node, children] : all_) link(node, children);
  }

 private:
  using Children = std::vector<tree::NodeId>;

  void set_aside(tree::NodeId node, Symbol target) {
    Children all;
    Children others;
    for (const tree::NodeId child : fhir_.children(node)) {
      all.push_back(child);
      if (fhir_[child].name != target) others.push_back(child);
    }
    link(node, others);
    all_.emplace_back(node, std::move(all));
  }

  void link(tree::NodeId node, const Children& children) {
    tree::NodeId* place = &fhir_[node].child;
    for (const tree::NodeId child : children) {
      *place = child;
      place = &fhir_[child].next;
    }
    *place = tree::no_node;
  }

  tree::Tree& fhir_;
  std::vector<std::pair<tree::NodeId, Children>> all_;
};

/// The way back of document_to_bundle.
class Writer {
 public:
  Writer(const Means& means, tree::Tree& fhir, tree::Tree& cda)
      : run_(means.map, false, fhir, cda), map_(means.map), fhir_(fhir), cda_(cda) {
    run_.parts().not_stated.judge_by(Turning(means.map, means.r4));
  }

  Run& run() { return run_; }

  bool write(const Block& block, tree::NodeId bundle) {
    run_.parts().anchors.set_bundle(bundle);
    run_.parts().resources.index(bundle);
    run_.parts().provenances.link(run_.parts().resources, fhir_);
    const TargetsAside aside(fhir_, resources(), name::target);
    const tree::NodeId document = run_.fresh(name::clinical_document);
    run_.parts().anchors.set_document(document);
    Places places;
    places.left = document;
    if (const Block* envelope = block_named(map_, envelope_block); envelope != nullptr) {
      places.wrapper = run_.fresh(envelope->left.steps[0].name);
    }
    for (Resource& resource : resources()) {
      if (resource.type == block.resource_type) {
        places.right = places.resource = resource.node;
        resource.used = true;
        run_.take(resource.node);
        break;
      }
    }
    run_.rows().run_block(block, places);
    left_over(document);
    facts(document);
    if (const Block* rest = block_named(map_, "document-rest"); rest != nullptr) {
      Places whole = places;
      whole.right = places.right == tree::no_node ? bundle : places.right;
      run_.rows().run_block(*rest, whole);
    }
    run_.parts().raw.restore_header(places.right, document);
    section_templates(document);
    definition::complete_cda(cda_, document, definition::cda_class("ClinicalDocument"));
    definition::sort_cda(cda_, document, definition::cda_class("ClinicalDocument"));
    wrap(places.wrapper, document);
    return true;
  }

 private:
  /// Resources that no section refers to go to the section their block names.
  void left_over(tree::NodeId document) {
    for (std::size_t i = 0; i < resources().size(); ++i) {
      const Resource& resource = resources()[i];
      if (resource.used) {
        continue;
      }
      const Block* block = run_.parts().chooser.statement(resource.node);
      if (block == nullptr || block->section_codes.empty() || block->nested_only) {
        continue;
      }
      const tree::NodeId section = section_for(document, block->section_codes[0]);
      const tree::NodeId entry = run_.fresh(name::entry);
      Places places;
      places.section = section;
      if (run_.to_cda().write(resource.node, entry, places, true)) {
        run_.attach(section, entry);
      }
    }
  }

  /// What the subject says of itself and CDA says in a section, unless it is there already.
  void facts(tree::NodeId document) {
    const auto& all = resources();
    for (const Block* block : map_.facts) {
      const auto found = std::find_if(all.begin(), all.end(), [&](const Resource& resource) {
        return resource.type == block->resource_type && resource.used;
      });
      if (found == all.end() ||
          !run_.parts().matcher.holds(block->right.steps[0].tests, found->node) ||
          has_template(*block)) {
        continue;
      }
      const tree::NodeId section = section_for(document, block->section_codes[0]);
      const tree::NodeId entry = run_.fresh(name::entry);
      Places places;
      places.section = section;
      if (run_.to_cda().write_as(*block, found->node, entry, places)) {
        run_.attach(section, entry);
      }
    }
  }

  /// Whether the document has a statement with a template of the block.
  [[nodiscard]] bool has_template(const Block& block) const {
    for (const Test& test : block.left.steps[0].tests) {
      for (tree::NodeId node = 1; node < cda_.size(); ++node) {
        const tree::NodeId parent = cda_[node].parent;
        if (cda_[node].name == name::root && cda_[node].text() == test.value &&
            parent != tree::no_node && cda_[parent].name == name::template_id) {
          return true;
        }
      }
    }
    return false;
  }

  /// Into the payload of the envelope, when there was one.
  void wrap(tree::NodeId envelope, tree::NodeId document) {
    if (envelope == tree::no_node || cda_[envelope].child == tree::no_node) {
      return run_.attach(tree::root_node, document);
    }
    const tree::NodeId first = cda_[tree::root_node].child;  // of a set of documents
    const tree::NodeId whole = first == tree::no_node ? envelope : first;
    run_.attach(free_payload(child_or_new(whole, name::itk_payloads)), document);
    if (first == tree::no_node) {
      run_.attach(tree::root_node, envelope);
    }
  }

  /// A payload without a document.
  tree::NodeId free_payload(tree::NodeId payloads) {
    for (const tree::NodeId child : cda_.children(payloads)) {
      if (cda_[child].name == name::itk_payload &&
          cda_.child(child, name::clinical_document) == tree::no_node) {
        return child;
      }
    }
    const tree::NodeId made = run_.fresh(name::itk_payload);
    run_.attach(payloads, made);
    return made;
  }

  tree::NodeId child_or_new(tree::NodeId parent, Symbol name) {
    tree::NodeId found = cda_.child(parent, name);
    if (found == tree::no_node) {
      found = run_.fresh(name);
      run_.attach(parent, found);
    }
    return found;
  }

  /// The section with a code; looked for once, since a header may have thousands of elements.
  tree::NodeId section_for(tree::NodeId document, const std::string& code) {
    tree::NodeId& section = sections_.try_emplace({document, code}, tree::no_node).first->second;
    if (section == tree::no_node) {
      const tree::NodeId body =
          child_or_new(child_or_new(document, name::component), name::structured_body);
      section = section_there(body, code);
      section = section == tree::no_node ? new_section(body, code) : section;
    }
    return section;
  }

  [[nodiscard]] tree::NodeId section_there(tree::NodeId body, const std::string& code) const {
    for (const tree::NodeId component : cda_.children(body)) {
      const tree::NodeId section = cda_.child(component, name::section);
      const tree::NodeId known =
          section == tree::no_node ? section : cda_.child(section, name::code);
      const tree::NodeId value = known == tree::no_node ? known : cda_.child(known, name::code);
      if (value != tree::no_node && cda_[value].text() == code) {
        return section;
      }
    }
    return tree::no_node;
  }

  tree::NodeId new_section(tree::NodeId body, const std::string& code) {
    const tree::NodeId component = run_.fresh(name::component);
    const tree::NodeId section = run_.fresh(name::section);
    const tree::NodeId element = run_.fresh(name::code);
    run_.add_copy(element, name::code, code, true);
    run_.add(element, name::code_system, "2.16.840.1.113883.6.1", true);
    run_.attach(section, element);
    if (const auto known = map_.sections.find(code); known != map_.sections.end()) {
      run_.add(section, name::title, known->second.title);
    }
    run_.attach(section, run_.fresh(name::text));
    run_.attach(component, section);
    run_.attach(body, component);
    return section;
  }

  void section_templates(tree::NodeId node) {
    for (const tree::NodeId child : cda_.children(node)) {
      const Symbol name = cda_[child].name;
      if (name == name::component || name == name::structured_body) {
        section_templates(child);
      } else if (name == name::section) {
        templates_of(child);
        section_templates(child);
      }
    }
  }

  void templates_of(tree::NodeId section) {
    const tree::NodeId element = cda_.child(section, name::code);
    const tree::NodeId code = element == tree::no_node ? element : cda_.child(element, name::code);
    if (code == tree::no_node || cda_.child(section, name::template_id) != tree::no_node) {
      return;
    }
    const auto known = map_.sections.find(std::string(cda_[code].text()));
    if (known == map_.sections.end()) {
      return;
    }
    for (const auto& [root, extension] : known->second.templates) {
      if (extension != "-") {
        const tree::NodeId versioned = run_.fresh(name::template_id);
        run_.add(versioned, name::root, root, true);
        run_.add(versioned, name::extension, extension, true);
        run_.attach(section, versioned);
      }
      const tree::NodeId bare = run_.fresh(name::template_id);
      run_.add(bare, name::root, root, true);
      run_.attach(section, bare);
    }
  }

  [[nodiscard]] std::vector<Resource>& resources() { return run_.parts().resources.all(); }

  Run run_;
  const Map& map_;
  tree::Tree& fhir_;
  tree::Tree& cda_;
  std::map<std::pair<tree::NodeId, std::string>, tree::NodeId> sections_;  ///< by document and code
};

/// The first ClinicalDocument behind a node, in the order they were read.
tree::NodeId next_document(const tree::Tree& tree, tree::NodeId behind) {
  for (tree::NodeId node = behind + 1; node < tree.size(); ++node) {
    if (tree[node].name == name::clinical_document) {
      return node;
    }
  }
  return tree::no_node;
}

}  // namespace

tree::NodeId find_document(const tree::Tree& tree) {
  return next_document(tree, tree::root_node);
}

std::vector<tree::NodeId> find_documents(const tree::Tree& tree) {
  std::vector<tree::NodeId> found;
  for (tree::NodeId node = find_document(tree); node != tree::no_node;
       node = next_document(tree, node)) {
    found.push_back(node);
  }
  return found;
}

namespace {

/// Forward: the documents of a record, one after another.
class DocumentReader {
 public:
  DocumentReader(const Means& means, const ConvertOptions& options, const tree::Tree& cda,
                 tree::Tree& fhir)
      : means_(means), options_(options), cda_(cda), fhir_(fhir) {}

  /// A document in a Bundle of its own, `bundle`.
  void read(const Block& block, tree::NodeId document, tree::NodeId bundle) {
    runs_.push_back(std::make_unique<Run>(means_.map, true, cda_, fhir_));
    Run& run = *runs_.back();
    Parts& parts = run.parts();
    parts.anchors.set_bundle(bundle);
    parts.anchors.set_document(document);
    parts.known.set_document_key(key_of(run, document));
    parts.raw.keep(options_.keep_unmapped);
    Places places;
    places.left = document;
    places.wrapper = top_ = envelope_of(means_.map, cda_, document);
    places.link = run.fresh();
    run.to_fhir().make(block, places);
    run.to_fhir().resolve_references();
    if (run.rows().may_have_orphans()) {
      drop_orphans(fhir_, parts.resources.all());
    }
    run.end_rows();
    top_ = top_ == tree::no_node ? document : top_;
  }

  /// A Bundle below the root, which is the collection of a set of documents.
  tree::NodeId nested(std::size_t number) {
    Run run(means_.map, true, cda_, fhir_);
    const tree::NodeId entry = run.fresh(name::entry);
    const tree::NodeId bundle = run.fresh(name::resource);
    const std::string id = uuid_of("set|" + std::string(root_key()) + std::to_string(number));
    run.add_copy(entry, name::full_url, "urn:uuid:" + id);
    flag_resource(fhir_, run, bundle, "Bundle");
    run.add_copy(bundle, name::id, id);
    run.attach(entry, bundle);
    run.attach(tree::root_node, entry);
    return bundle;
  }

  void start(tree::NodeId bundle, BundleType type) {
    Run run(means_.map, true, cda_, fhir_);
    if (bundle == tree::root_node) {
      flag_resource(fhir_, run, bundle, "Bundle");
    }
    run.add(bundle, name::type, bundle_names[static_cast<std::size_t>(type)]);
  }

  /// Entries of every Bundle; of a resource that several documents have, a transaction takes the
  /// last.
  void add_entries() {
    const bool choose = options_.bundle == BundleType::transaction && runs_.size() > 1;
    std::unordered_map<std::string_view, const Resource*> last;
    for (std::size_t i = 0; choose && i < runs_.size(); ++i) {
      for (const Resource& resource : runs_[i]->parts().resources.all()) {
        last[resource.url] = &resource;
      }
    }
    for (const auto& run : runs_) {
      for (const Resource& resource : run->parts().resources.all()) {
        if (!choose || last[resource.url] == &resource) {
          add_entry(*run, resource, options_.bundle);
        }
      }
    }
  }

  void finish(LossReport& loss) {
    definition::attach_types(fhir_, means_.r4);
    means_.completion.run(means_.map, fhir_);
    if (options_.keep_unmapped) {
      // Their digests are those of the resources as they leave.
      for (const auto& run : runs_) {
        run->parts().raw.write(run->parts().anchors.document());
      }
      definition::attach_types(fhir_, means_.r4);
    }
    definition::sort_children(fhir_, means_.r4);
    for (std::size_t i = 0; i + 1 < runs_.size(); ++i) {
      runs_.back()->adopt(*runs_[i]);
    }
    report_loss(*runs_.back(), top_, true, loss);
  }

 private:
  [[nodiscard]] std::string_view root_key() const {
    return runs_.empty() ? std::string_view{} : runs_.front()->parts().known.document_key();
  }

  const Means& means_;
  const ConvertOptions& options_;
  const tree::Tree& cda_;
  tree::Tree& fhir_;
  std::vector<std::unique_ptr<Run>> runs_;
  tree::NodeId top_ = tree::no_node;  // envelope or document
};

}  // namespace

bool document_to_bundle(const Means& means, const tree::Tree& cda, const ConvertOptions& options,
                        tree::Tree& fhir, LossReport& loss) {
  const std::vector<tree::NodeId> documents = find_documents(cda);
  const Block* block = block_named(means.map, "document");
  if (documents.empty() || block == nullptr) {
    return false;
  }
  const tree::Builder root(fhir);
  fhir.set_kinds_open(true);
  DocumentReader reader(means, options, cda, fhir);
  const bool set = documents.size() > 1 && options.bundle != BundleType::transaction;
  reader.start(tree::root_node, set ? BundleType::collection : options.bundle);
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const tree::NodeId bundle = set ? reader.nested(i) : tree::root_node;
    if (set) {
      reader.start(bundle, options.bundle);
    }
    reader.read(*block, documents[i], bundle);
  }
  reader.add_entries();
  reader.finish(loss);
  return true;
}

namespace {

/// The Bundles of a set of documents, or the root alone.
std::vector<tree::NodeId> bundles_of(const tree::Tree& fhir) {
  std::vector<tree::NodeId> found;
  for (const tree::NodeId entry : fhir.children(tree::root_node)) {
    for (const tree::NodeId child : fhir.children(entry)) {
      if (fhir[entry].element == name::entry && fhir.resource_type(child) == "Bundle") {
        found.push_back(child);
      }
    }
  }
  if (found.empty()) {
    found.push_back(tree::root_node);
  }
  return found;
}

}  // namespace

bool bundle_to_document(const Means& means, tree::Tree& fhir, const ConvertOptions& options,
                        tree::Tree& cda, LossReport& loss) {
  static_cast<void>(options);
  const Map& map = means.map;
  const Block* block = block_named(map, "document");
  const std::vector<tree::NodeId> bundles = bundles_of(fhir);
  if (block == nullptr || (bundles.size() > 1 && block_named(map, envelope_block) == nullptr)) {
    return false;
  }
  const tree::Builder root(cda);
  std::unique_ptr<Writer> before;
  for (const tree::NodeId bundle : bundles) {
    auto writer = std::make_unique<Writer>(means, fhir, cda);
    writer->write(*block, bundle);
    if (before != nullptr) {
      writer->run().adopt(before->run());
    }
    before = std::move(writer);
  }
  report_loss(before->run(), tree::root_node, false, loss);
  return true;
}

}  // namespace lhcr::map
