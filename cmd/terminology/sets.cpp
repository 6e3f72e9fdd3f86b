// SPDX-License-Identifier: Apache-2.0
#include "cmd/terminology/sets.hpp"

#include "base/error.hpp"
#include "cmd/run/version.hpp"
#include "definition/value_sets.hpp"
#include "definition/version/releases.hpp"
#include "terminology/query/implicit_sets.hpp"
#include "terminology/query/stored_sets.hpp"

namespace lhcr::cmd {
namespace {

const definition::Definitions& version_of(const definition::Library& definitions,
                                          const std::string& fhir) {
  const definition::Definitions* chosen = chosen_version(definitions, fhir);
  return chosen == nullptr ? definition::default_version(definitions) : *chosen;
}

}  // namespace

bool is_canonical(const std::string& text) {
  return text.find("://") != std::string::npos || text.starts_with("urn:");
}

struct ValueSets::State {
  State(const terminology::Library& library, const TerminologyCommand& options, const Io& io)
      : implicit(library), stored(library) {
    open_packages(definitions, options.packages, options.version.fhir, false, io);
    defined.emplace(version_of(definitions, options.version.fhir));
    directory.emplace(std::vector<const terminology::SetDirectory*>{&implicit, &stored, &*defined});
    judge.emplace(library, *directory);
  }
  definition::Library definitions;
  terminology::ImplicitSets implicit;
  terminology::StoredSets stored;
  std::optional<definition::DefinedSets> defined;
  std::optional<terminology::SetDirectories> directory;
  std::optional<terminology::ValueSetJudge> judge;
};

ValueSets::ValueSets(const terminology::Library& library, const TerminologyCommand& options,
                     const Io& io)
    : state_(std::make_unique<State>(library, options, io)) {}
ValueSets::~ValueSets() = default;

void ValueSets::require(const std::string& canonical) const {
  if (!state_->directory->has(canonical)) {
    throw Error(ErrorKind::input, "there is no value set " + canonical +
                                      ": name its package with --package, or add it with 'lhcr "
                                      "terminology add FILE'");
  }
}

bool ValueSets::contains(const std::string& canonical, const SystemCode& code) {
  require(canonical);
  const terminology::CodeSystemName* known = terminology::find_code_system(code.system);
  const std::string system = known == nullptr ? code.system : std::string(known->canonical);
  const auto in = state_->judge->contains(canonical, system, code.code);
  if (!in) {
    throw Error(ErrorKind::input, "whether " + code.code + " is in " + canonical +
                                      " could not be evaluated: " + state_->judge->why());
  }
  return *in;
}

std::vector<terminology::SetCode> ValueSets::expand(const std::string& canonical) {
  require(canonical);
  auto made = state_->judge->expand(canonical);
  if (!made) {
    throw Error(ErrorKind::input, canonical + " could not be evaluated: " + state_->judge->why());
  }
  return std::move(*made);
}

}  // namespace lhcr::cmd
