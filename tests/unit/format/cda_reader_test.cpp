// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include <doctest/doctest.h>

#include "finding/finding.hpp"
#include "format/cda/cda.hpp"

using namespace lhcr;
using tree::NodeId;

namespace {

constexpr std::string_view head = "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"";

struct CdaRead {
  explicit CdaRead(std::string text) : bytes(std::move(text)), tree(symbols) {
    good = format::read_cda(bytes, tree, sink);
  }
  /// What write_cda() makes of it, without the declarations.
  [[nodiscard]] std::string again() const {
    std::string out;
    const NodeId document = tree[tree::root_node].child;
    format::write_cda(tree, tree[document].child, {false}, out);
    return out;
  }
  [[nodiscard]] std::string reason() const {
    return sink.findings().empty() ? std::string() : sink.findings()[0].arguments[0];
  }

  SymbolTable symbols;
  std::string bytes;
  tree::Tree tree;
  finding::Collector sink;
  bool good = false;
};

std::string document(std::string_view content) {
  return std::string(head) + ">" + std::string(content) + "</ClinicalDocument>";
}

}  // namespace

TEST_CASE("text without references is not copied, references are decoded") {
  const CdaRead read(document("<id root='1&amp;2'/>"));
  REQUIRE(read.good);
  CHECK(read.again() == "<id root=\"1&amp;2\"/>");
  const CdaRead plain(document("<title>plain</title>"));
  const NodeId title = plain.tree[plain.tree[tree::root_node].child].child;
  const char* const text = plain.tree[title].bytes;
  CHECK(text >= plain.bytes.data());
  CHECK(text < plain.bytes.data() + plain.bytes.size());
}

TEST_CASE("text of its own outlives the bytes") {
  const std::string text =
      document("<id root='1&amp;2'/><title>a <b>b</b> <i> </i></title><code code='A'/>");
  const CdaRead read(text);
  SymbolTable symbols;
  tree::Tree tree(symbols);
  finding::Collector sink;
  std::string bytes = text;
  format::ReadLimits limits;
  limits.own_text = true;
  REQUIRE(format::read_cda(bytes, tree, sink, limits));
  std::fill(bytes.begin(), bytes.end(), 'x');
  CHECK(tree::equal(tree, tree::root_node, read.tree, tree::root_node));
  std::string again;
  format::write_cda(tree, tree[tree[tree::root_node].child].child, {false}, again);
  CHECK(again == read.again());
}

TEST_CASE("white space counts in narrative and nowhere else") {
  CHECK(CdaRead(document("<author> <time/> </author>")).again() == "<author><time/></author>");
  CHECK(CdaRead(document("<text>a <b>b</b> <i> </i>&#233;</text>")).again() ==
        "<text>a <b>b</b> <i> </i>\xC3\xA9</text>");
  CHECK(CdaRead(document("<text><table> <tr> <td> </td> </tr> </table></text>")).again() ==
        "<text><table><tr><td> </td></tr></table></text>");
  CHECK(CdaRead(document("<text>\n <reference value='#a'/>\n</text>")).again() ==
        "<text><reference value=\"#a\"/></text>");
  CHECK(CdaRead(document("<title>a<!-- no -->b<![CDATA[<c>]]></title>")).again() ==
        "<title>ab&lt;c&gt;</title>");
}

TEST_CASE("prefixes are those of the tree, whatever the document's own") {
  const CdaRead read(
      "<x:ClinicalDocument xmlns:x='urn:hl7-org:v3' xmlns:s='urn:hl7-org:sdtc' "
      "xmlns:i='http://www.w3.org/2001/XMLSchema-instance'>"
      "<x:value i:type='x:CD'><s:raceCode code='1'/></x:value></x:ClinicalDocument>");
  REQUIRE(read.good);
  CHECK(read.again() == "<value xsi:type=\"CD\"><sdtc:raceCode code=\"1\"/></value>");
}

TEST_CASE("what is not well-formed is told with its place") {
  const CdaRead mismatch(document("<id></ID>"));
  CHECK_FALSE(mismatch.good);
  CHECK(mismatch.reason() == "the end tag </ID> does not match the start tag <id>");
  CHECK(mismatch.sink.findings()[0].position.offset == head.size() + 5);
  CHECK_FALSE(CdaRead(std::string(head) + "><id>").good);
  CHECK_FALSE(CdaRead(std::string(head) + "><id root=1/></ClinicalDocument>").good);
  CHECK_FALSE(CdaRead(std::string(head) + "><id root='1").good);
  CHECK_FALSE(CdaRead(document("") + "more").good);
  CHECK_FALSE(CdaRead(document("") + document("")).good);
  CHECK_FALSE(CdaRead(document("<title>\xFF</title>")).good);
  CHECK_FALSE(CdaRead("").good);
  std::string deep;
  for (int i = 0; i < 600; ++i) deep += "<a>";
  CHECK_FALSE(CdaRead(document(deep)).good);
}

TEST_CASE("a fragment needs no declarations and may be several elements") {
  SymbolTable symbols;
  tree::Tree tree(symbols);
  const tree::Builder root(tree);
  REQUIRE(format::read_cda_fragment("<id xsi:type=\"II\"/><sdtc:id/>", tree, tree::root_node));
  std::string out;
  for (const NodeId child : tree.children(tree::root_node)) {
    format::write_cda(tree, child, {false}, out);
  }
  CHECK(out == "<id xsi:type=\"II\"/><sdtc:id/>");
}
