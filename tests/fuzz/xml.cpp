// SPDX-License-Identifier: Apache-2.0
// Any bytes through the XML readers: what is read must be written and read back the same, and as
// JSON it must stay JSON. Both readers refuse the same, and what they take, pugixml takes.
#include <pugixml.hpp>

#include "check.hpp"
#include "format/cda/cda.hpp"

namespace {

using namespace lhcr;
using tree::NodeId;
using tree::Tree;

/// Whether every name survives the writer as it is.
bool is_plain_tree(const Tree& tree, NodeId id) {
  for (const NodeId child : tree.children(id)) {
    const std::string_view text = tree[child].text();
    const bool type = tree[child].is(tree::meta);
    const bool named =
        type ? text.size() > 1 && text[0] >= 'A' && text[0] <= 'Z' && fuzz::is_plain(text.substr(1))
             : fuzz::is_plain(tree.name_of(child));
    if ((!named && tree[child].kind != tree::Kind::xhtml) || !is_plain_tree(tree, child)) {
      return false;
    }
  }
  return true;
}

void read_back_xml(const Tree& tree, bool clean) {
  std::string written;
  format::write_xml(tree, tree::root_node, {false}, written);
  const SymbolTable symbols;
  Tree again(symbols);
  finding::Collector sink;
  format::ReadLimits limits;
  limits.depth = 3000;
  fuzz::expect(format::read_xml(written, again, sink, limits), "written XML is well-formed",
               written);
  if (clean && is_plain_tree(tree, tree::root_node)) {
    const std::string difference = first_difference(tree, tree::root_node, again, tree::root_node);
    fuzz::expect(difference.empty(), "written XML says the same", written);
    fuzz::expect(sink.findings().empty(), "written XML has no finding", written);
  }
}

void compare_readers(std::string_view text, bool done, const finding::Collector& sink) {
  const SymbolTable symbols;
  Tree tree(symbols);
  finding::Collector cda;
  const bool read = format::read_cda(text, tree, cda);
  fuzz::expect(read == done || fuzz::gave_up(sink), "CDA and FHIR are the same XML", text);
  if (!done && !read) {
    fuzz::expect(sink.findings()[0].id == cda.findings()[0].id || fuzz::gave_up(sink),
                 "CDA and FHIR are refused for the same");
  }
  pugi::xml_document second;
  fuzz::expect(!read || second.load_buffer(text.data(), text.size(), pugi::parse_full),
               "pugixml reads what is well-formed", text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<char> bytes(data, data + size);
  const std::string_view text(bytes.data(), bytes.size());
  const SymbolTable symbols;
  Tree tree(symbols);
  finding::Collector sink;
  const bool done = format::read_xml(text, tree, sink);
  fuzz::expect(done != fuzz::has_fatal(sink), "a fatal finding ends the reading");
  compare_readers(text, done, sink);
  if (done) {
    read_back_xml(tree, sink.findings().empty());
    fuzz::expect_json(tree);
  }
  return 0;
}
