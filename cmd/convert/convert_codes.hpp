// SPDX-License-Identifier: Apache-2.0
/// The part of `lhcr convert` that works on codes by the releases that the user has: --translate,
/// --fill-display, --replace-inactive.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cmd/options.hpp"
#include "definition/definitions.hpp"
#include "terminology/store/library.hpp"
#include "tree/paths.hpp"
#include "tree/tree.hpp"

namespace lhcr::cmd {

struct CodeOptions {
  std::string translate;  ///< names of systems, parted by commas
  bool fill_display = false;
  bool replace_inactive = false;
  [[nodiscard]] bool any() const noexcept {
    return !translate.empty() || fill_display || replace_inactive;
  }
};
void declare_codes(OptionList& list, CodeOptions& options);

/// What was done to the codes of a record, and what was left as it was.
struct CodeReport {
  struct Note {
    std::string path;  ///< FHIRPath
    std::string what;  ///< "replaced: 229999999109 |...| by 179999999100 |...| (SAME AS)"
    bool changed = false;
  };
  std::vector<Note> notes;
  [[nodiscard]] std::size_t changed() const noexcept;
  /// Lines "INPUT: PATH: WHAT".
  [[nodiscard]] std::string text(const std::string& input) const;
  /// A list of {"path","what","changed"}.
  [[nodiscard]] std::string json() const;
};

/// The releases of a run; shared by its workers. Codings are added and never taken away; what is
/// done to each is told.
class Codes {
 public:
  /// Throws Error{usage} for a system that no map leads to, Error{input} when no release is here.
  explicit Codes(const CodeOptions& options);

  /// Works on a typed FHIR tree.
  CodeReport apply(tree::Tree& tree, const definition::Definitions& definitions) const;

 private:
  class Pass;

  const CodeOptions& options_;
  std::vector<std::string> targets_;
  std::unique_ptr<terminology::Library> library_;
};

}  // namespace lhcr::cmd
