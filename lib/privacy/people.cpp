// SPDX-License-Identifier: Apache-2.0
/// Whom a resource, or a part of it, is about (FHIR R4, 2.47.4): by reference, by identifier, as a
/// contained resource.
#include <array>

#include "base/names.hpp"
#include "base/reference_text.hpp"
#include "base/uk_system.hpp"
#include "privacy/work.hpp"

namespace lhcr::privacy {
namespace {

enum class Whose : std::uint8_t { anyone, patient, each };

/// Where a reference says whose record a resource is part of. The first that a resource has counts.
struct PatientLink {
  std::string_view resource_type;  ///< empty: any
  std::string_view path;
  Whose whose;
};
constexpr std::array patient_links{
#define LHCR_PATIENT_LINK(type, path, whose) PatientLink{type, path, Whose::whose},
#include "privacy/patient_links.def"
#include "tree/nodes.hpp"
#undef LHCR_PATIENT_LINK
};

constexpr std::string_view patient_type = "Patient";

/// One text for one identifier however its number is grouped; empty when it names nobody.
std::string identifier_key(const Work& work, tree::NodeId identifier) {
  const std::string_view value = work.child_text(identifier, name::value);
  if (value.empty()) return {};
  const std::string_view system = work.child_text(identifier, name::system);
  const auto known = uk_system(system);
  std::string key(system);
  key += '|';
  const bool number = known && known->kind == UkSystem::nhs_number;
  for (const char letter : value) {
    if (!number || (letter != ' ' && letter != '-')) key += letter;
  }
  return key;
}

std::string identifier_of(const Work& work, tree::NodeId node) {
  for (const tree::NodeId child : tree::named(work.tree, node, name::identifier)) {
    std::string key = identifier_key(work, child);
    if (!key.empty()) return key;
  }
  return {};
}

/// The resource around a contained one.
tree::NodeId container_of(const Work& work, tree::NodeId node) {
  tree::NodeId at = work.tree.enclosing_resource(node);
  while (at != tree::root_node && work.tree[at].element == name::contained) {
    at = work.tree.enclosing_resource(work.tree[at].parent);
  }
  return at;
}

std::string contained_key(tree::NodeId container, std::string_view id) {
  return std::to_string(container).append("#").append(id);
}

/// "#p" is somebody else in every resource: the person's identifier tells who, or else the place.
std::string contained_person(const Work& work, tree::NodeId from, std::string_view id) {
  const tree::NodeId container = container_of(work, from);
  const auto known = work.contained.find(contained_key(container, id));
  if (known != work.contained.end()) return known->second;
  std::string place(work.tree.resource_type(container));
  return place.append("/").append(work.child_text(container, name::id)).append("#").append(id);
}

std::string by_identifier(const Work& work, tree::NodeId reference) {
  const std::string key = identifier_of(work, reference);
  const auto known = work.people.find(key);
  return known == work.people.end() ? key : known->second;
}

/// The person that a Reference leads to, or empty.
std::string person_of(const Work& work, tree::NodeId reference) {
  const std::string_view text = work.child_text(reference, name::reference);
  if (text.empty()) return by_identifier(work, reference);
  // A urn:uuid need not be the id of what it leads to.
  const auto listed = work.listed.find(text);
  if (listed != work.listed.end()) return std::string(listed->second);
  if (text.starts_with('#')) return contained_person(work, reference, text.substr(1));
  const ReferenceParts parts = split_reference(text, work.definitions);
  return std::string(parts.id.empty() ? text : parts.id);
}

/// Whether a Reference says that it leads to a patient.
bool leads_to_patient(const Work& work, tree::NodeId reference) {
  const std::string_view text = work.child_text(reference, name::reference);
  if (work.child_text(reference, name::type) == patient_type) return true;
  if (cut_reference(text).type == patient_type) return true;
  const auto listed = work.listed.find(text);
  const std::string person =
      listed != work.listed.end() ? std::string(listed->second) : identifier_of(work, reference);
  return work.people.contains(person) || work.people_ids.contains(person);
}

std::string of_link(const Work& work, const PatientLink& link, tree::NodeId node) {
  if (work.has_value(node)) return std::string(work.text(node));
  if (link.whose != Whose::anyone && !leads_to_patient(work, node)) return {};
  return person_of(work, node);
}

/// Calls `visit` with each node that the path of a link leads to and the part of the resource that
/// it stands in, until it says no.
template <typename Visit>
void follow(const Work& work, std::string_view path, tree::NodeId from, const Visit& visit) {
  const std::size_t dot = path.find('.');
  const Symbol element = work.tree.find(path.substr(0, dot));
  if (element == no_symbol) return;
  for (const tree::NodeId node : tree::all_named(work.tree, from, element)) {
    if (dot == std::string_view::npos) {
      if (!visit(node, from)) return;
    } else {
      follow(work, path.substr(dot + 1), node, visit);
    }
  }
}

/// A patient by itself: a contained one has an id that others have, too.
std::string own_person(const Work& work, tree::NodeId patient) {
  const std::string_view id = work.child_text(patient, name::id);
  return work.tree[patient].element == name::contained ? contained_person(work, patient, id)
                                                       : std::string(id);
}

/// Fills Work::contained.
void list_contained(Work& work) {
  const tree::Tree& tree = work.tree;
  for (tree::NodeId node = tree::root_node; node < tree.size(); ++node) {
    if (!tree[node].is(tree::Flag::resource) || tree[node].element != name::contained) continue;
    std::string person = identifier_of(work, node);
    if (person.empty()) continue;
    const std::string_view id = work.child_text(node, name::id);
    work.contained.emplace(contained_key(container_of(work, node), id), std::move(person));
  }
}

}  // namespace

void spell_systems(Work& work) {
  const definition::TypeId identifier = work.definitions.type("Identifier");
  for (tree::NodeId node = tree::root_node; node < work.tree.size(); ++node) {
    if (work.tree[node].type != identifier || identifier == definition::no_type) continue;
    const tree::NodeId system = work.tree.child(node, name::system);
    if (system == tree::no_node || !work.has_value(system)) continue;
    const auto known = uk_system(work.text(system));
    if (known && known->kind == UkSystem::nhs_number && !known->exact) {
      work.set_text(system, known->url);
    }
  }
}

void list_people(Work& work) {
  const tree::Tree& tree = work.tree;
  list_contained(work);
  for (const tree::NodeId entry : tree::named(tree, tree::root_node, name::entry)) {
    const tree::NodeId full_url = tree.child(entry, name::full_url);
    const tree::NodeId resource = tree.child(entry, name::resource);
    if (full_url == tree::no_node || resource == tree::no_node) continue;
    const std::string_view id = work.child_text(resource, name::id);
    // A resource without an id is known by its fullUrl alone.
    work.listed.emplace(work.text(full_url), id.empty() ? work.text(full_url) : id);
  }
  for (tree::NodeId node = tree::root_node; node < tree.size(); ++node) {
    if (!tree[node].is(tree::Flag::resource) || tree.resource_type(node) != patient_type) continue;
    for (const tree::NodeId child : tree::named(tree, node, name::identifier)) {
      const std::string key = identifier_key(work, child);
      if (key.empty()) continue;
      const auto [known, _] = work.people.emplace(key, own_person(work, node));
      work.people_ids.insert(known->second);
    }
  }
}

void list_persons(Work& work, tree::NodeId resource) {
  work.persons.clear();
  const std::string_view type = work.tree.resource_type(resource);
  for (const PatientLink& link : patient_links) {
    if (link.whose != Whose::each || link.resource_type != type) continue;
    follow(work, link.path, resource, [&](tree::NodeId node, tree::NodeId part) {
      std::string person = of_link(work, link, node);
      if (!person.empty()) work.persons.emplace(part, std::move(person));
      return true;
    });
  }
}

std::string patient_of(const Work& work, tree::NodeId resource) {
  const std::string_view type = work.tree.resource_type(resource);
  if (type == patient_type) return own_person(work, resource);
  std::string found;
  for (const PatientLink& link : patient_links) {
    const bool other = !link.resource_type.empty() && link.resource_type != type;
    if (other || link.whose == Whose::each) continue;
    follow(work, link.path, resource, [&](tree::NodeId node, tree::NodeId) {
      found = of_link(work, link, node);
      return found.empty();
    });
    if (!found.empty()) break;
  }
  return found;
}

}  // namespace lhcr::privacy
