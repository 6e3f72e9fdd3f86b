// SPDX-License-Identifier: Apache-2.0
/// Bundles: identities of entries, what each type of Bundle demands, documents and messages that
/// hang together.
#include <algorithm>
#include <array>

#include "base/names.hpp"
#include "base/text_rules.hpp"
#include "finding/id.hpp"
#include "record/rest_url.hpp"
#include "tree/nodes.hpp"
#include "validate/checks.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;
using finding::Severity;
using tree::no_node;
using tree::NodeId;

/// What the specification says of one type of Bundle beyond its invariants.
struct BundleKind {
  std::string_view type;
  std::string_view first;  ///< resource type of the first entry
  bool full_url_optional;  ///< entries may lack a fullUrl
  bool links_hold_pages;   ///< first, previous, next, last make sense
  bool linked;             ///< every entry is to be reached from the first
};
constexpr std::array bundle_kinds = {
    BundleKind{"document", "Composition", false, false, true},
    BundleKind{"message", "MessageHeader", false, false, true},
    BundleKind{"transaction", "", true, false, false},
    BundleKind{"transaction-response", "", true, false, false},
    BundleKind{"batch", "", true, false, false},
    BundleKind{"batch-response", "", true, false, false},
    BundleKind{"history", "", false, true, false},
    BundleKind{"searchset", "", false, true, false},
    BundleKind{"collection", "", false, false, false},
};

const BundleKind* kind_of(std::string_view type) {
  const auto* const found = std::find_if(bundle_kinds.begin(), bundle_kinds.end(),
                                         [&](const BundleKind& kind) { return kind.type == type; });
  return found == bundle_kinds.end() ? nullptr : found;
}

/// References of a document's or message's first resource that must lead to an entry.
struct RootReference {
  std::string_view type;
  std::string_view path;
};
constexpr std::array root_references = {
    RootReference{"Composition", "subject"},        RootReference{"Composition", "author"},
    RootReference{"Composition", "encounter"},      RootReference{"Composition", "custodian"},
    RootReference{"Composition", "attester.party"}, RootReference{"Composition", "event.detail"},
    RootReference{"MessageHeader", "focus"},
};
constexpr std::array<std::string_view, 3> section_references = {"author", "focus", "entry"};

/// One Bundle under check: its entries are a range of the run's index.
struct Bundle {
  Run& run;
  NodeId node;
  const BundleKind* kind;
  std::vector<std::size_t> entries;  // indexes in References::entries()

  [[nodiscard]] const References::Entry& entry(std::size_t i) const {
    return run.references.entries()[entries[i]];
  }
};

// --- fullUrl ---

std::string_view search_mode(const Run& run, NodeId entry) {
  const NodeId search = run.child(entry, name::search);
  return search == no_node ? std::string_view{} : run.child_text(search, name::mode);
}

void check_full_url(const Bundle& bundle, const References::Entry& entry) {
  Run& run = bundle.run;
  if (entry.full_url.empty()) {
    // What a search says about itself is a result without an identity.
    const bool optional = (bundle.kind != nullptr && bundle.kind->full_url_optional) ||
                          search_mode(run, entry.node) == "outcome";
    if (!optional && run.child(entry.node, name::full_url) == no_node) {
      run.report(entry.node, id<"entry-without-full-url">);
    }
    return;
  }
  const std::string url(entry.full_url);
  if (!is_absolute_url(entry.full_url)) {
    run.report(entry.node, id<"full-url-not-absolute">, {url});
    return;
  }
  if (entry.resource == no_node || !record::is_rest_url(entry.full_url, &run.definitions)) {
    return;
  }
  const std::string tail = "/" + std::string(entry.type) + "/" + std::string(entry.id);
  if (entry.id.empty()) {
    run.report(entry.node, id<"full-url-without-id">, {url});
  } else if (!entry.full_url.ends_with(tail)) {
    run.report(entry.node, id<"full-url-contradicts">, {url, tail.substr(1)});
  }
}

// --- links ---

bool paging(std::string_view relation) {
  return relation == "first" || relation == "previous" || relation == "next" || relation == "last";
}

void check_links(const Bundle& bundle) {
  Run& run = bundle.run;
  std::vector<std::string_view> seen;
  for (const NodeId link : named(run.tree, bundle.node, name::link)) {
    const NodeId relation = run.child(link, name::relation);
    const std::string_view name =
        relation == no_node ? std::string_view{} : run.tree[relation].text();
    if (bundle.kind != nullptr && !bundle.kind->links_hold_pages && paging(name)) {
      run.report(relation, id<"bundle-link-prohibited">,
                 {std::string(name), std::string(bundle.kind->type)});
    }
    const bool unique = name == "self" || paging(name);
    if (unique && std::find(seen.begin(), seen.end(), name) != seen.end()) {
      run.report(link, id<"bundle-link-repeated">, {std::string(name)});
    }
    seen.push_back(name);
  }
}

// --- searchset ---

void check_search_entry(const Bundle& bundle, NodeId entry) {
  Run& run = bundle.run;
  const NodeId resource = run.child(entry, name::resource);
  if (resource == no_node) {
    run.report(entry, id<"search-entry-without-resource">);
    return;
  }
  const std::string_view mode = search_mode(run, entry);
  const bool has_id = run.child(resource, name::id) != no_node;
  if (mode == "outcome") {
    if (run.tree.resource_type(resource) != "OperationOutcome") {
      run.report(resource, id<"search-outcome-type">,
                 {std::string(run.tree.resource_type(resource))});
    }
  } else if (!mode.empty() && !has_id) {
    run.report(resource, id<"search-entry-without-id">);
  }
}

void check_search(const Bundle& bundle) {
  if (bundle.kind == nullptr || bundle.kind->type != "searchset") {
    return;
  }
  for (const NodeId entry : named(bundle.run.tree, bundle.node, name::entry)) {
    check_search_entry(bundle, entry);
  }
}

// --- documents and messages ---

void check_root_reference(const Bundle& bundle, NodeId reference, std::string_view label) {
  Run& run = bundle.run;
  const std::string_view text = run.child_text(reference, name::reference);
  if (text.empty() || text.front() == '#') {
    return;
  }
  const References::Target target = run.references.resolve_strict(bundle.entries.front(), text);
  if (target.match == References::Match::exact) {
    return;
  }
  if (target.match == References::Match::none) {
    run.report(reference, id<"document-reference-missing">,
               {std::string(text), std::string(label)});
  } else {
    run.report(reference, id<"document-reference-by-id">,
               {std::string(text), std::string(label), std::to_string(target.candidates)});
  }
}

void check_path(const Bundle& bundle, NodeId node, std::string_view path, std::string_view label) {
  Run& run = bundle.run;
  const std::size_t dot = path.find('.');
  const Symbol name = run.tree.find(path.substr(0, dot));
  for (const NodeId at : named(run.tree, node, name)) {
    if (dot == std::string_view::npos) {
      check_root_reference(bundle, at, label);
    } else {
      check_path(bundle, at, path.substr(dot + 1), label);
    }
  }
}

void check_sections(const Bundle& bundle, NodeId node) {
  for (const NodeId section : named(bundle.run.tree, node, name::section)) {
    for (const std::string_view path : section_references) {
      check_path(bundle, section, path, "section." + std::string(path));
    }
    check_sections(bundle, section);
  }
}

bool check_first(const Bundle& bundle, NodeId first_entry) {
  Run& run = bundle.run;
  const NodeId resource = run.child(first_entry, name::resource);
  if (resource == no_node) {
    run.report(first_entry, id<"first-entry-without-resource">);
    return false;
  }
  const std::string_view type = run.tree.resource_type(resource);
  if (type != bundle.kind->first) {
    run.report(
        resource, id<"first-entry-type">,
        {std::string(bundle.kind->type), std::string(bundle.kind->first), std::string(type)});
    return false;
  }
  for (const RootReference& reference : root_references) {
    if (reference.type == type) {
      check_path(bundle, resource, reference.path,
                 std::string(type) + "." + std::string(reference.path));
    }
  }
  check_sections(bundle, resource);
  return true;
}

/// Which entries link to which, by References and by uris.
class LinkGraph {
 public:
  explicit LinkGraph(const Bundle& bundle) : bundle_(bundle), targets_(bundle.entries.size()) {
    for (std::size_t i = 0; i < bundle.entries.size(); ++i) {
      if (bundle.entry(i).resource != no_node) {
        by_resource_.emplace(bundle.entry(i).resource, i);
      }
    }
    for (std::size_t i = 0; i < bundle.entries.size(); ++i) {
      if (bundle.entry(i).resource != no_node) {
        collect(bundle.entry(i).resource, i);
      }
    }
  }

  /// Entries that are linked with the first, forward or backward.
  std::vector<bool> reached() const {
    std::vector<bool> seen(targets_.size(), false);
    visit(seen, 0);
    for (bool grown = true; grown;) {
      grown = false;
      for (std::size_t i = 0; i < targets_.size(); ++i) {
        const bool links_back =
            !seen[i] && std::any_of(targets_[i].begin(), targets_[i].end(),
                                    [&](std::size_t target) { return seen[target]; });
        if (links_back) {
          visit(seen, i);
          grown = true;
        }
      }
    }
    return seen;
  }

 private:
  void collect(NodeId node, std::size_t from) {
    const Run& run = bundle_.run;
    for (const NodeId at : run.tree.children(node)) {
      const tree::Node& child = run.tree[at];
      const bool link = child.element == name::reference || run.type_name(at) == "uri" ||
                        run.type_name(at) == "url";
      if (link && child.length > 0 && *child.bytes != '#' && child.element != name::system) {
        add(from, child.text());
      }
      collect(at, from);
    }
  }

  void add(std::size_t from, std::string_view text) {
    const References::Target target =
        bundle_.run.references.resolve_strict(bundle_.entries[from], text);
    const auto found = target.match == References::Match::exact ? by_resource_.find(target.node)
                                                                : by_resource_.end();
    if (found != by_resource_.end() && found->second != from) {
      targets_[from].push_back(found->second);
    }
  }

  void visit(std::vector<bool>& seen, std::size_t start) const {
    std::vector<std::size_t> open{start};
    while (!open.empty()) {
      const std::size_t at = open.back();
      open.pop_back();
      if (!seen[at]) {
        seen[at] = true;
        open.insert(open.end(), targets_[at].begin(), targets_[at].end());
      }
    }
  }

  const Bundle& bundle_;
  std::vector<std::vector<std::size_t>> targets_;
  std::unordered_map<NodeId, std::size_t> by_resource_;
};

void check_reached(const Bundle& bundle) {
  if (bundle.entries.empty()) {
    return;
  }
  const LinkGraph graph(bundle);
  const std::vector<bool> reached = graph.reached();
  const Severity severity =
      bundle.kind->first == "Composition" ? Severity::error : Severity::warning;
  for (std::size_t i = 0; i < reached.size(); ++i) {
    if (!reached[i]) {
      bundle.run.report(bundle.entry(i).node, severity, id<"entry-unreachable">,
                        {std::string(bundle.entry(i).full_url), std::string(bundle.kind->first)});
    }
  }
}

/// STU3 documents carry their date in meta.lastUpdated.
void check_document_date(const Bundle& bundle) {
  Run& run = bundle.run;
  const NodeId meta = run.child(bundle.node, name::meta);
  const bool dated = meta != no_node && run.has_text(run.child(meta, name::last_updated));
  if (run.state.stu3 && bundle.kind->first == "Composition" && !dated) {
    run.report(bundle.node, id<"document-without-date">);
  }
}

void check_linked(const Bundle& bundle) {
  Run& run = bundle.run;
  const NodeId first = run.child(bundle.node, name::entry);
  if (first == no_node) {
    run.report(bundle.node, id<"bundle-without-entry">, {std::string(bundle.kind->type)});
    return;
  }
  check_first(bundle, first);
  check_document_date(bundle);
  check_reached(bundle);
}

/// Two entries of one identity, versions apart.
void check_duplicates(const Bundle& bundle) {
  if (bundle.kind != nullptr && bundle.kind->type == "history") {
    return;
  }
  std::unordered_set<std::string> seen;
  for (std::size_t i = 0; i < bundle.entries.size(); ++i) {
    const References::Entry& entry = bundle.entry(i);
    if (entry.full_url.empty() || entry.resource == no_node) {
      continue;
    }
    const NodeId meta = bundle.run.child(entry.resource, name::meta);
    std::string identity(entry.full_url);
    identity.append("|").append(meta == no_node ? ""
                                                : bundle.run.child_text(meta, name::version_id));
    if (!seen.insert(std::move(identity)).second) {
      bundle.run.report(entry.node, Severity::warning, id<"full-url-repeated">,
                        {std::string(entry.full_url)});
    }
  }
}

}  // namespace

void check_bundle(Run& run, NodeId node) {
  Bundle bundle{run, node, kind_of(run.child_text(node, name::type)), {}};
  const auto& entries = run.references.entries();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].bundle == node && run.tree[entries[i].node].element == name::entry) {
      bundle.entries.push_back(i);
    }
  }
  check_links(bundle);
  if (bundle.kind != nullptr && bundle.kind->linked) {
    check_linked(bundle);
  }
  check_search(bundle);
  for (std::size_t i = 0; i < bundle.entries.size(); ++i) {
    check_full_url(bundle, bundle.entry(i));
  }
  check_duplicates(bundle);
}

}  // namespace lhcr::validate
