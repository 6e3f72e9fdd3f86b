// SPDX-License-Identifier: Apache-2.0
// Any bytes through the JSON reader: nlohmann/json must agree on whether they are JSON, what is
// read must be written and read back the same, and as XML it must stay well-formed.
#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "check.hpp"
#include "finding/id.hpp"

namespace {

using namespace lhcr;
using finding::Id;
using finding::id;
using tree::Kind;
using tree::NodeId;
using tree::Tree;

/// Accepts everything and remembers whether the only complaint was about a number's size, which is
/// no matter of JSON's grammar.
struct Judge : nlohmann::json_sax<nlohmann::json> {
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t&) override { return true; }
  bool string(string_t&) override { return true; }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override { return true; }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(std::size_t, const std::string&,
                   const nlohmann::detail::exception& error) override {
    out_of_range = error.id == 406;
    return false;
  }
  bool out_of_range = false;
};

bool is_grammar(Id id) {
  const Id grammar[] = {finding::id<"input-empty">,        finding::id<"input-not-text">,
                        finding::id<"input-not-utf8">,     finding::id<"input-unknown">,
                        finding::id<"json-syntax">,        finding::id<"json-comment">,
                        finding::id<"json-comma-missing">, finding::id<"json-comma-extra">,
                        finding::id<"json-unquoted-name">, finding::id<"json-unquoted-value">,
                        finding::id<"json-number">,        finding::id<"json-control">};
  return std::find(std::begin(grammar), std::end(grammar), id) != std::end(grammar);
}

/// Findings that end the reading before the grammar of all of it has been seen.
bool is_early_end(Id id) {
  return id == finding::id<"json-root"> || id == finding::id<"json-nested-array"> ||
         id == finding::id<"nesting-too-deep"> || id == finding::id<"input-too-large"> ||
         id == finding::id<"reading-stopped">;
}

void compare_verdict(std::string_view text, const finding::Collector& sink) {
  const auto any = [&sink](bool (*is)(Id)) {
    return std::any_of(sink.findings().begin(), sink.findings().end(),
                       [is](const finding::Finding& found) { return is(found.id); });
  };
  // nlohmann/json takes a zero byte for the end of the input.
  if (any(is_early_end) || text.find('\0') != std::string_view::npos) {
    return;
  }
  Judge judge;
  const bool accepted = nlohmann::json::sax_parse(text, &judge);
  if (!judge.out_of_range) {
    fuzz::expect(accepted != any(is_grammar), accepted ? "refused" : "accepted", text);
  }
}

void read_back_json(const Tree& tree, bool pretty) {
  std::string written;
  format::write_json(tree, tree::root_node, {pretty}, written);
  const fuzz::Padded input(written);
  const SymbolTable symbols;
  Tree again(symbols);
  finding::Collector sink;
  format::JsonReader reader;
  fuzz::expect(reader.read(input.text(), again, sink), "written JSON is read", written);
  const std::string difference = first_difference(tree, tree::root_node, again, tree::root_node);
  fuzz::expect(difference.empty(), "written JSON says the same", written);
}

bool is_plain_tree(const Tree& tree, NodeId id) {
  const bool resource = tree[id].is(tree::resource);
  for (const NodeId child : tree.children(id)) {
    const bool type = tree[child].is(tree::meta);
    const std::string_view text = tree[child].text();
    const bool named = type ? resource && text.size() > 1 && text[0] >= 'A' && text[0] <= 'Z' &&
                                  fuzz::is_plain(text.substr(1))
                            : fuzz::is_plain(tree.name_of(child));
    const bool printable = std::none_of(text.begin(), text.end(), [](char byte) {
      return static_cast<unsigned char>(byte) < 0x20 && !is_space(byte);
    });
    if (!named || !printable || (type && tree[child].child != tree::no_node) ||
        !is_plain_tree(tree, child)) {
      return false;
    }
  }
  return true;
}

/// The next child that is an element.
NodeId element_from(const Tree& tree, NodeId id) {
  while (id != tree::no_node && tree[id].is(tree::meta)) {
    id = tree[id].next;
  }
  return id;
}

/// XML says neither kinds nor lists; names, text and order must be there.
bool same_elements(const Tree& json, NodeId left, const Tree& xml, NodeId right) {
  const bool value = json[left].kind != Kind::object && json[left].kind != Kind::null;
  if (json.name_of(left) != xml.name_of(right) || json[left].text() != xml[right].text() ||
      value != (xml[right].kind == Kind::string) ||
      json.resource_type(left) != xml.resource_type(right)) {
    return false;
  }
  left = element_from(json, json[left].child);
  right = element_from(xml, xml[right].child);
  while (left != tree::no_node && right != tree::no_node) {
    if (!same_elements(json, left, xml, right)) {
      return false;
    }
    left = element_from(json, json[left].next);
    right = element_from(xml, xml[right].next);
  }
  return left == right;
}

void read_back_xml(const Tree& tree) {
  std::string written;
  format::write_xml(tree, tree::root_node, {true}, written);
  const SymbolTable symbols;
  Tree again(symbols);
  finding::Collector sink;
  format::ReadLimits limits;
  limits.depth = 3000;  // a resource within an element is two elements of XML
  const bool done = format::read_xml(written, again, sink, limits);
  fuzz::expect(done || fuzz::gave_up(sink), "written XML is well-formed", written);
  if (tree[tree::root_node].is(tree::resource) && is_plain_tree(tree, tree::root_node)) {
    fuzz::expect(done && sink.findings().empty() &&
                     same_elements(tree, tree::root_node, again, tree::root_node),
                 "written XML says the same", written);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Padded input({reinterpret_cast<const char*>(data), size});
  const SymbolTable symbols;
  Tree tree(symbols);
  finding::Collector sink;
  static format::JsonReader reader;
  const bool done = reader.read(input.text(), tree, sink);
  static_cast<void>(format::detect(input.text()));
  fuzz::expect(done != fuzz::has_fatal(sink), "a fatal finding ends the reading");
  compare_verdict(input.text(), sink);
  if (done) {
    read_back_json(tree, false);
    read_back_json(tree, true);
    read_back_xml(tree);
  }
  return 0;
}
