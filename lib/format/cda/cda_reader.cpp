// SPDX-License-Identifier: Apache-2.0
// The parser's events fill the tree as they come: a CDA document may have megabytes. Text without
// references is not copied.
#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/names.hpp"
#include "base/text.hpp"
#include "base/text_pool.hpp"
#include "format/cda/cda.hpp"
#include "format/issues.hpp"
#include "format/xml/xml_encoding.hpp"
#include "format/xml/xml_parser.hpp"

namespace lhcr::format {
namespace {

using tree::Kind;
using tree::NodeId;

constexpr std::string_view v3_namespace = "urn:hl7-org:v3";

class Reader : public XmlHandler {
 public:
  Reader(tree::Tree& tree, NodeId parent, const ReadLimits& limits, Issues& issues)
      : tree_(tree),
        builder_(tree, parent),
        pool_(tree.arena()),
        limits_(limits),
        parser_(tree.arena(), issues, limits_, *this),
        own_space_(parser_.know(v3_namespace)),
        mixed_{name::div, name::text, name::title},
        rows_{name::table, name::thead, name::tbody, name::tfoot, name::tr, name::list} {
    for (std::size_t i = 0; i < cda_namespaces.size(); ++i) {
      spaces_[i] = parser_.know(cda_namespaces[i].uri);
    }
  }

  bool run(std::string_view source) {
    source_ = source;
    return parser_.read(source);
  }

  /// What write_cda() takes for granted is declared.
  bool run_fragment(std::string_view source) {
    source_ = source;
    std::vector<XmlParser::Known> known{{"", v3_namespace}};
    for (const CdaNamespace& space : cda_namespaces) {
      known.push_back({space.prefix, space.uri});
    }
    return parser_.read_fragment(source, known);
  }

  bool open(const XmlElement& element) override {
    const bool inner = !levels_.empty();
    const Known& known = look_up(element, elements_);
    tree::Node fresh;
    fresh.name = fresh.element = known.symbol;
    fresh.offset = static_cast<std::uint32_t>(element.offset);
    if (inner) {
      Level& outer = levels_.back();
      outer.pointer = outer.pointer || fresh.name == name::reference;
      flush(outer);
      outer.content = true;
    }
    const bool mixed = known.mixed || (inner && levels_.back().mixed);
    const bool white = mixed && !known.rows;
    const XmlSpace around = inner ? levels_.back().space : own_space_;
    levels_.push_back({builder_.open(fresh), mixed, white, false, false, {}, 0, element.space});
    if (element.space != around) {
      declare(element.space, prefix_of(element.name, element.local()));
    }
    for (const XmlAttribute& attribute : element.attributes) {
      if (attribute.space != no_space && attribute.space != element.space) {
        declare(attribute.space, prefix_of(attribute.name, attribute.local()));
      }
      add_attribute(attribute);
    }
    return true;
  }

  bool close(std::size_t /*end*/) override {
    Level& level = levels_.back();
    if (level.content) {
      flush(level);
    } else if (!level.text.empty()) {
      set(tree_[level.node], level.text, Kind::string);
    }
    builder_.close();
    levels_.pop_back();
    return true;
  }

  /// Text becomes the element's own when nothing else follows, and a node otherwise.
  bool text(std::string_view text, std::size_t offset) override {
    Level& level = levels_.back();
    if (level.white || !is_blank(text)) {
      level.text = text;
      level.text_offset = offset;
    }
    return true;
  }

 private:
  /// An open element.
  struct Level {
    NodeId node;
    bool mixed;             // in narrative or a title
    bool white;             // white space counts
    bool pointer = false;   // holds a reference, beside which white space says nothing
    bool content = false;   // has children other than attributes
    std::string_view text;  // read and not yet a node: the whole content, or one part of it
    std::size_t text_offset = 0;
    XmlSpace space = no_space;  // of the element
  };

  struct Known {
    XmlSpace space = no_space;
    Symbol symbol = no_symbol;
    bool mixed = false;    // text between its elements counts
    bool rows = false;     // holds elements only
    bool ignored = false;  // for an attribute
  };

  static std::string_view prefix_of(std::string_view name, std::string_view local) {
    return name.substr(0, name.size() - std::min(local.size() + 1, name.size()));
  }

  /// A namespace that has no prefix of its own in the tree is declared where it begins, so that the
  /// names below say what they did.
  void declare(XmlSpace space, std::string_view prefix) {
    if (space == no_space || space == xml_space || space == own_space_ ||
        std::find(spaces_.begin(), spaces_.end(), space) != spaces_.end()) {
      return;
    }
    scratch_ = prefix.empty() ? "xmlns" : "xmlns:" + std::string(prefix);
    tree::Node fresh;
    fresh.name = fresh.element = tree_.intern(scratch_);
    if (tree_.child(levels_.back().node, fresh.name) != tree::no_node) {
      return;
    }
    set(fresh, tree_.arena().copy(parser_.uri(space)), Kind::string);
    fresh.flags = tree::Flag::attribute;
    builder_.leaf(fresh);
  }

  void flush(Level& level) {
    if (level.text.empty() || (level.pointer && is_blank(level.text))) {
      level.text = {};
      return;
    }
    tree::Node fresh;
    set(fresh, level.text, Kind::text);
    fresh.offset = static_cast<std::uint32_t>(level.text_offset);
    builder_.leaf(fresh);
    level.content = true;
    level.text = {};
  }

  /// What the input may not be asked for later is copied.
  std::string_view kept(std::string_view text) {
    if (!limits_.own_text) {
      return text;
    }
    const std::less_equal<> before;
    const bool is_input = before(source_.data(), text.data()) &&
                          before(text.data() + text.size(), source_.data() + source_.size());
    return is_input ? pool_.keep(text) : text;
  }

  void set(tree::Node& node, std::string_view text, Kind kind) {
    text = kept(text);
    node.bytes = text.data();
    node.length = static_cast<std::uint32_t>(text.size());
    node.kind = kind;
  }

  void add_attribute(const XmlAttribute& attribute) {
    const Known& known = look_up(attribute, attributes_);
    if (known.ignored) {
      return;
    }
    tree::Node fresh;
    fresh.name = fresh.element = known.symbol;
    std::string_view value = attribute.value;
    if (fresh.name == name::xsi_type) {
      value.remove_prefix(std::min(value.find(':') + 1, value.size()));
    }
    set(fresh, value, Kind::string);
    fresh.offset = static_cast<std::uint32_t>(attribute.offset);
    fresh.flags = tree::Flag::attribute;
    builder_.leaf(fresh);
  }

  /// What is known of a name, by its number; kept for as long as its prefix means the same.
  template <class Part>
  const Known& look_up(const Part& part, std::vector<Known>& names) {
    if (part.id >= names.size()) {
      names.resize(part.id + 1);
    }
    Known& known = names[part.id];
    if (part.id == unnumbered || known.symbol == no_symbol || known.space != part.space) {
      known = look_into(part.space, part.name, part.local());
    }
    return known;
  }

  Known look_into(XmlSpace space, std::string_view written, std::string_view local) {
    const auto contains = [](const auto& names, Symbol name) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    Known known;
    known.space = space;
    known.symbol = symbol(space, written, local);
    known.mixed = contains(mixed_, known.symbol);
    known.rows = contains(rows_, known.symbol);
    known.ignored = written.ends_with(":schemaLocation");
    return known;
  }

  /// The name in the tree: with the prefix that cda.hpp says, whatever the document's own.
  Symbol symbol(XmlSpace space, std::string_view written, std::string_view local) {
    if (space == own_space_) {
      return tree_.intern(local);
    }
    const auto* const known = std::find(spaces_.begin(), spaces_.end(), space);
    if (known == spaces_.end()) {
      return tree_.intern(written);
    }
    scratch_.assign(cda_namespaces[static_cast<std::size_t>(known - spaces_.begin())].prefix);
    scratch_ += ':';
    scratch_ += local;
    return tree_.intern(scratch_);
  }

  tree::Tree& tree_;
  tree::Builder builder_;
  TextPool pool_;
  ReadLimits limits_;
  XmlParser parser_;
  XmlSpace own_space_;
  std::array<XmlSpace, cda_namespaces.size()> spaces_{};
  std::array<Symbol, 3> mixed_;  // where text between elements counts: narrative and titles
  std::array<Symbol, 6> rows_;   // the narrative's elements that hold elements only
  std::string_view source_;
  std::vector<Level> levels_;
  std::vector<Known> elements_;  // by the number of the name
  std::vector<Known> attributes_;
  std::string scratch_;
};

}  // namespace

bool read_cda(std::string_view bytes, tree::Tree& tree, finding::Sink& sink,
              const ReadLimits& limits) {
  const tree::Builder root(tree);
  Issues issues;
  std::optional<Fault> fault;
  const std::string_view text = decode_document(bytes, tree.arena(), fault);
  tree.set_source(fault ? bytes : text);
  const bool good =
      fault ? issues.fail(*fault) : Reader(tree, tree::root_node, limits, issues).run(text);
  issues.report(tree, sink);
  return good;
}

bool read_cda_fragment(std::string_view bytes, tree::Tree& tree, NodeId parent) {
  Issues issues;
  return Reader(tree, parent, {}, issues).run_fragment(tree.arena().copy(bytes));
}

}  // namespace lhcr::format
