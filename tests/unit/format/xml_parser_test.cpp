// SPDX-License-Identifier: Apache-2.0
// What XML 1.0 and Namespaces in XML 1.0 demand, through both readers.
#include "format/xml/xml_parser.hpp"

#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "finding/finding.hpp"
#include "finding/id.hpp"
#include "format/cda/cda.hpp"
#include "format/format.hpp"

using namespace lhcr;
using finding::Id;
using finding::id;
using std::string_literals::operator""s;

namespace {

/// One document read as FHIR or as CDA.
struct Read {
  Read(const std::string& text, bool cda) : bytes(text), tree(symbols) {
    good = cda ? format::read_cda(bytes, tree, sink) : format::read_xml(bytes, tree, sink);
  }
  [[nodiscard]] bool fatal(Id id) const {
    return !good && sink.findings().size() == 1 && sink.findings()[0].id == id &&
           sink.findings()[0].severity == finding::Severity::fatal;
  }
  [[nodiscard]] std::size_t offset() const {
    return static_cast<std::size_t>(sink.findings()[0].position.offset);
  }

  SymbolTable symbols;
  std::string bytes;
  tree::Tree tree;
  finding::Collector sink;
  bool good = false;
};

struct Dialect {
  std::string start;
  std::string end;
  bool cda;
};
const Dialect dialects[] = {
    {"<Patient xmlns=\"http://hl7.org/fhir\">", "</Patient>", false},
    {"<Patient xmlns=\"http://hl7.org/fhir\"><text><div xmlns=\"http://www.w3.org/1999/xhtml\">",
     "</div></text></Patient>", false},
    {"<ClinicalDocument xmlns=\"urn:hl7-org:v3\">", "</ClinicalDocument>", true},
    {"<ClinicalDocument xmlns=\"urn:hl7-org:v3\"><text>", "</text></ClinicalDocument>", true}};

void refused(const std::string& content, std::size_t at, Id expected = id<"xml-syntax">) {
  for (const Dialect& dialect : dialects) {
    CAPTURE(content);
    CAPTURE(dialect.start);
    const Read read(dialect.start + content + dialect.end, dialect.cda);
    REQUIRE(read.fatal(expected));
    INFO(read.sink.findings()[0].text());
    CHECK(read.offset() == dialect.start.size() + at);
  }
}

void accepted(const std::string& content) {
  for (const Dialect& dialect : dialects) {
    CAPTURE(content);
    CHECK(Read(dialect.start + content + dialect.end, dialect.cda).good);
  }
}

void whole_refused(const std::string& before, const std::string& after, std::size_t at,
                   Id expected = id<"xml-syntax">) {
  for (const Dialect& dialect : dialects) {
    CAPTURE(before);
    CAPTURE(after);
    const Read read(before + dialect.start + dialect.end + after, dialect.cda);
    REQUIRE(read.fatal(expected));
    INFO(read.sink.findings()[0].text());
    CHECK(read.offset() == at + (before.empty() ? dialect.start.size() + dialect.end.size() : 0));
  }
}

std::string wide(std::string_view text, bool big) {
  std::string out;
  for (const char byte : text) {
    out += big ? std::string{'\0', byte} : std::string{byte, '\0'};
  }
  return out;
}

}  // namespace

TEST_CASE("references are those of XML") {
  refused("a & b", 2);
  refused("a &amp b", 2);
  refused("&", 0);
  refused("a&;", 1);
  refused("&nbsp;", 0);
  refused("<a b='x &nbsp;'/>", 8);
  refused("<a b='&'/>", 6);
  refused("&#0;", 0);
  refused("&#8;", 0);
  refused("&#xD800;", 0);
  refused("&#xFFFE;", 0);
  refused("&#x110000;", 0);
  refused("&#65", 0);
  refused("&#X41;", 0);
  refused("&#xZ;", 0);
  accepted("<a>&lt;&gt;&amp;&quot;&apos;&#9;&#xA;&#65;&#x10FFFF;</a>");
}

TEST_CASE("characters are those of XML") {
  refused("\x0B", 0, id<"input-not-text">);
  refused("<a b='\x1F'/>", 6, id<"input-not-text">);
  refused("\0"s, 0, id<"input-not-text">);
  refused("\xEF\xBF\xBE", 0);
  refused("\xEF\xBF\xBF", 0);
  refused("\xED\xA0\x80", 0, id<"input-not-utf8">);
  refused("\xC0\x80", 0, id<"input-not-utf8">);
  refused("\xE9 b", 0, id<"input-not-utf8">);
  accepted("<a>\xC2\x85\x7F\xF4\x8F\xBF\xBF</a>");
}

TEST_CASE("markup is closed, and where it may stand") {
  refused("<a></b>", 3);
  refused("]]>", 0);
  refused("<!-- a -- b -->", 7);
  refused("<!-- a --->", 7);
  refused("<?xml version='1.0'?>", 0);
  refused("<?XML a?>", 0);
  refused("<!DOCTYPE a>", 0, id<"xml-doctype">);
  refused("< a/>", 0);
  refused("<1a/>", 1);
  accepted("<!-- a - b --><?b c?><![CDATA[]]&<]]><a/>");
}

TEST_CASE("attributes are named, quoted, apart and different") {
  refused("<a b='1' b='2'/>", 9);
  refused("<a b='1'c='2'/>", 8);
  refused("<a b=1/>", 5);
  refused("<a b/>", 4);
  refused("<a b='a<b'/>", 7);
  refused("<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>", 35);
  refused("<a xmlns='u' xmlns='u'/>", 13);
  accepted("<a xmlns='u' xmlns:p='u' b='1' p:b='2' c = \"'>\" />");
}

TEST_CASE("names are told apart however many there are") {
  std::string many = "<a";
  for (int i = 0; i < 3000; ++i) {
    many += " b" + std::to_string(i) + "='1'";
  }
  const auto taken = [](const std::string& content) {
    return Read(dialects[2].start + content + dialects[2].end, true).good;
  };
  CHECK(taken(many + "/>"));
  refused(many + " b1='2'/>", many.size() + 1);
  refused(many + " b2999='2'/>", many.size() + 1);
  refused(many + " p:c='2'/>", many.size() + 1);
  CHECK(taken(many + " xmlns:p='u' p:c='1' p:d='1'/><c1/><p:c xmlns:p='v'/>"));
  refused(many + " xmlns:p='u' xmlns:q='u' p:c='1' q:c='1'/>", many.size() + 33);
}

TEST_CASE("names are those of the fifth edition") {
  accepted("<\xC5\xBF a\xC2\xB7='1' \xF0\x9D\x80\xB2='2'/>");
  refused("<\xC2\xB7/>", 1);
  refused("<a\xC3\x97/>", 2);
  refused("<a \xE2\x80\xBF='1'/>", 3);
}

TEST_CASE("prefixes are declared and reserved ones left alone") {
  refused("<p:a/>", 0);
  refused("<a p:b='1'/>", 3);
  refused("<p:a xmlns:p='u'/><p:b/>", 18);
  refused("<a xmlns:p=''/>", 3);
  refused("<a xmlns:xml='u'/>", 3);
  refused("<a xmlns:xmlns='u'/>", 3);
  refused("<a xmlns:p='http://www.w3.org/2000/xmlns/'/>", 3);
  refused("<a xmlns='http://www.w3.org/XML/1998/namespace'/>", 3);
  refused("<p:a:b xmlns:p='u'/>", 0);
  refused("<:a/>", 0);
  refused("<p: xmlns:p='u'/>", 0);
  refused("<p:1 xmlns:p='u'/>", 0);
  refused("<?p:a b?>", 0);
  accepted("<a xml:lang='en' xmlns:xml='http://www.w3.org/XML/1998/namespace' xmlns=''/>");
}

TEST_CASE("a document is one element and what may stand around it") {
  whole_refused("\n<?xml version='1.0'?>", "", 1);
  whole_refused("<?xml version='2.0'?>", "", 0);
  whole_refused("<?xml version='1.'?>", "", 0);
  whole_refused("<!DOCTYPE a [<!ENTITY e 'x'>]>", "", 0, id<"xml-doctype">);
  whole_refused("<!-- <!DOCTYPE b> --><!DOCTYPE a SYSTEM 'file:///etc/passwd'>", "", 21,
                id<"xml-doctype">);
  whole_refused("", "<b/>", 0);
  whole_refused("", " text", 1);
  whole_refused("", "&#32;", 0);
  whole_refused("", "<?xml version='1.0'?>", 0);
  for (const Dialect& dialect : dialects) {
    CHECK(Read("<?xml version=\"1.1\" standalone='yes'?><!-- a --><?b?>\n" + dialect.start +
                   dialect.end + "<!-- c -->\n<?d?>\n",
               dialect.cda)
              .good);
    CHECK_FALSE(Read("<?xml encoding='UTF-8'?>" + dialect.start + dialect.end, dialect.cda).good);
    CHECK_FALSE(
        Read("<?xml version='1.0' standalone='maybe'?>" + dialect.start + dialect.end, dialect.cda)
            .good);
  }
}

TEST_CASE("encodings are decoded, contradictions refused") {
  for (const Dialect& dialect : dialects) {
    const std::string content = dialect.start + "<a b='q'/>" + dialect.end;
    const auto declared = [&](const std::string& name) {
      return "<?xml version='1.0' encoding='" + name + "'?>" + content;
    };
    const auto read = [&](const std::string& bytes) { return Read(bytes, dialect.cda).good; };
    for (const char* name : {"UTF-8", "utf-8", "ISO-8859-1", "Windows-1252", "US-ASCII"}) {
      CAPTURE(name);
      CHECK(read(declared(name)));
    }
    CHECK(read("\xEF\xBB\xBF" + declared("UTF-8")));
    for (const char* name : {"UTF-16", "UTF-16LE"}) {
      CHECK(read("\xFF\xFE" + wide(declared(name), false)));
      CHECK(read(wide(declared(name), false)));
    }
    for (const char* name : {"utf-16", "UTF-16BE"}) {
      CHECK(read("\xFE\xFF" + wide(declared(name), true)));
    }
    CHECK(read("\xFF\xFE" + wide(content, false)));
    CHECK(Read(declared("UTF-16"), dialect.cda).fatal(id<"xml-syntax">));
    CHECK(Read(wide(declared("UTF-8"), false), dialect.cda).fatal(id<"xml-syntax">));
    CHECK(Read(wide(declared("UTF-16BE"), false), dialect.cda).fatal(id<"xml-syntax">));
    CHECK(Read("\xEF\xBB\xBF" + declared("ISO-8859-1"), dialect.cda).fatal(id<"xml-syntax">));
    CHECK(Read(declared("US-ASCII") + "<!-- \xE9 -->", dialect.cda).fatal(id<"xml-syntax">));
    CHECK(Read(declared("windows-1252") + "<!-- \x81 -->", dialect.cda).fatal(id<"xml-syntax">));
    CHECK(Read(declared("EUC-JP"), dialect.cda).fatal(id<"xml-encoding">));
    CHECK(Read("\xFF\xFE\0\0<\0\0\0"s, dialect.cda).fatal(id<"xml-encoding">));
    CHECK(Read("\xFF\xFE" + wide(content, false) + "x", dialect.cda).fatal(id<"xml-syntax">));
  }
  const Read windows(
      "<?xml version='1.0' encoding='windows-1252'?><ClinicalDocument "
      "xmlns='urn:hl7-org:v3'><title>\x80\xE9</title></ClinicalDocument>",
      true);
  const tree::NodeId document = windows.tree[tree::root_node].child;
  CHECK(windows.tree[windows.tree[document].child].text() == "\xE2\x82\xAC\xC3\xA9");
}

TEST_CASE("the outermost element says what a document is") {
  const format::XmlRoot fhir = format::xml_root(
      "\xEF\xBB\xBF<?xml version='1.0'?><!-- <x/> --><f:A xmlns:f='http://hl7.org/fhir'><b");
  CHECK(fhir.name == "A");
  CHECK(fhir.space == "http://hl7.org/fhir");
  const format::XmlRoot wide_root =
      format::xml_root("\xFF\xFE" + wide("<ClinicalDocument xmlns='urn:hl7-org:v3'/>", false));
  CHECK(wide_root.name == "ClinicalDocument");
  CHECK(wide_root.space == "urn:hl7-org:v3");
  CHECK(format::xml_root("<a/>").space.empty());
  CHECK(format::xml_root("<!DOCTYPE a [<!ATTLIST a b CDATA 'c'>]><a/>").name == "a");
  CHECK(format::xml_root("{}").name.empty());
  CHECK(format::xml_root("<!--" + std::string(100'000, ' ') + "--><a/>").name == "a");
}

TEST_CASE("text of one element is one text") {
  const Read read(
      "<ClinicalDocument xmlns='urn:hl7-org:v3'><title>a&amp;<![CDATA[<b>]]> c<!-- d -->\r\ne"
      "</title></ClinicalDocument>",
      true);
  const tree::NodeId title = read.tree[read.tree[tree::root_node].child].child;
  CHECK(read.tree[title].text() == "a&<b> c\ne");
  CHECK(read.tree[title].child == tree::no_node);
  CHECK(Read("<Patient xmlns='http://hl7.org/fhir'><![CDATA[ \n]]><id value='1'/></Patient>", false)
            .sink.findings()
            .empty());
}

TEST_CASE("what can be written as it is is one element") {
  for (const char* good : {"<div>a<br/>&#160;<!-- b --></div>", "<a xmlns:b='u' b:c=''/>"}) {
    CHECK(format::is_well_formed_element(good));
  }
  for (const char* bad : {"", "a", "<div>", "<a/> ", "<a/><b/>", "<!-- a --><a/>", "<a>&nbsp;</a>",
                          "<b:a/>", "<?xml version='1.0'?><a/>", "<a>]]></a>"}) {
    CAPTURE(bad);
    CHECK_FALSE(format::is_well_formed_element(bad));
  }
}
