// SPDX-License-Identifier: Apache-2.0
#include "definition/compiler/expand.hpp"

#include <algorithm>
#include <iterator>

namespace lhcr::definition::compiler {
namespace {

constexpr std::size_t deepest_import = 64;

void unite(Expansion& into, const Expansion& more) {
  for (const auto& [system, part] : more.systems) {
    SystemPart& target = into.systems[system];
    target.codes.insert(part.codes.begin(), part.codes.end());
    Codes excluded;
    if (target.open && part.open) {
      std::set_intersection(target.excluded.begin(), target.excluded.end(), part.excluded.begin(),
                            part.excluded.end(), std::inserter(excluded, excluded.end()));
    } else {
      excluded = target.open ? target.excluded : part.excluded;
    }
    for (const std::string_view code : target.codes) {
      excluded.erase(code);
    }
    target.excluded = std::move(excluded);
    target.open = target.open || part.open;
    target.whole = target.whole || part.whole;
  }
  into.incomplete = into.incomplete || more.incomplete;
}

SystemPart intersection(const SystemPart& left, const SystemPart& right) {
  SystemPart both;
  std::set_intersection(left.codes.begin(), left.codes.end(), right.codes.begin(),
                        right.codes.end(), std::inserter(both.codes, both.codes.end()));
  const auto uncertain = [&both](const SystemPart& sure, const SystemPart& unsure) {
    return unsure.open &&
           std::any_of(sure.codes.begin(), sure.codes.end(), [&](std::string_view code) {
             return !both.codes.contains(code) && !unsure.excluded.contains(code);
           });
  };
  both.open = (left.open && right.open) || uncertain(left, right) || uncertain(right, left);
  both.whole = left.whole && right.whole;
  both.excluded = left.excluded;
  both.excluded.insert(right.excluded.begin(), right.excluded.end());
  return both;
}

/// What is in both. A system that only one side knows stays possible while the other side is
/// incomplete.
Expansion intersect(const Expansion& left, const Expansion& right) {
  Expansion both;
  both.incomplete = left.incomplete && right.incomplete;
  for (const auto& [system, part] : left.systems) {
    const auto other = right.systems.find(system);
    if (other != right.systems.end()) {
      both.systems[system] = intersection(part, other->second);
    } else if (right.incomplete) {
      both.systems[system].open = true;
    }
  }
  for (const auto& [system, part] : right.systems) {
    if (left.incomplete && !left.systems.contains(system)) {
      both.systems[system].open = true;
    }
  }
  return both;
}

// When it is not known what is taken away, nothing is certain any more.
void subtract(Expansion& from, const Expansion& less) {
  for (auto& [system, part] : from.systems) {
    const auto other = less.systems.find(system);
    const bool unsure = less.incomplete || (other != less.systems.end() && other->second.open);
    part.whole = part.whole && !unsure && other == less.systems.end();
    if (other != less.systems.end()) {
      for (const std::string_view code : other->second.codes) {
        part.codes.erase(code);
        part.excluded.insert(code);
      }
    }
    if (unsure && !part.codes.empty()) {
      part.codes.clear();
      part.open = true;
    }
  }
}

void add_expansion(const ValueSetModel& set, Expansion& into) {
  if (set.expansion_complete) {
    into = {};
  }
  for (const auto& [system, code] : set.expansion) {
    SystemPart& part = into.systems[system];
    part.codes.insert(code);
    part.excluded.erase(code);
  }
}

}  // namespace

bool is_open(const Expansion& expansion) {
  return expansion.incomplete || std::any_of(expansion.systems.begin(), expansion.systems.end(),
                                             [](const auto& entry) { return entry.second.open; });
}

Expander::Expander(const Model& model, Below& below)
    : model_(model),
      below_(below),
      states_(model.value_sets.size(), State::none),
      expansions_(model.value_sets.size()) {
  for (std::size_t at = 0; at < model.value_sets.size(); ++at) {
    sets_.emplace(model.value_sets[at].url, at);
  }
  for (std::size_t at = 0; at < model.code_systems.size(); ++at) {
    systems_.emplace(model.code_systems[at].url, at);
  }
}

std::ptrdiff_t Expander::code_system(std::string_view url) const {
  const auto found = systems_.find(url);
  return found == systems_.end() ? -1 : static_cast<std::ptrdiff_t>(found->second);
}

Codes Expander::all_codes(std::string_view system) const {
  IncludeModel whole;
  whole.system = system;
  return system_part(whole, false).codes;
}

SystemPart Expander::system_part(const IncludeModel& include, bool active_only) const {
  SystemPart part;
  if (include.has_codes) {
    part.codes.insert(include.codes.begin(), include.codes.end());
    return part;
  }
  part.open = true;
  part.whole = include.filters.empty();
  const auto take = [&](const CodeSystemModel& system) {
    bool computable = true;
    Codes codes = filter_codes(system, include.filters, active_only, computable);
    if (computable) {
      part.codes.merge(codes);
      part.open = part.open && !system.complete();
    }
  };
  const auto& systems = model_.code_systems;
  for (auto at = static_cast<std::size_t>(std::max<std::ptrdiff_t>(code_system(include.system), 0));
       at < systems.size() && systems[at].url == include.system; ++at) {
    take(systems[at]);
  }
  for (const CodeSystemModel& system : below_.code_systems(include.system)) {
    take(system);
  }
  return part;
}

Expansion Expander::include_part(const IncludeModel& include, bool active_only) {
  Expansion part;
  bool started = false;
  if (!include.system.empty()) {
    part.systems[include.system] = system_part(include, active_only);
    started = true;
  }
  for (const std::string& canonical : include.value_sets) {
    const Expansion other = imported(canonical);
    part = started ? intersect(part, other) : other;
    started = true;
  }
  return part;
}

std::ptrdiff_t Expander::find_set(std::string_view canonical) const {
  const std::size_t bar = sets_.contains(canonical) ? std::string_view::npos : canonical.find('|');
  const std::string_view url = canonical.substr(0, bar);
  const auto first = sets_.find(url);
  if (first == sets_.end()) {
    return -1;
  }
  std::size_t at = first->second;
  while (bar != std::string_view::npos && at < model_.value_sets.size() &&
         model_.value_sets[at].url == url &&
         model_.value_sets[at].version != canonical.substr(bar + 1)) {
    ++at;
  }
  return at < model_.value_sets.size() && model_.value_sets[at].url == url
             ? static_cast<std::ptrdiff_t>(at)
             : -1;
}

Expansion Expander::imported(std::string_view canonical) {
  const std::ptrdiff_t set = find_set(canonical);
  const auto index = static_cast<std::size_t>(set);
  if (const Expansion* known = set < 0 ? below_.expansion(canonical) : nullptr; known != nullptr) {
    return *known;
  }
  if (set < 0 || states_[index] == State::busy || depth_ >= deepest_import) {
    Expansion unknown;
    unknown.incomplete = true;
    return unknown;
  }
  return expand(index);
}

Expansion Expander::compose(std::size_t set) {
  const ValueSetModel& model = model_.value_sets[set];
  Expansion result;
  result.incomplete = !model.has_compose;
  for (const IncludeModel& include : model.includes) {
    unite(result, include_part(include, model.active_only));
  }
  for (const IncludeModel& exclude : model.excludes) {
    subtract(result, include_part(exclude, false));
  }
  return result;
}

const Expansion& Expander::expand(std::size_t set) {
  Expansion& result = expansions_[set];
  if (states_[set] != State::none) {
    return result;
  }
  states_[set] = State::busy;
  ++depth_;
  const ValueSetModel& model = model_.value_sets[set];
  result = compose(set);
  if (is_open(result)) {
    add_expansion(model, result);
  }
  --depth_;
  states_[set] = State::done;
  return result;
}

}  // namespace lhcr::definition::compiler
