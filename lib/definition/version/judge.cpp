// SPDX-License-Identifier: Apache-2.0
#include "definition/version/judge.hpp"

#include <algorithm>
#include <iterator>

#include "definition/version/releases.hpp"
#include "definition/version/weights.hpp"

namespace lhcr::definition {
namespace {

using tree::NodeId;
using tree::Tree;

std::vector<const Definitions*> all_of(const Library& library) {
  std::vector<const Definitions*> versions;
  for (const std::string_view name : library.versions()) {
    versions.push_back(library.version(name));
  }
  return versions;
}

/// "4" of "4.0.1": records of 4.0 and 4.3 are converted alike.
std::string_view family(const Definitions& version) {
  return version.fhir_version().substr(0, version.fhir_version().find('.'));
}

Evidence evidence_of(NodeFit misfit) {
  switch (misfit) {
    case NodeFit::lacks_type:
      return Evidence::resource_type;
    case NodeFit::wrong_shape:
      return Evidence::shape;
    case NodeFit::wrong_list:
      return Evidence::list;
    case NodeFit::lacks_code:
      return Evidence::code;
    default:
      return Evidence::element;
  }
}

/// Whether a version that says `fit` of a node has what another one says `misfit` of.
bool has(NodeFit fit, NodeFit misfit) {
  return fit == NodeFit::fits || (fit == NodeFit::lacks_code && misfit != NodeFit::lacks_code) ||
         (fit != NodeFit::unreached && fit != NodeFit::lacks_element &&
          misfit == NodeFit::lacks_element) ||
         (fit == NodeFit::wrong_list && misfit == NodeFit::wrong_shape);
}

/// Whether an address speaks against a version.
bool speak_against(const std::vector<Addresses::Found>& found, std::size_t version) {
  return std::any_of(found.begin(), found.end(), [version](const Addresses::Found& item) {
    return item.fact->holders != 0 && (item.fact->holders >> version & 1U) == 0;
  });
}

}  // namespace

VersionJudge::VersionJudge(const Library& library)
    : versions_(all_of(library)), addresses_(library, versions_) {
  for (const Definitions* const version : versions_) {
    fittings_.emplace_back(*version, versions_);
    age_.push_back(static_cast<std::size_t>(
        std::count_if(versions_.begin(), versions_.end(), [&](const Definitions* other) {
          return other->fhir_version() < version->fhir_version();
        })));
  }
  while (common_ < versions_.size() && rarity(versions_[common_]->fhir_version()) == 0) ++common_;
}

const Judgement& VersionJudge::judge(const Tree& tree, Depth depth) {
  judgement_ = {};
  judgement_.version = versions_.front();
  const std::vector<Addresses::Found>& found = addresses_.read(tree);
  if (!fit(tree, found, depth)) return judgement_;
  by_key_.clear();
  add_addresses(found);
  for (std::size_t at = 0; at < fitted_; ++at) add_misfits(tree, at);
  add_absences(tree);
  decide();
  look_elsewhere(tree, found);
  return judgement_;
}

bool VersionJudge::fit(const Tree& tree, const std::vector<Addresses::Found>& found, Depth depth) {
  const bool named = std::any_of(found.begin(), found.end(), [](const Addresses::Found& item) {
    return (item.fact->holders & 1U) == 0;
  });
  bool settled = false;
  fitted_ = 0;
  const auto run = [&] {
    const bool fits = fittings_[fitted_].run(tree);
    settled = settled || (fits && fitted_ < common_ && !speak_against(found, fitted_));
    ++fitted_;
    return fits;
  };
  if (run() && !named && depth == Depth::version) return false;
  while (fitted_ < common_) run();
  while (fitted_ < fittings_.size() && (!settled || depth == Depth::every)) run();
  return true;
}

void VersionJudge::add_addresses(const std::vector<Addresses::Found>& found) {
  const auto all = static_cast<unsigned>((1U << versions_.size()) - 1U);
  for (const Addresses::Found& item : found) {
    if (item.fact->holders == 0) continue;
    Fact& fact = judgement_.facts.emplace_back();
    fact.kind = item.fact->kind;
    fact.holders = item.fact->holders;
    fact.lacking = static_cast<VersionSet>(all & ~unsigned{item.fact->holders});
    fact.first = item.fact->first;
    fact.count = item.fact->count;
    fact.thing = *item.text;
  }
}

/// Of what a release has that is not here only claims and types of resources are known: systems and
/// extensions are carried on by later ones.
void VersionJudge::look_elsewhere(const Tree& tree, const std::vector<Addresses::Found>& found) {
  for (const Addresses::Found& item : found) {
    const Evidence kind = item.fact->kind;
    if (kind != Evidence::stated && kind != Evidence::profile_named) continue;
    add_elsewhere({kind, 0, 0, item.fact->first, item.fact->count, *item.text}, item.fact->other);
  }
  for (const NodeId node : fittings_.front().misfits()) {
    if (fittings_.front().fit(node) != NodeFit::lacks_type) continue;
    const std::string_view type = tree.resource_type(node);
    add_elsewhere({Evidence::resource_type, 0, 0, node, 1, std::string(type)},
                  release_of_type(type));
  }
}

void VersionJudge::add_elsewhere(Fact fact, std::string_view release) {
  const unsigned weight = weight_of(fact.kind).not_yet;
  const bool heaviest =
      judgement_.elsewhere.empty() || weight > weight_of(judgement_.elsewhere_fact.kind).not_yet;
  if (release.empty() || weight <= judgement_.against_rival || !heaviest) return;
  judgement_.elsewhere = release;
  judgement_.elsewhere_fact = std::move(fact);
}

void VersionJudge::add_misfits(const Tree& tree, std::size_t version) {
  for (const NodeId node : fittings_[version].misfits()) add_misfit(tree, node, version);
}

/// What a version demands and another does not. A record that lacks what all of them demand is a
/// part of one, or broken, and what else it lacks says nothing.
void VersionJudge::add_absences(const Tree& tree) {
  std::vector<Fact> facts;
  for (std::size_t version = 0; version < fitted_; ++version) {
    for (const Absence& absence : fittings_[version].absences()) {
      unsigned holders = 0;
      bool demanded = true;  // by all who know the parent
      for (std::size_t other = 0; other < fitted_; ++other) {
        if (fittings_[other].type(absence.parent) == no_type) continue;
        const bool demands = fittings_[other].lacks(absence);
        holders |= demands ? 0U : 1U << other;
        demanded = demanded && demands;
      }
      if (demanded) return;
      Fact& fact = facts.emplace_back();
      fact.kind = Evidence::absence;
      fact.holders = static_cast<VersionSet>(holders);
      fact.lacking = static_cast<VersionSet>(1U << version);
      fact.first = absence.parent;
      fact.count = 1;
      fact.thing = versions_[version]->info(fittings_[version].type(absence.parent)).name;
      fact.thing.append(1, '.').append(tree.name(absence.element));
    }
  }
  std::move(facts.begin(), facts.end(), std::back_inserter(judgement_.facts));
}

/// What no version has is a fault of the record and says nothing.
void VersionJudge::add_misfit(const Tree& tree, NodeId node, std::size_t version) {
  const NodeFit misfit = fittings_[version].fit(node);
  const VersionSet having = holders(node, misfit);
  if (having == 0) return;
  std::size_t holder = 0;
  while ((having >> holder & 1U) == 0) ++holder;
  Fact& fact = fact_of(evidence_of(misfit), holder, node, tree);
  fact.holders |= having;
  fact.lacking = static_cast<VersionSet>(fact.lacking | 1U << version);
  // Each of the versions that lack it comes by; the first of them counts.
  const auto others = static_cast<VersionSet>((1U << version) - 1U);
  fact.count += (fact.lacking & others) == 0 ? 1 : 0;
}

VersionSet VersionJudge::holders(NodeId node, NodeFit misfit) const {
  unsigned set = 0;
  for (std::size_t at = 0; at < fitted_; ++at) {
    set |= has(fittings_[at].fit(node), misfit) ? 1U << at : 0U;
  }
  return static_cast<VersionSet>(set);
}

Fact& VersionJudge::fact_of(Evidence kind, std::size_t holder, NodeId node, const Tree& tree) {
  const bool is_type = kind == Evidence::resource_type;
  const TypeId type = fittings_[holder].type(is_type ? node : tree[node].parent);
  const std::uint64_t name = is_type ? no_symbol : tree[node].name;
  const std::uint64_t key = static_cast<std::uint64_t>(kind) << 60U |
                            static_cast<std::uint64_t>(holder) << 56U |
                            static_cast<std::uint64_t>(type) << 32U | name;
  const auto [at, added] = by_key_.try_emplace(key, judgement_.facts.size());
  if (added) {
    Fact& made = judgement_.facts.emplace_back();
    made.kind = kind;
    made.first = node;
    made.thing = versions_[holder]->info(type).name;
    if (!is_type) made.thing.append(1, '.').append(tree.name_of(node));
  }
  return judgement_.facts[at->second];
}

bool VersionJudge::is_new_to(VersionSet holders, std::size_t version) const {
  for (std::size_t at = 0; at < versions_.size(); ++at) {
    if ((static_cast<unsigned>(holders) >> at & 1U) != 0 && age_[at] < age_[version]) return false;
  }
  return true;
}

unsigned VersionJudge::against(std::size_t version, std::vector<std::size_t>* counting) const {
  unsigned sum = 0;
  std::size_t counted[std::size(weights)] = {};
  // The heavier ones of a kind first, for not all of them may count.
  for (const bool is_new : {true, false}) {
    for (std::size_t at = 0; at < judgement_.facts.size(); ++at) {
      const Fact& fact = judgement_.facts[at];
      const Weight& weight = weight_of(fact.kind);
      std::size_t& before = counted[static_cast<std::size_t>(fact.kind)];
      if ((fact.lacking >> version & 1U) == 0 || is_new_to(fact.holders, version) != is_new ||
          before >= weight.most) {
        continue;
      }
      ++before;
      sum += is_new ? weight.not_yet : weight.no_more;
      if (counting != nullptr) counting->push_back(at);
    }
  }
  return sum;
}

bool VersionJudge::may_rival(std::size_t version, std::size_t best) const {
  const auto speaks_for_it = [&](const Fact& fact) {
    return (fact.holders >> version & 1U) != 0 && (fact.lacking >> best & 1U) != 0;
  };
  return rarity(versions_[version]->fhir_version()) == 0 ||
         std::any_of(judgement_.facts.begin(), judgement_.facts.end(), speaks_for_it);
}

void VersionJudge::decide() {
  std::vector<unsigned> sums;
  for (std::size_t at = 0; at < versions_.size(); ++at) {
    sums.push_back(against(at, nullptr) + rarity(versions_[at]->fhir_version()));
  }
  const auto best =
      static_cast<std::size_t>(std::min_element(sums.begin(), sums.end()) - sums.begin());
  judgement_.version = versions_[best];
  judgement_.against_version = against(best, &judgement_.for_rival);
  std::size_t rival = versions_.size();
  for (std::size_t at = 0; at < versions_.size(); ++at) {
    if (family(*versions_[at]) == family(*versions_[best]) || !may_rival(at, best)) continue;
    if (rival == versions_.size() || sums[at] < sums[rival]) rival = at;
  }
  if (rival == versions_.size()) return;
  judgement_.rival = versions_[rival];
  judgement_.against_rival = against(rival, &judgement_.for_version);
}

}  // namespace lhcr::definition
