// SPDX-License-Identifier: Apache-2.0
// The narrative of sections: StrucDoc.Text and XHTML.
#include <array>

#include "base/names.hpp"
#include "base/text.hpp"
#include "format/cda/cda.hpp"
#include "format/cda/narrative.hpp"
#include "map/codec/codec_functions.hpp"
#include "map/codec/narrative_tidy.hpp"
#include "map/run/run.hpp"

namespace lhcr::map {
namespace {

struct NamePair {
  std::string_view cda;
  std::string_view html;
};
// The first pair of a name is taken on its way.
constexpr std::array<NamePair, 12> elements{{{"content", "span"},
                                             {"paragraph", "p"},
                                             {"item", "li"},
                                             {"linkHtml", "a"},
                                             {"footnote", "small"},
                                             {"footnoteRef", "ins"},
                                             {"renderMultiMedia", "cite"},
                                             {"list", "ul"},
                                             {"list", "ol"},
                                             {"content", "b"},
                                             {"content", "i"},
                                             {"paragraph", "div"}}};
constexpr std::array<NamePair, 7> attributes{{{"ID", "id"},
                                              {"language", "lang"},
                                              {"mediaType", ""},
                                              {"styleCode", "class"},
                                              {"listType", ""},
                                              {"referencedObject", "title"},
                                              {"IDREF", "title"}}};
constexpr std::array<std::string_view, 16> plain{
    "br", "sub", "sup",     "table", "thead",    "tbody", "tfoot", "tr",
    "td", "th",  "caption", "col",   "colgroup", "tt",    "pre",   "hr"};

bool is_plain(std::string_view name) {
  for (const std::string_view known : plain) {
    if (known == name) {
      return true;
    }
  }
  return false;
}

std::string_view html_name(const Run& run, tree::NodeId node) {
  const std::string_view name = run.source().name_of(node);
  if (is_plain(name)) {
    return name;
  }
  if (name == "list" && run.peek(node, name::list_type) == "ordered") {
    return "ol";
  }
  for (const NamePair& pair : elements) {
    if (pair.cda == name) {
      return pair.html;
    }
  }
  return "span";
}

// What a content says of an edited text, which a reader has to see.
constexpr std::string_view revised = "revised";
constexpr std::string_view revised_class = "revised-";

void add_revision(std::string_view kind, std::string& out) {
  out += " class=\"";
  out += revised_class;
  append_xml_attribute(out, kind);
  out += kind == "delete" ? "\" style=\"text-decoration: line-through\"" : "\"";
}

void attribute(const Run& run, tree::NodeId node, std::string& out) {
  std::string_view name = run.source().name_of(node);
  const auto* const rule = format::narrative_rule(run.source().name_of(run.source()[node].parent));
  if (name == revised) {
    add_revision(run.source()[node].text(), out);
    return;
  }
  for (const NamePair& pair : attributes) {
    name = pair.cda == name ? pair.html : name;
  }
  const std::string_view written = run.source().name_of(node);
  if (name.empty() || (rule != nullptr && !rule->allows_attribute(written))) {
    return;
  }
  out += ' ';
  out += name;
  out += "=\"";
  append_xml_attribute(out, run.source()[node].text());
  out += '"';
}

void children(const Run& run, tree::NodeId node, std::string& out);

void element(const Run& run, tree::NodeId node, std::string& out) {
  const std::string_view name = html_name(run, node);
  out += '<';
  out += name;
  bool empty = run.source()[node].length == 0;
  for (const tree::NodeId child : run.source().children(node)) {
    if (run.source()[child].is(tree::Flag::attribute)) {
      attribute(run, child, out);
    } else {
      empty = false;
    }
  }
  if (empty && (name == "br" || name == "col")) {
    out += "/>";
    return;
  }
  out += '>';
  children(run, node, out);
  out += "</";
  out += name;
  out += '>';
}

void children(const Run& run, tree::NodeId node, std::string& out) {
  append_xml_text(out, run.source()[node].text());
  for (const tree::NodeId child : run.source().children(node)) {
    const tree::Node& found = run.source()[child];
    if (found.kind == tree::Kind::text) {
      append_xml_text(out, found.text());
    } else if (!found.is(tree::Flag::attribute)) {
      element(run, child, out);
    }
  }
}

/// Renames XHTML nodes to their CDA names, in place.
void rename(tree::Tree& tree, tree::NodeId node) {
  const std::string_view name = tree.name_of(node);
  const bool ordered = name == "ol";
  if (!is_plain(name)) {
    std::string_view renamed = "content";
    for (const NamePair& pair : elements) {
      if (pair.html == name) {
        renamed = pair.cda;
        break;
      }
    }
    tree[node].name = tree[node].element = tree.intern(renamed);
  }
  for (const tree::NodeId child : tree.children(node)) {
    if (!tree[child].is(tree::Flag::attribute)) {
      if (tree[child].kind != tree::Kind::text) {
        rename(tree, child);
      }
      continue;
    }
    if (tree.name_of(child) == "class" && tree[child].text().starts_with(revised_class)) {
      tree[child].name = tree[child].element = tree.intern(revised);
      tree[child].bytes += revised_class.size();
      tree[child].length -= static_cast<std::uint32_t>(revised_class.size());
      continue;
    }
    for (const NamePair& pair : attributes) {
      if (pair.html == tree.name_of(child)) {
        tree[child].name = tree[child].element = tree.intern(pair.cda);
        break;
      }
    }
  }
  if (ordered) {
    tree::Node type;
    type.name = type.element = name::list_type;
    type.bytes = "ordered";
    type.length = 7;
    type.kind = tree::Kind::string;
    type.flags = tree::Flag::attribute;
    tree.insert(node, tree::no_node, type);
  }
}

}  // namespace

void write_xhtml(const Run& run, tree::NodeId node, std::string& out) {
  children(run, node, out);
}

bool text_to_narrative(const Call& call) {
  Run& run = call.run;
  std::string div = "<div xmlns=\"http://www.w3.org/1999/xhtml\">";
  const std::size_t start = div.size();
  write_xhtml(run, call.from, div);
  if (div.find_first_not_of(" \t\r\n", start) == std::string::npos) {
    return false;
  }
  div += "</div>";
  run.take_all(call.from);
  run.add(call.to, name::status, "generated");
  const tree::NodeId made = run.add_copy(call.to, name::div, div);
  run.target()[made].kind = tree::Kind::xhtml;
  return true;
}

bool narrative_to_text(const Call& call) {
  Run& run = call.run;
  run.read(call.from, name::status);
  const std::string_view div = run.read(call.from, name::div);
  if (div.empty()) {
    return false;
  }
  tree::Tree& tree = run.target();
  const tree::NodeId holder = run.fresh();
  if (!format::read_cda_fragment(div, tree, holder)) {
    return false;
  }
  const tree::NodeId top = tree[holder].child;
  if (top == tree::no_node) {
    return false;
  }
  for (const tree::NodeId child : tree.children(top)) {
    if (!tree[child].is(tree::Flag::attribute) && tree[child].kind != tree::Kind::text) {
      rename(tree, child);
    }
    tree[child].parent = call.to;
  }
  tree[call.to].child = tree[top].child;
  run.set_text(call.to, tree[top].text());
  tidy_narrative(tree, call.to);
  return true;
}

}  // namespace lhcr::map
