// SPDX-License-Identifier: Apache-2.0
// One pass over the bytes that fills the tree as it goes: a CDA document may have megabytes, and a
// parser with a tree of its own would need several times as much again. Text without references is
// not copied.
#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "base/text_pool.hpp"
#include "finding/id.hpp"
#include "format/cda/cda.hpp"
#include "format/issues.hpp"
#include "format/xml/xml_scan.hpp"

namespace lhcr::format {
namespace {

using finding::Id;
using tree::Kind;
using tree::NodeId;

constexpr std::string_view v3_namespace = "urn:hl7-org:v3";
constexpr std::size_t npos = std::string_view::npos;

constexpr std::array<bool, 256> ends_name = [] {
  std::array<bool, 256> table{};
  for (const char byte : std::string_view(" \t\r\n/>=<\"'")) {
    table[static_cast<unsigned char>(byte)] = true;
  }
  return table;
}();

bool blank(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_space);
}

class Reader {
 public:
  Reader(tree::Tree& tree, NodeId parent, const ReadLimits& limits, Issues& issues)
      : tree_(tree),
        builder_(tree, parent),
        pool_(tree.arena()),
        limits_(limits),
        issues_(issues),
        type_(tree.intern("xsi:type")),
        reference_(tree.intern("reference")),
        mixed_{tree.intern("div"), tree.intern("text"), tree.intern("title")},
        rows_{tree.intern("table"), tree.intern("thead"), tree.intern("tbody"),
              tree.intern("tfoot"), tree.intern("tr"),    tree.intern("list")} {}

  /// As if declared: what write_cda() takes for granted.
  void declare_known() {
    bindings_.push_back({{}, own_space});
    for (std::size_t i = 0; i < cda_namespaces.size(); ++i) {
      bindings_.push_back({cda_namespaces[i].prefix, i});
    }
  }

  /// A document has one outermost element, a fragment any number.
  bool run(std::string_view text, bool document) {
    text_ = text;
    document_ = document;
    at_ = text_.starts_with(utf8_bom) ? utf8_bom.size() : 0;
    while (at_ < text_.size()) {
      if (!(text_[at_] == '<' ? markup() : characters())) {
        return false;
      }
    }
    if (!levels_.empty()) {
      return fail(text_.size(),
                  "the input ends before <" + std::string(levels_.back().name) + "> is closed");
    }
    return ended_ || !document || fail(text_.size(), "there is no element");
  }

 private:
  static constexpr std::size_t own_space = cda_namespaces.size();
  static constexpr std::size_t other_space = own_space + 1;
  struct Binding {
    std::string_view prefix;
    std::size_t space;  // index into cda_namespaces, own_space or other_space
  };
  struct Attribute {
    std::string_view name;
    std::string_view value;
    std::size_t offset;
  };
  /// An open element.
  struct Level {
    std::string_view name;  // as written
    NodeId node;
    std::size_t bindings;   // in scope outside
    bool mixed;             // in narrative or a title
    bool white;             // white space counts
    bool pointer = false;   // holds a reference, beside which white space says nothing
    bool content = false;   // has children other than attributes
    std::string_view text;  // read and not yet a node: the whole content, or one part of it
    std::size_t text_offset = 0;
  };

  bool fail(std::size_t offset, std::string message) {
    return issues_.fail(Id::xml_syntax, offset, {std::move(message)});
  }

  bool markup() {
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with("</")) {
      return end_tag();
    }
    if (rest.starts_with("<![CDATA[")) {
      return character_data();
    }
    if (rest.starts_with("<!DOCTYPE")) {
      return document_type();
    }
    if (rest.starts_with("<!--")) {
      return skip_past("-->", 4);
    }
    return rest.starts_with("<?") ? skip_past("?>", 2) : start_tag();
  }

  bool skip_past(std::string_view end, std::size_t from) {
    const std::size_t found = text_.find(end, at_ + from);
    if (found == npos) {
      return fail(at_, "the input ends before " + std::string(end));
    }
    at_ = found + end.size();
    return true;
  }

  /// What it declares is of no use here.
  bool document_type() {
    const std::size_t start = at_;
    int depth = 0;
    for (; at_ < text_.size(); ++at_) {
      const char byte = text_[at_];
      depth += byte == '[' ? 1 : 0;
      depth -= byte == ']' ? 1 : 0;
      if (byte == '>' && depth <= 0) {
        ++at_;
        return true;
      }
    }
    return fail(start, "the document type declaration has no end");
  }

  bool character_data() {
    constexpr std::size_t opening = 9;
    const std::size_t start = at_;
    if (!skip_past("]]>", opening)) {
      return false;
    }
    if (levels_.empty()) {
      return fail(start, "there is text outside the outermost element");
    }
    hold(text_.substr(start + opening, at_ - start - opening - 3), start);
    return true;
  }

  bool characters() {
    const std::size_t start = at_;
    at_ = std::min(text_.find('<', at_), text_.size());
    const std::string_view raw = text_.substr(start, at_ - start);
    if (!levels_.empty()) {
      hold(decode_text(raw, tree_.arena()), start);
      return true;
    }
    return !document_ || blank(raw) || fail(start, "there is text outside the outermost element");
  }

  /// Text becomes the element's own when nothing else follows, and a node otherwise.
  void hold(std::string_view text, std::size_t offset) {
    Level& level = levels_.back();
    if (text.empty() || (!level.white && blank(text))) {
      return;
    }
    flush(level);
    level.text = text;
    level.text_offset = offset;
  }

  void flush(Level& level) {
    if (level.text.empty() || (level.pointer && blank(level.text))) {
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
    const std::less_equal<> before;
    const bool is_input = before(text_.data(), text.data()) &&
                          before(text.data() + text.size(), text_.data() + text_.size());
    return limits_.own_text && is_input ? pool_.keep(text) : text;
  }

  void set(tree::Node& node, std::string_view text, Kind kind) {
    text = kept(text);
    node.bytes = text.data();
    node.length = static_cast<std::uint32_t>(text.size());
    node.kind = kind;
  }

  bool start_tag() {
    const std::size_t start = at_;
    if (ended_ && document_ && levels_.empty()) {
      return fail(start, "there is a second outermost element");
    }
    const std::string_view written = take_name(at_ + 1);
    if (written.empty()) {
      return fail(start, "'<' must be written as &lt;");
    }
    if (levels_.size() >= limits_.depth) {
      return issues_.fail(Id::nesting_too_deep, start, {std::to_string(limits_.depth)});
    }
    if (tree_.size() > limits_.nodes) {
      return issues_.fail(Id::input_too_large, start,
                          {"it has more than " + std::to_string(limits_.nodes) + " elements"});
    }
    const std::size_t outside = bindings_.size();
    bool empty = false;
    if (!gather_attributes(start, empty)) {
      return false;
    }
    open(written, start, outside);
    if (empty) {
      close();
    }
    return true;
  }

  void open(std::string_view written, std::size_t start, std::size_t outside) {
    const bool inner = !levels_.empty();
    tree::Node fresh;
    fresh.name = fresh.element = symbol(written, true);
    fresh.offset = static_cast<std::uint32_t>(start);
    if (inner) {
      Level& outer = levels_.back();
      outer.pointer = outer.pointer || fresh.name == reference_;
      flush(outer);
      outer.content = true;
    }
    const bool mixed = (inner && levels_.back().mixed) ||
                       std::find(mixed_.begin(), mixed_.end(), fresh.name) != mixed_.end();
    const bool white = mixed && std::find(rows_.begin(), rows_.end(), fresh.name) == rows_.end();
    levels_.push_back({written, builder_.open(fresh), outside, mixed, white, false, false, {}, 0});
    add_attributes();
  }

  bool end_tag() {
    const std::size_t start = at_;
    const std::string_view written = take_name(at_ + 2);
    skip_space();
    if (at_ == text_.size() || text_[at_] != '>') {
      return fail(start, "this end tag has no '>'");
    }
    ++at_;
    if (levels_.empty() || levels_.back().name != written) {
      return fail(
          start,
          "the end tag </" + std::string(written) + "> does not match the start tag" +
              (levels_.empty() ? std::string() : " <" + std::string(levels_.back().name) + ">"));
    }
    close();
    return true;
  }

  void close() {
    Level& level = levels_.back();
    if (level.content) {
      flush(level);
    } else if (!level.text.empty()) {
      set(tree_[level.node], level.text, Kind::string);
    }
    builder_.close();
    bindings_.resize(level.bindings);
    levels_.pop_back();
    ended_ = ended_ || levels_.empty();
  }

  /// The name that begins at `from`; moves behind it.
  std::string_view take_name(std::size_t from) {
    at_ = from;
    while (at_ < text_.size() && !ends_name[static_cast<unsigned char>(text_[at_])]) {
      ++at_;
    }
    return text_.substr(from, at_ - from);
  }

  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) {
      ++at_;
    }
  }

  /// Reads to behind the '>'. Namespace declarations go to bindings_, as a prefix may be used
  /// before it is declared in the same tag.
  bool gather_attributes(std::size_t start, bool& empty) {
    attributes_.clear();
    for (;;) {
      skip_space();
      if (at_ == text_.size()) {
        return fail(start, "the input ends inside this tag");
      }
      empty = text_[at_] == '/';
      at_ += empty ? 1 : 0;
      if (at_ < text_.size() && text_[at_] == '>') {
        ++at_;
        return true;
      }
      if (empty || !attribute()) {
        return issues_.failed() ? false : fail(at_, "'/' must be followed by '>'");
      }
    }
  }

  bool attribute() {
    const std::size_t start = at_;
    const std::string_view written = take_name(at_);
    skip_space();
    if (written.empty() || at_ == text_.size() || text_[at_] != '=') {
      return fail(start, "this attribute has no value");
    }
    ++at_;
    skip_space();
    const char quote = at_ < text_.size() ? text_[at_] : ' ';
    const std::size_t end = quote == '"' || quote == '\'' ? text_.find(quote, at_ + 1) : npos;
    if (end == npos) {
      return fail(start, "the value of this attribute is not in quotes");
    }
    const std::string_view value =
        decode_attribute_text(text_.substr(at_ + 1, end - at_ - 1), tree_.arena());
    at_ = end + 1;
    if (written == "xmlns") {
      bindings_.push_back({{}, space_number(value)});
    } else if (written.starts_with("xmlns:")) {
      bindings_.push_back({written.substr(6), space_number(value)});
    } else if (!written.ends_with(":schemaLocation")) {
      attributes_.push_back({written, value, start});
    }
    return true;
  }

  void add_attributes() {
    for (const Attribute& attribute : attributes_) {
      tree::Node fresh;
      fresh.name = fresh.element = symbol(attribute.name, false);
      std::string_view value = attribute.value;
      if (fresh.name == type_) {
        value.remove_prefix(std::min(value.find(':') + 1, value.size()));
      }
      set(fresh, value, Kind::string);
      fresh.offset = static_cast<std::uint32_t>(attribute.offset);
      fresh.flags = tree::Flag::attribute;
      builder_.leaf(fresh);
    }
  }

  static std::size_t space_number(std::string_view uri) {
    for (std::size_t i = 0; i < cda_namespaces.size(); ++i) {
      if (uri == cda_namespaces[i].uri) {
        return i;
      }
    }
    return uri == v3_namespace ? own_space : other_space;
  }

  [[nodiscard]] std::size_t space_of(std::string_view prefix) const {
    for (std::size_t i = bindings_.size(); i > 0; --i) {
      if (bindings_[i - 1].prefix == prefix) {
        return bindings_[i - 1].space;
      }
    }
    return other_space;
  }

  /// The name in the tree: with the prefix that cda.hpp says, whatever the document's own.
  Symbol symbol(std::string_view written, bool element) {
    const std::size_t colon = written.find(':');
    if (colon == npos && !element) {
      return tree_.intern(written);
    }
    const std::string_view prefix = written.substr(0, colon == npos ? 0 : colon);
    const std::string_view local = colon == npos ? written : written.substr(colon + 1);
    const std::size_t space = space_of(prefix);
    if (space >= own_space) {
      return tree_.intern(space == own_space ? local : written);
    }
    scratch_.assign(cda_namespaces[space].prefix);
    scratch_ += ':';
    scratch_ += local;
    return tree_.intern(scratch_);
  }

  tree::Tree& tree_;
  tree::Builder builder_;
  TextPool pool_;
  ReadLimits limits_;
  Issues& issues_;
  Symbol type_;
  Symbol reference_;
  std::array<Symbol, 3> mixed_;  // where text between elements counts: narrative and titles
  std::array<Symbol, 6> rows_;   // the narrative's elements that hold elements only
  std::string_view text_;
  std::size_t at_ = 0;
  bool document_ = true;
  bool ended_ = false;
  std::vector<Level> levels_;
  std::vector<Binding> bindings_;
  std::vector<Attribute> attributes_;
  std::string scratch_;
};

}  // namespace

bool read_cda(std::string_view bytes, tree::Tree& tree, finding::Sink& sink,
              const ReadLimits& limits) {
  const tree::Builder root(tree);
  tree.set_source(bytes);
  Issues issues;
  std::optional<Fault> fault;
  const std::string_view text = decode_document(bytes, tree.arena(), fault);
  const bool good = fault ? issues.fail(fault->id, fault->offset, {fault->argument})
                          : Reader(tree, tree::root_node, limits, issues).run(text, true);
  issues.report(tree, sink);
  return good;
}

bool read_cda_fragment(std::string_view bytes, tree::Tree& tree, NodeId parent) {
  Issues issues;
  Reader reader(tree, parent, {}, issues);
  reader.declare_known();
  return reader.run(tree.arena().copy(bytes), false);
}

}  // namespace lhcr::format
