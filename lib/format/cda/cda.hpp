// SPDX-License-Identifier: Apache-2.0
/// CDA R2 documents between bytes and the tree. Elements and attributes are both children
/// (attributes flagged), names of the namespace urn:hl7-org:v3 have no prefix, those of
/// urn:hl7-org:sdtc and other known ones (cda_namespaces) begin with a prefix, text between
/// elements is nameless Kind::text, an element with nothing but text keeps it as its own text.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "finding/finding.hpp"
#include "format/format.hpp"
#include "tree/tree.hpp"

namespace lhcr::format {

/// A namespace whose names begin with a prefix in the tree, whatever the document's own prefix.
struct CdaNamespace {
  std::string_view prefix;
  std::string_view uri;
  bool always;  ///< declared in every document that is written; others where they are used
};
constexpr std::array<CdaNamespace, 4> cda_namespaces{
    {{"sdtc", "urn:hl7-org:sdtc", true},
     {"xsi", "http://www.w3.org/2001/XMLSchema-instance", true},
     {"npfitlc", "NPFIT:HL7:Localisation", false},
     {"itk", "urn:nhs-itk:ns:201005", false}}};

/// Fills `tree` (cleared first) with the whole XML document. Text points into `bytes`, which must
/// outlive the tree's use, or the tree's arena. UTF-16 and ISO-8859-1 are decoded; offsets then
/// count bytes of the UTF-8 form. False when the document is not well-formed or too deep; what is
/// wrong goes to `sink`.
bool read_cda(std::string_view bytes, tree::Tree& tree, finding::Sink& sink,
              const ReadLimits& limits = {});

/// Appends the element `node` as XML; a ClinicalDocument, or the envelope around one, gets the
/// namespace declarations and the XML declaration.
void write_cda(const tree::Tree& tree, tree::NodeId node, const WriteStyle& style,
               std::string& out);

/// Reads one element as write_cda() writes it and appends it below `parent`. False when the text is
/// not well-formed.
bool read_cda_fragment(std::string_view bytes, tree::Tree& tree, tree::NodeId parent);

}  // namespace lhcr::format
