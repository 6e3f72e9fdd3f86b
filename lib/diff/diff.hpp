// SPDX-License-Identifier: Apache-2.0
/// Two records compared by what they mean: what was added, removed, changed, moved.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "definition/definitions.hpp"
#include "fhirpath/fhirpath.hpp"
#include "tree/tree.hpp"

namespace lhcr::diff {

class Rules;
class Side;

enum class What : std::uint8_t {
  added,
  removed,
  changed,
  moved,    ///< an item of an ordered list
  rewrite,  ///< no change of its own: JSON Patch sets a whole member here (see
            ///< Change::json_covered)
};

/// What makes two values differ.
enum class Why : std::uint8_t { value, precision, display, instant, reference, type, order };

enum class Level : std::uint8_t {
  same,   ///< another way to write the same: an instant in another zone
  minor,  ///< displays and precision
  change,
};

/// One difference. A list of them is a script: what is inside an item comes before its list
/// changes, then removals from the back, moves, and additions from the front, so that indexes of
/// the left record hold for every step.
struct Change {
  What what = What::changed;
  Why why = Why::value;
  Level level = Level::change;
  bool json_covered = false;      ///< a rewrite of the same script carries it
  bool fhirpath_covered = false;  ///< a replacement of the parent carries it
  bool list = false;              ///< added to, or moved in, a repeating element
  tree::NodeId left = tree::no_node;
  tree::NodeId right = tree::no_node;
  tree::NodeId left_parent = tree::no_node;
  tree::NodeId right_parent = tree::no_node;
  std::uint32_t from = 0;  ///< moved: index before
  std::uint32_t to = 0;    ///< added, moved: index at its turn
  std::uint32_t size = 0;  ///< added: items in the list at its turn
};

/// FHIRPath of the user, compiled.
struct Paths {
  std::vector<fhirpath::Expression> ignore;
  std::vector<fhirpath::Expression> only;
  std::vector<fhirpath::Expression> key;
};

struct Options {
  bool strict = false;  ///< every byte of every value, and every order, counts
  const Paths* paths = nullptr;
};

/// Numbers of resources outside the record that both sides know, by hash_of_target() of "Type/id",
/// or of no type and a fullUrl.
using Targets = std::unordered_map<std::uint64_t, std::uint64_t>;
[[nodiscard]] std::uint64_t hash_of_target(std::string_view type, std::string_view id);

/// One record, read and typed.
struct Record {
  const tree::Tree* tree = nullptr;
  tree::NodeId node = tree::root_node;
  const Targets* targets = nullptr;
};

/// Compares records of one FHIR version. Keeps no state between calls but the rules.
class Comparer {
 public:
  /// `definitions` and `symbols` outlive the object.
  Comparer(const definition::Definitions& definitions, const SymbolTable& symbols,
           const Options& options);
  ~Comparer();

  /// The differences as a script that makes `right` of `left`, in the order described at Change.
  [[nodiscard]] std::vector<Change> compare(const Record& left, const Record& right) const;

  /// A number that is equal for records that say the same (written the same way, order aside).
  [[nodiscard]] std::uint64_t content_hash(const Record& record) const;
  /// Numbers of which two records of one thing share one: type and id, then keys of the user and
  /// identifiers.
  [[nodiscard]] std::vector<std::uint64_t> identity(const Record& record) const;
  /// The same by clinical keys (code, date, subject), which are weaker.
  [[nodiscard]] std::vector<std::uint64_t> clinical_keys(const Record& record) const;

  [[nodiscard]] const Rules& rules() const noexcept { return *rules_; }
  [[nodiscard]] const Options& options() const noexcept { return options_; }

 private:
  Options options_;
  std::unique_ptr<const Rules> rules_;
};

/// Whether the script says that the records differ (Level::same alone does not).
[[nodiscard]] bool differs(std::span<const Change> changes);

}  // namespace lhcr::diff
