// SPDX-License-Identifier: Apache-2.0
#include "validate/nhs/nhs.hpp"

#include <algorithm>
#include <array>

#include "base/names.hpp"
#include "validate/run.hpp"
#include "validate/state.hpp"

namespace lhcr::validate {
namespace {

using tree::NodeId;

struct TypeConcern {
  std::string_view type;
  std::uint16_t concern;
};
constexpr std::array type_concerns = {
    TypeConcern{"Identifier", concern_identifier},
    TypeConcern{"Coding", concern_coding},
    TypeConcern{"CodeableConcept", concern_concept},
    TypeConcern{"Quantity", concern_quantity},
    TypeConcern{"SimpleQuantity", concern_quantity},
    TypeConcern{"Extension", concern_extension},
    TypeConcern{"Address", concern_address},
    TypeConcern{"ContactPoint", concern_contact_point},
    TypeConcern{"date", concern_date},
    TypeConcern{"dateTime", concern_date},
    TypeConcern{"instant", concern_date},
    TypeConcern{"Meta", concern_meta},
    TypeConcern{"Reference", concern_reference},
};

struct TypeCheck {
  std::string_view type;
  NhsRules::ResourceCheck check;
};
constexpr std::array type_checks = {
    TypeCheck{"Patient", check_nhs_patient},
    TypeCheck{"Observation", check_nhs_observation},
    TypeCheck{"Bundle", check_nhs_bundle},
    TypeCheck{"Composition", check_nhs_composition},
};

struct TypeElement {
  std::string_view type;
  std::string_view element;
};
constexpr std::array medicine_elements = {
#define LHCR_MEDICATION(type, element) TypeElement{type, element},
#include "validate/nhs/nhs_tables.def"
};
constexpr std::array past_elements = {
#define LHCR_PAST(type, element) TypeElement{type, element},
#include "validate/nhs/nhs_tables.def"
};

bool claims_uk_profile(const Run& run, NodeId meta) {
  const auto children = run.tree.children(meta);
  return std::any_of(children.begin(), children.end(), [&](NodeId at) {
    return run.tree[at].element == name::profile && is_uk_canonical(run.tree[at].text());
  });
}

/// Whether the record claims (or has to keep) a UK profile, uses a UK extension or carries an NHS
/// number.
bool is_uk_record(const Run& run, const NhsRules& rules) {
  const auto& profiles = run.options.profiles;
  if (std::any_of(profiles.begin(), profiles.end(), is_uk_canonical)) return true;
  constexpr std::uint16_t telling = concern_identifier | concern_meta | concern_extension;
  for (NodeId node = tree::root_node; node < run.tree.size(); ++node) {
    const std::uint16_t concern = rules.concerns(run.tree[node].type) & telling;
    if (concern == 0) continue;
    if ((concern == concern_identifier && is_nhs_number(run, node)) ||
        (concern == concern_meta && claims_uk_profile(run, node)) ||
        (concern == concern_extension && is_uk_canonical(run.child_text(node, name::url)))) {
      return true;
    }
  }
  return false;
}

void check_node(Run& run, NodeId node, std::uint16_t concern, const NhsRules& rules) {
  switch (concern) {
    case concern_identifier:
      return check_nhs_identifier(run, node);
    case concern_coding:
      return check_nhs_coding(run, node);
    case concern_concept:
      check_gp_connect_concept(run, node);
      return check_nhs_concept(run, node);
    case concern_quantity:
      return check_nhs_quantity(run, node);
    case concern_extension:
      return check_nhs_extension(run, node);
    case concern_address:
      return check_nhs_address(run, node);
    case concern_contact_point:
      return check_nhs_contact_point(run, node);
    case concern_date:
      return check_nhs_date(run, node);
    case concern_meta:
      return check_nhs_meta(run, node);
    case concern_reference:
      return check_nhs_reference(run, node);
    default:
      break;
  }
  if (run.tree[node].is(tree::Flag::resource)) {
    rules.resource_check(run.tree[node].type)(run, node);
  }
}

}  // namespace

bool is_nhs_number(const Run& run, NodeId identifier) {
  const auto known = uk_system(run.child_text(identifier, name::system));
  return known && known->kind == UkSystem::nhs_number;
}

NhsRules::NhsRules(const definition::Definitions& definitions, const SymbolTable& symbols) {
  for (const TypeConcern& row : type_concerns) add_type(definitions, row.type, row.concern);
  for (const TypeCheck& row : type_checks) {
    add_type(definitions, row.type, concern_resource);
    resource_checks_[definitions.type(row.type)] = row.check;
  }
  for (const TypeElement& row : medicine_elements) {
    medicines_.insert(key(definitions.type(row.type), symbols.find(row.element)));
  }
  for (const TypeElement& row : past_elements) {
    past_.insert(key(definitions.type(row.type), symbols.find(row.element)));
  }
}

void NhsRules::add_type(const definition::Definitions& definitions, std::string_view name,
                        std::uint16_t concern) {
  const definition::TypeId type = definitions.type(name);
  if (type == definition::no_type) return;
  if (concerns_.size() <= type) concerns_.resize(std::size_t{type} + 1, 0);
  concerns_[type] = concern;
}

NhsRules::ResourceCheck NhsRules::resource_check(definition::TypeId type) const {
  const auto found = resource_checks_.find(type);
  return found == resource_checks_.end() ? nullptr : found->second;
}

void check_nhs_rules(Run& run) {
  if (run.options.rules == RuleSet::none) return;
  const NhsRules& rules = run.state.nhs;
  if (run.options.rules == RuleSet::automatic && !is_uk_record(run, rules)) return;
  for (NodeId node = tree::root_node; node < run.tree.size(); ++node) {
    const std::uint16_t concern = rules.concerns(run.tree[node].type);
    if (concern != 0) check_node(run, node, concern, rules);
  }
}

}  // namespace lhcr::validate
