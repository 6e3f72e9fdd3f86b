// SPDX-License-Identifier: Apache-2.0
#include "cmd/convert/convert_codes.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/names.hpp"
#include "base/text.hpp"
#include "cmd/run/near_name.hpp"
#include "cmd/terminology/terminology.hpp"
#include "terminology/query/judge.hpp"
#include "terminology/query/translate.hpp"
#include "tree/nodes.hpp"

namespace lhcr::cmd {
namespace {

using terminology::no_concept;
using terminology::Ordinal;
using terminology::Snomed;
using tree::NodeId;

std::vector<std::string> systems_in(const std::string& list) {
  std::vector<std::string> made;
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t end = std::min(list.find(',', at), list.size());
    const std::string name = list.substr(at, end - at);
    if (name != "icd-10" && name != "opcs-4" && name != "snomed" && name != "ctv3") {
      throw Error(ErrorKind::usage, "--translate: '" + name +
                                        "' is not icd-10, opcs-4, snomed or ctv3" +
                                        did_you_mean(name, {"icd-10", "opcs-4", "snomed", "ctv3"}));
    }
    made.push_back(name);
    at = end + 1;
  }
  return made;
}

void set_text(tree::Tree& tree, NodeId node, std::string_view text) {
  const std::string_view copy = tree.arena().copy(text);
  tree[node].bytes = copy.data();
  tree[node].length = static_cast<std::uint32_t>(copy.size());
}

}  // namespace

void declare_codes(OptionList& list, CodeOptions& options) {
  list.group("Codes (from the releases that 'lhcr terminology list' shows)");
  list.opt("--translate", options.translate, {"SYSTEMS"},
           "Add codings in these systems by the maps of the releases: icd-10, opcs-4, snomed or "
           "ctv3, separated by commas; only where the map leaves no choice. Existing codings stay");
  list.opt("--fill-display", options.fill_display,
           "Add the preferred term to codings that have no display");
  list.opt("--replace-inactive", options.replace_inactive,
           "Replace an inactive SNOMED CT code where its replacement is certain (SAME AS or "
           "REPLACED BY, with one target)");
}

Codes::Codes(const CodeOptions& options)
    : options_(options), targets_(systems_in(options.translate)) {
  if (!options.any()) {
    return;
  }
  library_ =
      std::make_unique<terminology::Library>(terminology_folder(), std::vector<std::string>{});
  if (library_->empty()) {
    throw Error(ErrorKind::input,
                "no release with codes is available: 'lhcr terminology add FILE...' adds one");
  }
}

/// One record.
class Codes::Pass {
 public:
  Pass(const Codes& codes, tree::Tree& tree, const definition::Definitions& definitions)
      : paths_(tree),
        codes_(codes),
        library_(*codes.library_),
        tree_(tree),
        coding_(definitions.type("Coding")),
        concept_(definitions.type("CodeableConcept")) {}

  void run() {
    const NodeId size = tree_.size();
    for (NodeId node = tree::root_node; node < size; ++node) {
      if (tree_[node].type == coding_ && !tree::child_text(tree_, node, "code").empty()) {
        work(node);
      }
    }
  }
  [[nodiscard]] CodeReport& report() noexcept { return report_; }

 private:
  void work(NodeId node) {
    const Snomed* snomed = library_.snomed();
    const std::string_view system = tree::child_text(tree_, node, "system");
    const terminology::CodeSystemName* known = terminology::find_code_system(system);
    if (known == nullptr) {
      return;
    }
    const Ordinal at = snomed == nullptr || known->name != "snomed"
                           ? no_concept
                           : snomed->find(tree::child_text(tree_, node, "code"));
    if (codes_.options_.replace_inactive && at != no_concept && !snomed->is_active(at)) {
      replace(node, *snomed, at);
    }
    if (codes_.options_.fill_display && tree::child_text(tree_, node, "display").empty()) {
      fill(node, known->name);
    }
    for (const std::string& target : codes_.targets_) {
      if (target != known->name && tree_[tree_[node].parent].type == concept_) {
        translate(node, known->name, target);
      }
    }
  }

  /// A description's id belongs to the code that it was recorded with, which therefore stays.
  [[nodiscard]] bool has_description(NodeId node) const {
    for (const NodeId child : tree_.children(node)) {
      if (tree_[child].element == name::extension &&
          tree::child_text(tree_, child, "url").ends_with("coding-sctdescid")) {
        return true;
      }
    }
    return false;
  }

  void replace(NodeId node, const Snomed& snomed, Ordinal at) {
    const auto certain = terminology::certain_replacement(snomed, at);
    const std::string before = terminology::labelled(snomed, at);
    if (!certain || has_description(node)) {
      leave(node, "not replaced: " + before + ": " +
                      (certain ? "it has the id of a description"
                               : terminology::inactivity_text(snomed, at)));
      return;
    }
    const NodeId display = tree_.child(node, name::display);
    set_text(tree_, tree_.child(node, name::code), std::to_string(snomed.id(certain->target)));
    if (display != tree::no_node) {
      set_text(tree_, display, snomed.preferred(certain->target));
    }
    tell(node, "replaced: " + before + " by " + terminology::labelled(snomed, certain->target) +
                   " (" + std::string(snomed.preferred(certain->association)) + ")");
  }

  void fill(NodeId node, std::string_view system) {
    const std::string code(tree::child_text(tree_, node, "code"));
    const std::string term(library_.display(system, code));
    if (term.empty()) {
      leave(node, "no display: " + code + " is in no release that is here");
      return;
    }
    add_leaf(node, tree_.child(node, name::code), "display", term);
    tell(node, "display: " + code + " is '" + term + "'");
  }

  void translate(NodeId node, std::string_view from, const std::string& to) {
    const std::string code(tree::child_text(tree_, node, "code"));
    const NodeId holder = tree_[node].parent;
    const terminology::CodeSystemName* system = terminology::find_code_system(to);
    for (const NodeId other : tree_.children(holder)) {
      const auto* known = terminology::find_code_system(tree::child_text(tree_, other, "system"));
      if (tree_[other].type == coding_ && known == system) {
        return;  // it is there, as somebody recorded it
      }
    }
    const auto made = terminology::translate(library_, from, code, to);
    if (!made.certain()) {
      const std::string why = !made.problem.empty()      ? made.problem
                              : made.no_target().empty() ? "somebody has to choose"
                                                         : std::string(made.no_target());
      leave(node, "not translated: " + code + " to " + to + ": " + why);
      return;
    }
    NodeId last = node;
    for (const NodeId other : tree_.children(holder)) {
      last = tree_[other].element == tree_[node].element ? other : last;
    }
    for (const terminology::MapTarget& target : made.targets) {
      last = add_coding(node, last, system->canonical, target);
      const std::string sign = target.sign == 'D'   ? " (dagger)"
                               : target.sign == 'A' ? " (asterisk)"
                                                    : "";
      tell(node, "translated: " + code + " to " + to + " " + target.code + sign + " by " +
                     made.map + (made.via.empty() ? "" : ", " + made.via));
    }
  }

  NodeId add_coding(NodeId like, NodeId previous, std::string_view system,
                    const terminology::MapTarget& target) {
    tree::Node node = tree_[like];
    node.child = tree::no_node;
    node.flags |= static_cast<std::uint8_t>(tree::Flag::generated);
    const NodeId made = tree_.insert(tree_[like].parent, previous, node);
    paths_.forget(tree_[like].parent);
    NodeId last = add_leaf(made, tree::no_node, "system", system);
    last = add_leaf(made, last, "code", target.code);
    if (!target.display.empty()) {
      add_leaf(made, last, "display", target.display);
    }
    return made;
  }

  NodeId add_leaf(NodeId parent, NodeId previous, std::string_view name, std::string_view text) {
    tree::Node node;
    node.name = node.element = tree_.intern(name);
    node.kind = tree::Kind::string;
    node.flags = tree::Flag::generated;
    node.offset = tree_[parent].offset;
    const NodeId made = tree_.insert(parent, previous, node);
    set_text(tree_, made, text);
    paths_.forget(parent);
    return made;
  }

  void tell(NodeId node, const std::string& what) {
    report_.notes.push_back({paths_.of(node), what, true});
  }
  void leave(NodeId node, const std::string& why) {
    report_.notes.push_back({paths_.of(node), why, false});
  }

  tree::Paths paths_;
  const Codes& codes_;
  const terminology::Library& library_;
  tree::Tree& tree_;
  definition::TypeId coding_;
  definition::TypeId concept_;
  CodeReport report_;
};

CodeReport Codes::apply(tree::Tree& tree, const definition::Definitions& definitions) const {
  if (!options_.any()) {
    return {};
  }
  Pass pass(*this, tree, definitions);
  pass.run();
  if (pass.report().changed() > 0) {
    definition::attach_types(tree, definitions);
  }
  return std::move(pass.report());
}

std::size_t CodeReport::changed() const noexcept {
  return static_cast<std::size_t>(
      std::count_if(notes.begin(), notes.end(), [](const Note& note) { return note.changed; }));
}

std::string CodeReport::text(const std::string& input) const {
  std::string lines;
  for (const Note& note : notes) {
    lines += input + ": " + note.path + ": " + note.what + "\n";
  }
  return lines;
}

std::string CodeReport::json() const {
  std::string out = "[";
  for (const Note& note : notes) {
    out += out.size() > 1 ? ",{\"path\":" : "{\"path\":";
    append_json_string(out, note.path);
    out += ",\"what\":";
    append_json_string(out, note.what);
    out += note.changed ? ",\"changed\":true}" : ",\"changed\":false}";
  }
  return out + "]";
}

}  // namespace lhcr::cmd
