// SPDX-License-Identifier: Apache-2.0
/// From packages to the compiler's model.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "definition/compiler/below.hpp"
#include "definition/compiler/json.hpp"
#include "definition/compiler/model.hpp"

namespace lhcr::definition::compiler {

/// Collects resources. Of those with the same url and version only the first is kept.
class ModelReader {
 public:
  /// `keep`: differentials are read, resources of the types that have no place in the model are
  /// kept as JSON, and those in Bundles are taken (the official packages hold Bundles as examples
  /// only).
  explicit ModelReader(bool keep = false) : keep_(keep) {}
  /// Takes a conformance resource; anything else is passed over. `where`
  /// names it in the Error{input} thrown when it is no JSON. package_padding bytes follow
  /// `content`.
  void add(const std::string& where, std::string_view content);
  /// Takes a table of the CDA model (cda_model.hpp). From then on OIDs of code systems are kept.
  void add_table(const std::string& where, std::string_view text);
  /// From now on StructureDefinitions with the url of one that is known are passed over, whatever
  /// their version: a package does not redefine what a more important one defines.
  void end_package();
  /// The lists of the result are sorted by url; of equal urls the one that came first comes first.
  [[nodiscard]] Model finish(Below& below);

 private:
  void add_resource(json::Value resource);
  void add_contained(json::Value owner, std::string_view url);
  void add_oids(json::Value resource, std::string_view type, std::string_view url);

  bool keep_;
  bool oids_ = false;
  Model model_;
  simdjson::dom::parser parser_;
  std::set<std::string, std::less<>> known_;
  std::set<std::string, std::less<>> canonicals_;
  std::set<std::string, std::less<>> settled_;  ///< urls of the packages before
};

/// Reads packages in priority order. Throws Error{input}.
[[nodiscard]] Model read_packages(const std::vector<std::string>& paths);

}  // namespace lhcr::definition::compiler
