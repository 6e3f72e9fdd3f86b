// SPDX-License-Identifier: Apache-2.0
/// A map as read from text (Source*) and as compiled for the runner (Map). Syntax: lhcr-map(5).
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "map/compiler/stored.hpp"
#include "map/path.hpp"

namespace lhcr::map {

enum class Direction : std::uint8_t { both, forward, backward };

/// One row as written.
struct SourceRow {
  Location at;
  std::string id;
  Direction direction = Direction::both;
  std::string left;
  std::string right;
  std::string codec;
  std::vector<std::string> options;
  std::string use;  ///< name of a block whose rows are taken here; everything else is empty
};

/// One block as written.
struct SourceBlock {
  Location at;
  std::string map;  ///< "ccda", "itk", "stu3": from the latest `map` line
  std::string name;
  std::string left;
  std::string right;
  Direction direction = Direction::both;
  std::vector<std::string> options;
  std::vector<SourceRow> rows;
};

/// One line of a ConceptMap.
struct SourceCode {
  Location at;
  Direction direction = Direction::both;
  std::string left;
  std::string right;
  std::string left_display;
  std::string right_display;
};

/// A ConceptMap as written: systems of both sides and lines.
struct SourceConcepts {
  Location at;
  std::string name;
  std::string left_system;
  std::string right_system;
  std::vector<SourceCode> codes;
};

/// A line that names what turns the meaning of a statement.
struct SourceModifier {
  Location at;
  std::string map;
  std::string name;
  std::string path;                 ///< from the statement
  bool turns = false;               ///< the values turn the meaning; else all others do
  bool inherited = false;           ///< by the statements inside
  std::vector<std::string> values;  ///< "*": any
};

/// A line that names what an element of FHIR that is a modifier says when it turns nothing.
struct SourcePlain {
  Location at;
  std::string map;
  std::string path;                 ///< "AllergyIntolerance.verificationStatus"
  std::vector<std::string> values;  ///< codes; "*": any
};

/// Everything read from map files, in order; overlays are applied by add().
struct Source {
  std::vector<SourceBlock> blocks;
  std::vector<SourceConcepts> concepts;
  struct System {
    std::string oid;
    std::string uri;
    std::string map;  ///< that prefers it to other systems of the same URI
  };
  std::vector<System> systems;
  struct Template {
    std::string root;
    std::string extension;
  };
  std::vector<Template> templates;
  struct Section {
    std::string code;
    std::string root;
    std::string extension;
    std::string title;
  };
  std::vector<Section> sections;
  /// A template of another family that says the same as one that the maps know.
  struct Alias {
    std::string root;
    std::string known;
  };
  std::vector<Alias> aliases;
  std::vector<std::string> arcs;  ///< roots of the template families that the maps are written for
  std::vector<SourceModifier> modifiers;
  std::vector<SourcePlain> plain;
  std::vector<std::string> directed;  ///< typeCodes that mean another thing the other way round
  struct Place {
    std::size_t block = 0;
    std::size_t row = 0;
  };
  std::unordered_map<std::string, Place> places;       ///< of rows by id
  std::unordered_map<std::string, std::string> bases;  ///< map -> the map it is laid over
};

/// Reads one map text into `source`. In an overlay a row with a known id replaces the row, `delete
/// ID` deletes it. Throws Error{input} with file:line:col.
void read_map(std::string_view text, const std::string& file, Source& source);
/// The built-in tables.
/// `wanted`: only the files of these maps and those that serve all; empty: every file.
[[nodiscard]] Source built_in_maps(std::span<const std::string_view> wanted = {});

/// A compiled ConceptMap.
struct Concepts {
  struct Target {
    std::string system;
    std::string code;
    std::string display;
  };
  struct Tables {
    std::unordered_map<std::string, Target> forward;  ///< by "system|code", or "|code", or "*"
    std::unordered_map<std::string, Target> backward;
  };
  std::string name;
  std::string left_system;
  std::string right_system;
  Stored<Tables> tables;
  /// The target of a code, or nullptr. An entry for any system and the default "*" are tried last.
  [[nodiscard]] const Target* find(bool is_forward, std::string_view system,
                                   std::string_view code) const;
};

struct CodecEntry;
struct Block;

/// A compiled row.
struct Row {
  Direction direction = Direction::both;
  Path left;
  Path right;
  const CodecEntry* codec = nullptr;
  std::string literal;               ///< codec 'text'
  std::vector<const Block*> blocks;  ///< of object(), resource(), statement
  const Concepts* concepts = nullptr;
  std::vector<Test> when_left;   ///< when LEFT tests, judged reading left
  std::vector<Test> when_right;  ///< back TESTS, judged reading right
  bool if_none = false;          ///< only when the target has no such child yet
  bool rest = false;             ///< only what no earlier row has taken
  bool null_flavor = false;      ///< nullFlavor <-> data-absent-reason
  bool quiet = false;            ///< reads without marking as carried
  bool keeps = false;            ///< a code that its ConceptMap does not list stays as it is
  bool refer = false;            ///< a statement that has an entry of its own is referred to
  bool nth = false;    ///< forward: only the match whose turn it is among those of `repeat`
  bool least = false;  ///< forward: of several matches the one with the least value
  bool every = false;  ///< forward: a code for each holder that has none of its own
  Path repeat;         ///< forward: a resource for each match
  std::vector<std::string> most;  ///< backward: of several codes for one place the last of these
  std::vector<Symbol> lacks;      ///< only when the target has none of these children
  bool aside = false;     ///< writes a private extension or a tag, which no reader has to know
  ModifierMask says = 0;  ///< modifiers of the statement that it carries
  ModifierMask says_wrapper = 0;                       ///< and of the wrapper around it
  definition::TypeId left_type = definition::no_type;  ///< FHIR types at the ends of the paths
  definition::TypeId right_type = definition::no_type;
  std::string argument;  ///< codec argument
  std::vector<std::string>
      targets;  ///< resource types a statement's Reference may mean; empty: any
  [[nodiscard]] const Path& from(bool forward) const noexcept { return forward ? left : right; }
  [[nodiscard]] const Path& to(bool forward) const noexcept { return forward ? right : left; }
};

/// A compiled block.
struct Block {
  std::string name;
  Direction direction = Direction::both;
  Path left;                  ///< element with tests; the core when there is a wrapper
  Path wrapper;               ///< element around it, empty when there is none
  Path right;                 ///< resource type with tests, or empty for parts of a resource
  std::string resource_type;  ///< of `right`
  Stored<std::vector<Row>> rows;
  std::vector<std::string>
      section_codes;  ///< sections this statement belongs to; the first is the default
  /// Sections in which it takes statements whose templates no map knows, too.
  std::vector<std::string> family_codes;
  ModifierMask says = 0;          ///< modifiers that the header asks for or its resource implies
  ModifierMask says_wrapper = 0;  ///< and of the wrapper
  bool statement = false;         ///< may stand in a section's entry
  std::string left_type;  ///< class or type that the rows of each side start from, as written
  std::string right_type;
  bool subject = false;      ///< the first resource it makes is the document's subject
  bool actor = false;        ///< told again and again: same identifiers, same resource
  bool same = false;         ///< told in two places of a document: same identifiers, same resource
  std::vector<Path> names;   ///< of an actor: those with other names are others
  bool nested_only = false;  ///< written only inside another statement
  bool entry_only = false;   ///< written only as a section's entry
  bool fact = false;     ///< about the subject: an entry when the subject passes the right tests
  bool mention = false;  ///< what it writes of a resource does not stand for all of it
  bool scope = false;    ///< a section: %section of what is inside it
  bool around = false;   ///< %wrapper of the statements inside it
};

/// What turns the meaning of a clinical statement, unless a row carries it.
struct Modifier {
  std::string name;
  std::vector<Symbol> path;  ///< from the statement to an attribute or element
  bool turns = false;        ///< the values turn the meaning; else all others do
  bool inherited = false;    ///< by the statements inside
  std::vector<std::string> values;
  /// Whether this value says other than the plain, done, present fact.
  [[nodiscard]] bool is_turned_by(std::string_view value) const;
};

/// Codes of code systems as OID (CDA) and URI (FHIR).
struct Systems {
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };
  using Table = std::unordered_map<std::string, std::string, Hash, std::equal_to<>>;
  Table by_oid;
  Table by_uri;
  void add(const std::string& oid, const std::string& uri);
  /// The URI of an OID ("" when unknown).
  [[nodiscard]] std::string_view uri(std::string_view oid) const;
  [[nodiscard]] std::string_view oid(std::string_view uri) const;
};

/// A map ready to run. Immutable, shared by threads.
struct Map {
  struct Section {
    std::string title;
    std::vector<std::pair<std::string, std::string>> templates;  ///< root, extension ("-": none)
  };
  std::unordered_map<std::string, Section> sections;  ///< by LOINC code
  std::vector<std::unique_ptr<Block>> blocks;
  std::unordered_map<std::string, const Block*> by_name;
  std::unordered_map<std::string, std::vector<const Block*>>
      by_template;                             ///< statement blocks by templateId root
  std::vector<const Block*> facts;             ///< blocks about the subject
  std::vector<const Block*> plain_statements;  ///< statement blocks without a template
  std::unordered_map<std::string, std::vector<const Block*>>
      by_resource;  ///< statement blocks by resource type
  std::unordered_map<definition::TypeId, std::vector<const Block*>>
      by_left_type;  ///< between FHIR versions, but for blocks that rows name
  std::unordered_map<definition::TypeId, std::vector<const Block*>> by_right_type;
  std::unordered_map<std::string, std::unique_ptr<Concepts>> concepts;
  std::unordered_map<std::string, std::string> template_versions;
  std::vector<Modifier> modifiers;
  /// Of elements that FHIR's definitions call modifiers, by "Type.element": the values that say no
  /// more than the plain, done, present fact.
  std::unordered_map<std::string, std::vector<std::string>> plain;
  /// Whether a code is one of these ("*": any code is).
  [[nodiscard]] bool is_plain(const std::string& element, std::string_view code) const;
  std::unordered_map<std::string, std::string> aliases;   ///< templates of other families
  std::unordered_map<std::string, bool> known_templates;  ///< that some row or block asks for
  std::vector<std::string> arcs;  ///< whose templates the map is written for
  std::unordered_map<std::string, std::vector<const Block*>>
      families;  ///< by section code: for statements of templates that are not known
  /// Whether a templateId is one of the map's own, or of their family.
  [[nodiscard]] bool knows_template(std::string_view root) const;
  Systems systems;
  std::shared_ptr<const Image> image;  ///< what rows and codes are still to be read from
};

/// What Stored calls.
void read_stored(const Image& image, std::string_view bytes, std::vector<Row>& rows);
void read_stored(const Image& image, std::string_view bytes, Concepts::Tables& tables);

/// What a map is compiled against.
struct Sides {
  Model left = Model::cda;
  const definition::Definitions* left_definitions = nullptr;  ///< FHIR on the left
  const definition::Definitions* right_definitions = nullptr;
};

/// Compiles; names are interned into `symbols`. Throws Error{input} with the place of what is
/// wrong. `name`: which map of the source ("ccda", "itk", "stu3"); ConceptMaps, systems and
/// templates are common to all.
[[nodiscard]] std::unique_ptr<Map> compile_map(const Source& source, std::string_view name,
                                               const Sides& sides, SymbolTable& symbols);

}  // namespace lhcr::map
