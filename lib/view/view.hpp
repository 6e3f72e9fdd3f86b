// SPDX-License-Identifier: Apache-2.0
/// Views: SQL on FHIR v2 ViewDefinitions, compiled once and run on records to make rows of tables.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "definition/definitions.hpp"
#include "fhirpath/fhirpath.hpp"
#include "finding/finding.hpp"
#include "tree/tree.hpp"
#include "view/sql_type.hpp"

namespace lhcr::view {

/// How a column's values are written where a format has types.
enum class ColumnKind : std::uint8_t { text, boolean, integer, decimal };

/// What a column is to its table and to others, as tags of the view say; see Relations.
struct ColumnRole {
  enum class Merge : std::uint8_t { none, least, greatest, last };
  bool key = false;             ///< lhcr/key: no two rows have the same value
  bool required = false;        ///< lhcr/required: a row without it is none
  Merge merge = Merge::none;    ///< lhcr/merge: of the rows of one key, which value
  std::string references = {};  ///< lhcr/references: the table whose key it is
  /// lhcr/domain, of a concept: "Measurement" takes the rows of this domain, "!Measurement,Drug"
  /// all but those of these.
  std::string domain = {};
  bool may_miss = false;  ///< "TABLE?": where it is no key of the table, null is meant
};

struct Column {
  std::string name;
  std::string type;  ///< FHIR type as declared ("code"); empty: not declared
  std::string description;
  ColumnKind kind = ColumnKind::text;
  bool list = false;          ///< collection: true
  std::string sql_type = {};  ///< tag ansi/type, empty: not said
  SqlType sql = {};           ///< what it means for `kind`
  ColumnRole role = {};
};

/// One value of a row.
struct Cell {
  enum class Kind : std::uint8_t { null, text, number, boolean, list };
  Kind kind = Kind::null;
  bool scratch = false;      ///< `at` counts in Row::scratch
  std::uint32_t length = 0;  ///< bytes; of a list: items
  union {
    const char* bytes = nullptr;
    std::size_t at;  ///< of a list: its first item in Row::items
  };
};

/// One row; valid during RowSink::row() only.
struct Row {
  std::span<const Cell> cells;
  const Cell* items = nullptr;    ///< of lists
  const char* scratch = nullptr;  ///< text that is not in the record

  /// The text of a value that is no list: as FHIR writes it.
  [[nodiscard]] std::string_view text(const Cell& cell) const noexcept {
    return {cell.scratch ? scratch + cell.at : cell.bytes, cell.length};
  }
  [[nodiscard]] std::span<const Cell> list(const Cell& cell) const noexcept {
    return {items + cell.at, cell.length};
  }
};

class RowSink {
 public:
  RowSink() = default;
  RowSink(const RowSink&) = delete;
  RowSink& operator=(const RowSink&) = delete;
  virtual ~RowSink() = default;
  virtual void row(const Row& row) = 0;
};

/// A ViewDefinition as text.
struct Source {
  std::string name;  ///< for messages, and for the table when the view names none
  std::string text;  ///< JSON
};

struct Plan;

/// The names of the members that records need for all of `views`: what else they have can be left
/// unread. nullopt: the views look at more than they name.
class View;
[[nodiscard]] std::optional<std::vector<Symbol>> needed_names(const std::vector<View>& views,
                                                              SymbolTable& symbols);

struct ViewSettings {
  /// The version whose definitions are meant, empty: the first of the view's fhirVersion that is
  /// here, else R4.
  std::string fhir = {};
  /// Adds the columns source_file, version_id and last_updated.
  bool with_source = false;
};

/// A compiled view; immutable, shared by threads. `library` must outlive it.
class View {
 public:
  /// Interns names: to be made before the first record is read. Throws Error{input} with the place
  /// in the view, Error{usage} for a version that is not here.
  View(const Source& source, definition::Library& library, const ViewSettings& settings = {});
  View(View&&) noexcept;
  View& operator=(View&&) noexcept;
  ~View();

  [[nodiscard]] const std::string& source() const;    ///< the name that Source gave
  [[nodiscard]] const std::string& name() const;      ///< of the table
  [[nodiscard]] const std::string& resource() const;  ///< the type of record it reads
  [[nodiscard]] const std::vector<Column>& columns() const;
  [[nodiscard]] const definition::Definitions& definitions() const;
  /// Why records have no rows, a sentence for each `where`: its description, or empty.
  [[nodiscard]] const std::vector<std::string>& reasons() const;
  /// What is odd about the view and no error: elements that the type does not have.
  [[nodiscard]] const std::vector<std::string>& notes() const;

 private:
  friend class Runner;
  friend std::optional<std::vector<Symbol>> needed_names(const std::vector<View>&, SymbolTable&);
  std::unique_ptr<const Plan> plan_;
};

/// Runs a view on records; keeps scratch memory. One runner belongs to one worker.
class Runner {
 public:
  /// `view` must outlive it.
  explicit Runner(const View& view);
  Runner(Runner&&) noexcept;
  ~Runner();

  /// Makes the rows of the resource at `node` of a tree typed with the view's definitions; nothing
  /// for a resource of another type. False when the record cannot be a row of this view: the reason
  /// goes to `findings`, and the rows given to `sink` for this record are not to be used.
  bool run(const tree::Tree& tree, tree::NodeId node, RowSink& sink, finding::Sink& findings);
  /// Records so far that had no rows, by the `where` that said so, as View::reasons().
  [[nodiscard]] const std::vector<std::uint64_t>& left_out() const;
  /// What %sourceFile is for the records that come next; empty, as at first: nothing.
  void set_source(std::string_view name);
  /// What resolve() asks; nullptr: nothing is found. Must outlive the runner.
  void set_services(fhirpath::Services* services) noexcept { services_ = services; }

 private:
  struct State;
  fhirpath::Services* services_ = nullptr;
  std::unique_ptr<State> state_;
};

}  // namespace lhcr::view
