// SPDX-License-Identifier: Apache-2.0
/// Templates: a templateId (root and extension) says which profiles an element follows.
#include <algorithm>

#include "base/names.hpp"
#include "base/text.hpp"
#include "base/words.hpp"
#include "finding/id.hpp"
#include "tree/nodes.hpp"
#include "validate/cda/cda.hpp"
#include "validate/checks.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {
namespace {

using finding::Id;
using finding::id;
using finding::Severity;
using tree::no_node;
using tree::NodeId;

constexpr std::string_view context_prefix = "template:";

std::string key(std::string_view root, std::string_view extension) {
  std::string text(root);
  return extension.empty() ? text : text.append(1, ':').append(extension);
}

std::string_view root_of(std::string_view id) {
  return id.substr(0, id.find(':'));
}

bool has_root(const Run& run, NodeId node, std::string_view root) {
  const auto children = run.tree.children(node);
  return std::any_of(children.begin(), children.end(), [&](NodeId at) {
    return run.tree[at].element == name::template_id && run.child_text(at, name::root) == root;
  });
}

bool follows_any(const Run& run, NodeId node, const std::vector<std::string_view>& profiles) {
  return std::any_of(profiles.begin(), profiles.end(), [&](std::string_view profile) {
    return follows_template(run, node, profile);
  });
}

}  // namespace

void CdaRules::add_templates(const definition::Definitions& definitions) {
  for (const std::string_view url : definitions.structure_urls()) {
    const definition::StructureId id = definitions.structure(url);
    for (const std::string_view context : definitions.structure_info(id).contexts) {
      if (context.starts_with(context_prefix)) {
        const std::string_view own = context.substr(context_prefix.size());
        auto& known = templates_[std::string(own)];
        if (std::find(known.begin(), known.end(), id) == known.end()) {
          known.push_back(id);
        }
        ids_.emplace(url, own);
        // A template without extension has no versions.
        if (own.find(':') != std::string_view::npos) {
          std::string& newest = newest_[std::string(root_of(own))];
          newest = std::max(newest, std::string(own));
        }
      }
    }
  }
}

const std::vector<definition::StructureId>* CdaRules::templates(std::string_view root,
                                                                std::string_view extension) const {
  const auto found = templates_.find(key(root, extension));
  return found == templates_.end() ? nullptr : &found->second;
}

const std::vector<definition::StructureId>* CdaRules::newest(std::string_view root) const {
  const auto found = newest_.find(std::string(root));
  return found == newest_.end() ? nullptr : &templates_.find(found->second)->second;
}

std::string_view CdaRules::template_id(std::string_view profile) const {
  const auto found = ids_.find(without_version(profile));
  return found == ids_.end() ? std::string_view{} : found->second;
}

bool can_follow_template(const Run& run, NodeId node) {
  return run.state.cda->takes_templates(run.tree[node].type);
}

bool follows_template(const Run& run, NodeId node, std::string_view profile) {
  const std::string_view id = run.state.cda->template_id(profile);
  return !id.empty() && has_root(run, node, root_of(id));
}

void check_demanded_template(Run& run, NodeId node, const std::vector<std::string_view>& profiles,
                             bool needed) {
  if (!needed || follows_any(run, node, profiles)) {
    return;  // what it follows is checked where its templateId is met
  }
  const Symbol element = run.tree[node].element;
  for (const NodeId at : run.tree.children(run.tree[node].parent)) {
    if (run.tree[at].element == element && follows_any(run, at, profiles)) {
      return;
    }
  }
  std::vector<std::string_view> ids;
  ids.reserve(profiles.size());
  for (const std::string_view profile : profiles) {
    ids.push_back(run.state.cda->template_id(profile));
  }
  run.report(node, id<"cda-template-missing">, {joined(profiles), joined(ids)});
}

bool has_other_version(const Run& run, NodeId node, const ProfileElement& slice) {
  return slice.element.slice_name.empty()
             ? false
             : std::any_of(slice.tests.begin(), slice.tests.end(), [&](const SliceTest& test) {
                 return !test.expected.text.empty() && has_root(run, node, test.expected.text);
               });
}

namespace {

/// The templates that a templateId names.
struct Named {
  const std::vector<definition::StructureId>* templates = nullptr;
  bool stands_in = false;  ///< of another version than the one that the document claims
};

/// The templates that one templateId of a node names. Of a version that is not here the newest one
/// stands in, unless another templateId of the node names a version that is.
Named named_templates(Run& run, NodeId node, NodeId id) {
  const CdaRules& rules = *run.state.cda;
  const std::string_view root = run.child_text(id, name::root);
  const std::string_view extension = run.child_text(id, name::extension);
  if (const auto* const exact = rules.templates(root, extension); exact != nullptr) {
    return {exact};
  }
  const auto* const newest = extension.empty() ? nullptr : rules.newest(root);
  if (newest == nullptr) {
    return {};
  }
  for (const NodeId at : run.tree.children(node)) {
    if (run.tree[at].element == name::template_id && run.child_text(at, name::root) == root &&
        rules.templates(root, run.child_text(at, name::extension)) != nullptr) {
      return {};
    }
  }
  return {newest, true};
}

}  // namespace

void check_cda_templates(Run& run, NodeId node) {
  for (const NodeId at : tree::named(run.tree, node, name::template_id)) {
    const Named named = named_templates(run, node, at);
    if (named.templates == nullptr) {
      if (const std::string_view root = run.child_text(at, name::root); !root.empty()) {
        run.count_unchecked(id<"cda-template-not-here">, root);
      }
      continue;
    }
    const Run::AtMost at_most(run, named.stands_in ? Severity::warning : Severity::fatal);
    for (const definition::StructureId id : *named.templates) {
      const ProfilePlan* const plan = run.state.profiles.get(id);
      if (plan != nullptr && run.definitions.derives(run.tree[node].type, plan->type)) {
        check_profile(run, node, *plan);
      }
    }
  }
}

}  // namespace lhcr::validate
