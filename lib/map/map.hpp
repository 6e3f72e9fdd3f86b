// SPDX-License-Identifier: Apache-2.0
/// Conversions from one two-way map: CDA (C-CDA, UK ITK) <-> FHIR R4 and FHIR STU3 <-> R4. Syntax
/// of maps: lhcr-map(5).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "definition/definitions.hpp"
#include "tree/tree.hpp"

namespace lhcr::map {

/// Families of CDA documents.
enum class CdaFlavour : std::uint8_t { ccda, itk };

/// Bundle.type of a converted document.
enum class BundleType : std::uint8_t { document, transaction, collection };

struct ConvertOptions {
  BundleType bundle = BundleType::document;
  CdaFlavour flavour = CdaFlavour::ccda;
  bool keep_unmapped =
      false;  ///< carry along what no row carries, so that the way back restores it
};

/// One source element or attribute that no standard element has now, or a statement that was not
/// made.
struct Lost {
  std::string
      path;  ///< "/ClinicalDocument/recordTarget/patientRole/id[2]/@root", or a FHIRPath location
  std::string section;  ///< title of its section, or the resource type; empty for the header
  std::string value;    ///< its text; of a statement, what turns its meaning: "negationInd=true"
  std::uint32_t offset = 0;  ///< bytes from the start of the record
  std::uint64_t line = 0;    ///< of the input, from 1; 0: not located
  std::uint64_t column = 0;  ///< from 1
  std::size_t hash = 0;      ///< of the whole value, of which `value` is the beginning
};

/// What became of the parts of a record. Each element and attribute is booked once: carried (an
/// element of the standard has it), aside (only a private extension, a tag or the raw element that
/// travels along) or lost.
struct LossReport {
  bool listed = true;            ///< set to false before a conversion: only count, which is faster
  std::uint64_t first_line = 1;  ///< set before a conversion: the record's in its input
  std::vector<Lost> lost;        ///< empty when not listed
  std::vector<Lost> aside;       ///< empty when not listed
  /// Statements that were not made, since something that turns their meaning had no place; their
  /// parts are lost, too. Always listed.
  std::vector<Lost> not_stated;
  /// Statements whose templates no map knows and whose section and class do not say what they are.
  struct Strange {
    std::size_t statements = 0;
    std::vector<std::string> templates;  ///< distinct, the first few
    std::uint32_t offset = 0;            ///< of the first statement
  } strange;
  struct Part {
    std::string section;
    std::size_t carried = 0;
    std::size_t aside = 0;
    std::size_t lost = 0;
  };
  std::vector<Part> parts;  ///< in document order
  [[nodiscard]] std::size_t carried() const;
  /// How many are only beside the standard's elements.
  [[nodiscard]] std::size_t count_aside() const;
  /// How many elements and attributes were not carried.
  [[nodiscard]] std::size_t count() const;
  /// Adds what a second step lost of the first one's result.
  void add(const LossReport& second);
  /// Lines "INPUT:LINE:COLUMN: not carried: PATH = VALUE" ("aside", "not stated"), then one line a
  /// section.
  [[nodiscard]] std::string text(std::string_view input) const;
  /// One JSON object: {"input","notStated":[...],"lost":[{"path","section","value","line",
  /// "column"}],"aside":[...],"sections":[...]}.
  [[nodiscard]] std::string json(std::string_view input) const;
};

/// Which maps a Converter is to hold; those it lacks must not be asked for.
struct Needs {
  bool ccda = true;
  bool itk = true;
  bool versions = true;
};

/// One map file of the user, laid over the built-in ones.
struct Overlay {
  std::string name;  ///< for messages
  std::string text;
};

/// Whether bytes may hold a document of the ITK family: false is certain.
[[nodiscard]] bool may_be_itk(std::string_view bytes);
/// Says what a CDA document is by its root, templates and message type, and FHIR that was made from
/// one by what it keeps of them.
[[nodiscard]] CdaFlavour detect_flavour(const tree::Tree& record);

/// Makes a resource the only entry of a collection Bundle, which is what a map begins with; a
/// Bundle stays. `tree` must be typed, and is again afterwards.
void wrap_in_bundle(tree::Tree& tree, const definition::Definitions& definitions);

/// Holds the compiled maps; immutable after construction, shared by threads. Converted trees may
/// refer to its texts, so it must outlive them.
class Converter {
 public:
  /// Interns names into the library's symbols: make it before the first record is read. Throws
  /// Error{input} with file:line:col when an overlay is wrong.
  explicit Converter(definition::Library& library, const std::vector<Overlay>& overlays = {},
                     Needs needs = {});
  ~Converter();
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  /// `cda` as read by format::read_cda(). Makes a Bundle; false when there is no ClinicalDocument.
  bool cda_to_fhir(const tree::Tree& cda, const ConvertOptions& options, tree::Tree& fhir,
                   LossReport& loss) const;
  /// `fhir` is an R4 Bundle or resource, which is afterwards what it was. Makes a ClinicalDocument
  /// as the root's child.
  bool fhir_to_cda(tree::Tree& fhir, const ConvertOptions& options, tree::Tree& cda,
                   LossReport& loss) const;
  /// `from` and `to` are FHIR versions ("3.0.2", "4.0.1"); `source` is typed
  /// (definition::attach_types).
  /// False, and nothing is done, for any other two.
  bool change_version(const tree::Tree& source, std::string_view from, std::string_view to,
                      tree::Tree& target, LossReport& loss) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// One line about a row, for `lhcr map list`.
struct RowInfo {
  std::string map;  ///< "ccda", "itk", "stu3"
  std::string block;
  std::string id;
  std::string direction;
  std::string left;
  std::string right;
  std::string codec;
  std::string place;  ///< file:line
};
/// Every row of the built-in maps under the overlays.
[[nodiscard]] std::vector<RowInfo> list_rows(definition::Library& library,
                                             const std::vector<Overlay>& overlays = {});
/// What `lhcr map lint` says: rows without inverse, ambiguous ConceptMaps; each line
/// "file:line:col: text".
[[nodiscard]] std::vector<std::string> lint(definition::Library& library,
                                            const std::vector<Overlay>& overlays = {});
/// The text of a block of the built-in maps (or of a `codes`), empty when there is none.
[[nodiscard]] std::string show_block(std::string_view name,
                                     const std::vector<Overlay>& overlays = {});
/// The rows of one direction as FHIR Mapping Language.
[[nodiscard]] std::string export_fml(std::string_view map, bool forward,
                                     const std::vector<Overlay>& overlays = {});
/// The ConceptMaps as a JSON Bundle of FHIR ConceptMap resources.
[[nodiscard]] std::string export_concept_maps(const std::vector<Overlay>& overlays = {});

}  // namespace lhcr::map
