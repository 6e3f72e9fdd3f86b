// SPDX-License-Identifier: Apache-2.0
/// Decides which FHIR version a record is written in, by what it has (evidence.def).
#pragma once

#include <unordered_map>
#include <vector>

#include "definition/definitions.hpp"
#include "definition/version/addresses.hpp"
#include "definition/version/evidence.hpp"
#include "definition/version/fitting.hpp"
#include "tree/tree.hpp"

namespace lhcr::definition {

/// How far a judge looks. Versions in little use are asked only when something speaks against each
/// of the others: they would neither be taken nor be rivals, for nothing would speak for them.
enum class Depth : std::uint8_t {
  version,   ///< until the version is known: no rival where everything is as the default has it
  evidence,  ///< until its rival is known too
  every,     ///< until all versions have been asked; the version, its rival and what speaks against
             ///< the two are those of `evidence`
};

/// Judges records one after the other; one object belongs to one worker.
class VersionJudge {
 public:
  /// `library` outlives the judge, and has its packages already.
  explicit VersionJudge(const Library& library);

  /// Of an untyped tree, which stays as it is; linear. Holds until the next call.
  const Judgement& judge(const tree::Tree& tree, Depth depth = Depth::version);

 private:
  /// Fits the record to as many versions as `depth` wants; whether there is anything to weigh.
  [[nodiscard]] bool fit(const tree::Tree& tree, const std::vector<Addresses::Found>& found,
                         Depth depth);
  void add_addresses(const std::vector<Addresses::Found>& found);
  void add_elsewhere(Fact fact, std::string_view release);
  void look_elsewhere(const tree::Tree& tree, const std::vector<Addresses::Found>& found);
  void add_misfits(const tree::Tree& tree, std::size_t version);
  void add_absences(const tree::Tree& tree);
  void add_misfit(const tree::Tree& tree, tree::NodeId node, std::size_t version);
  [[nodiscard]] VersionSet holders(tree::NodeId node, NodeFit misfit) const;
  [[nodiscard]] Fact& fact_of(Evidence kind, std::size_t holder, tree::NodeId node,
                              const tree::Tree& tree);
  void decide();
  [[nodiscard]] bool may_rival(std::size_t version, std::size_t best) const;
  /// The weight against a version; `counting` gets the facts that count.
  [[nodiscard]] unsigned against(std::size_t version, std::vector<std::size_t>* counting) const;
  [[nodiscard]] bool is_new_to(VersionSet holders, std::size_t version) const;

  std::vector<const Definitions*> versions_;  ///< the default first
  std::vector<std::size_t> age_;              ///< by version: how many are older
  Addresses addresses_;
  std::vector<Fitting> fittings_;
  std::size_t common_ = 0;  ///< the first versions: those that are not in little use
  std::size_t fitted_ = 0;  ///< the first versions: those that the record was fitted to
  std::unordered_map<std::uint64_t, std::size_t> by_key_;
  Judgement judgement_;
};

}  // namespace lhcr::definition
