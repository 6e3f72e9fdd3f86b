// SPDX-License-Identifier: Apache-2.0
/// The FHIRPath options of `lhcr diff`.
#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"
#include "cmd/diff/diff.hpp"
#include "diff/diff.hpp"
#include "fhirpath/fhirpath.hpp"

namespace lhcr::cmd {

/// --ignore, --only and --key. To be made before records are read, whose names come later; throws
/// Error{usage} for an expression that is none.
class DiffPaths {
 public:
  DiffPaths(const DiffOptions& options, definition::Library& library) : options_(options) {
    each([&](std::string_view name, const std::string& text, auto&) {
      guarded(name, text, [&] { fhirpath::intern_names(text, library.symbols()); });
    });
  }

  const diff::Paths& compiled(const definition::Definitions& definitions,
                              const SymbolTable& symbols) {
    paths_ = {};
    each([&](std::string_view name, const std::string& text, auto& into) {
      guarded(name, text, [&] { into.emplace_back(text, definitions, symbols); });
    });
    return paths_;
  }

 private:
  template <typename Work>
  void each(const Work& work) {
    for (const std::string& text : options_.ignore) work("--ignore", text, paths_.ignore);
    for (const std::string& text : options_.only) work("--only", text, paths_.only);
    for (const std::string& text : options_.key) work("--key", text, paths_.key);
  }

  template <typename Work>
  static void guarded(std::string_view name, const std::string& text, const Work& work) {
    try {
      work();
    } catch (const fhirpath::ExpressionError& error) {
      throw Error(ErrorKind::usage, std::string(name) + ":" + std::to_string(error.position() + 1) +
                                        ": " + error.what() + "\n  " + text);
    }
  }

  const DiffOptions& options_;
  diff::Paths paths_;
};

}  // namespace lhcr::cmd
