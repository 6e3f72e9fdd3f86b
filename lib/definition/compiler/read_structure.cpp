// SPDX-License-Identifier: Apache-2.0
/// StructureDefinitions of any FHIR version from STU3 on; versions differ only in the shape of the
/// data.
#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

#include "base/words.hpp"
#include "definition/compiler/cda_model.hpp"
#include "definition/compiler/read_resource.hpp"
#include "definition/words.hpp"

namespace lhcr::definition::compiler {
namespace {

using json::Value;

constexpr std::string_view fhirpath_systems = "http://hl7.org/fhirpath/System.";

using JsonKind = Word<tree::Kind>;
constexpr std::array json_kinds = {
    JsonKind{"string", tree::Kind::string},   JsonKind{"number", tree::Kind::number},
    JsonKind{"boolean", tree::Kind::boolean}, JsonKind{"Boolean", tree::Kind::boolean},
    JsonKind{"Integer", tree::Kind::number},  JsonKind{"Decimal", tree::Kind::number},
};
/// Of a FHIR type that JSON writes in another way than the system type says (R5
/// json.html#primitive).
constexpr std::array own_kinds = {JsonKind{"integer64", tree::Kind::string}};

std::uint32_t number(Value value, std::string_view key) {
  Value at;
  std::uint64_t found = 0;
  return json::member(value, key, at) && at.get(found) == simdjson::SUCCESS
             ? static_cast<std::uint32_t>(std::min<std::uint64_t>(found, unbounded))
             : 0;
}

std::uint32_t maximum(std::string_view text) {
  std::uint32_t value = unbounded;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return text == "*" ? unbounded : value;
}

std::string small_first(std::string_view name) {
  std::string text(name);
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') {
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  }
  return text;
}

/// The kind and pattern of a primitive's value, and FHIR's own name for a system type.
void read_value_type(Value type, TypeRefModel& out) {
  Value found;
  if (json::extension(type, "regex", found) ||
      json::extension(type, "structuredefinition-regex", found)) {
    out.pattern = json::scalar(found);
  }
  Value code;
  if (json::member(type, "_code", code) &&
      json::extension(code, "structuredefinition-json-type", found)) {
    out.json_kind = value_for(json_kinds, json::scalar(found), tree::Kind::string);
  }
  if (out.code.starts_with(fhirpath_systems)) {
    const std::string_view name = std::string_view(out.code).substr(fhirpath_systems.size());
    out.json_kind = value_for(json_kinds, name, tree::Kind::string);
    out.code = json::extension(type, "structuredefinition-fhir-type", found) ? json::scalar(found)
                                                                             : small_first(name);
    out.json_kind = value_for(own_kinds, out.code, out.json_kind);
  }
}

/// "#id" means what the definition contains; the compiler files that below the definition's url.
std::string whole_canonical(std::string text, std::string_view owner) {
  return text.starts_with('#') ? std::string(owner).append(text) : text;
}

/// A canonical that is a string (R4) or the reference of a Reference (STU3).
std::string canonical(Value value, std::string_view owner) {
  const std::string_view reference = json::text(value, "reference");
  if (!reference.empty()) {
    return whole_canonical(std::string(reference), owner);
  }
  return value.is_string() ? whole_canonical(json::scalar(value), owner) : std::string();
}

std::vector<std::string> canonicals(Value holder, std::string_view name, std::string_view owner) {
  std::vector<std::string> list = json::strings(holder, name);
  for (std::string& text : list) {
    text = whole_canonical(std::move(text), owner);
  }
  return list;
}

TypeRefModel read_type(Value type, std::string_view owner) {
  TypeRefModel out;
  out.code = json::string(type, "code");
  out.profiles = canonicals(type, "profile", owner);
  out.targets = canonicals(type, "targetProfile", owner);
  out.aggregation = joined(json::strings(type, "aggregation"), " ");
  out.versioning = json::string(type, "versioning");
  read_value_type(type, out);
  return out;
}

void append_new(std::vector<std::string>& list, const std::vector<std::string>& more) {
  for (const std::string& item : more) {
    if (std::find(list.begin(), list.end(), item) == list.end()) {
      list.push_back(item);
    }
  }
}

// STU3 repeats a type for each of its profiles; from R4 on one entry lists them.
void add_type(TypeRefModel type, std::vector<TypeRefModel>& types) {
  const auto same = std::find_if(types.begin(), types.end(), [&](const TypeRefModel& known) {
    return known.code == type.code;
  });
  if (same == types.end()) {
    types.push_back(std::move(type));
    return;
  }
  append_new(same->profiles, type.profiles);
  append_new(same->targets, type.targets);
  if (same->aggregation.empty()) {
    same->aggregation = type.aggregation;
  }
}

InvariantModel read_invariant(Value constraint, std::string_view owner) {
  InvariantModel out;
  out.key = json::string(constraint, "key");
  out.human = json::string(constraint, "human");
  out.expression = json::string(constraint, "expression");
  out.source = json::string(constraint, "source");
  if (out.source.empty()) {
    out.source = owner;
  }
  out.warning = json::text(constraint, "severity") == "warning";
  Value best;
  out.best_practice = json::extension(constraint, "elementdefinition-bestpractice", best) &&
                      json::scalar(best) == "true";
  return out;
}

/// What an extension of ElementDefinition demands, said as an invariant. "{}" in the expression
/// stands for the value of the extension.
struct Demand {
  std::string_view extension;
  std::string_view value;  ///< that the extension must have; empty: any
  std::string_view key;
  std::string_view human;
  std::string_view expression;
};
constexpr Demand demands[] = {
#define LHCR_DEMAND(extension, value, key, human, expression) \
  Demand{extension, value, key, human, expression},
#include "definition/compiler/demands.def"
#undef LHCR_DEMAND
};

std::string put(std::string_view text, std::string_view value) {
  const std::size_t at = text.find("{}");
  return at == std::string_view::npos
             ? std::string(text)
             : std::string(text.substr(0, at)).append(value).append(text.substr(at + 2));
}

/// Text as it stands between the quotes of a FHIRPath literal.
std::string in_quotes(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out.append(c == '\'' || c == '\\' ? "\\" : "").append(1, c);
  }
  return out;
}

void read_demands(Value element, std::string_view owner, ElementModel& out) {
  for (const Demand& demand : demands) {
    Value found;
    if (!json::extension(element, demand.extension, found)) {
      continue;
    }
    const std::string value = json::scalar(found);
    if (demand.value.empty() || demand.value == value) {
      InvariantModel& added = out.invariants.emplace_back();
      added.key = demand.key;
      added.human = put(demand.human, value);
      added.expression = put(demand.expression, in_quotes(value));
      added.source = owner;
    }
  }
}

void read_binding(Value element, std::string_view owner, ElementModel& out) {
  Value binding;
  if (!json::member(element, "binding", binding)) {
    return;
  }
  out.strength = value_for(strength_words, json::text(binding, "strength"), Strength::none);
  Value set;
  std::string_view suffix;
  if (json::member(binding, "valueSet", set) || json::choice(binding, "valueSet", suffix, set)) {
    out.value_set = canonical(set, owner);
  }
  if (json::extension(binding, "elementdefinition-maxValueSet", set)) {
    out.max_value_set = canonical(set, owner);
  }
}

/// The values of a part of an additional binding: a member in R5, an extension inside one in R4.
std::vector<Value> parts(Value additional, std::string_view name) {
  std::vector<Value> found = json::list(additional, name);
  Value value;
  if (found.empty() && json::member(additional, name, value)) {
    found.push_back(value);
  }
  std::string_view type;
  for (const Value item : json::list(additional, "extension")) {
    if (json::text(item, "url") == name && json::choice(item, "value", type, value)) {
      found.push_back(value);
    }
  }
  return found;
}

std::string first_part(Value additional, std::string_view name) {
  const std::vector<Value> found = parts(additional, name);
  return found.empty() ? std::string() : json::scalar(found.front());
}

/// When a usage holds, as an expression: it names an element of the resource by the url of the
/// profile and its path, and a code that the element has. Empty: it is about something outside the
/// resource (jurisdiction, workflow), so that nobody here can say.
std::string usage_condition(Value usage, std::string_view owner) {
  Value code;
  Value concept_value;
  if (!json::member(usage, "code", code) ||
      !json::member(usage, "valueCodeableConcept", concept_value) ||
      json::text(code, "system") != owner) {
    return {};
  }
  const std::string_view path = json::text(code, "code");
  const std::size_t dot = path.find('.');
  std::string any;
  for (const Value coding : json::list(concept_value, "coding")) {
    any.append(any.empty() ? "" : " or ")
        .append("(system = '")
        .append(in_quotes(json::text(coding, "system")))
        .append("' and code = '")
        .append(in_quotes(json::text(coding, "code")))
        .append("')");
  }
  if (dot == std::string_view::npos || any.empty() ||
      path.find_first_of("'\\`:[]() ") != std::string_view::npos) {
    return {};
  }
  return "%resource" + std::string(path.substr(dot)) + ".coding.where(" + any + ").exists()";
}

/// What an additional binding demands (R5 ElementDefinition.binding.additional, and the extension
/// additional-binding), said as an invariant.
void read_additional(Value additional, std::string_view owner, ElementModel& out) {
  const std::string purpose = first_part(additional, "purpose");
  const std::string set = first_part(additional, "valueSet");
  const bool demands_code = purpose == "required" || purpose == "maximum";
  if (set.empty() || (!demands_code && purpose != "extensible")) {
    return;
  }
  std::string condition;
  bool sure = demands_code && first_part(additional, "any") != "true";
  for (const Value usage : parts(additional, "usage")) {
    const std::string one = usage_condition(usage, owner);
    sure = sure && !one.empty();
    condition.append(condition.empty() || one.empty() ? "" : " or ").append(one);
  }
  InvariantModel& added = out.invariants.emplace_back();
  // Of its own, so that a profile adds to what its base demands.
  added.key = "additional-binding-" + std::to_string(out.invariants.size()) + '-' +
              set.substr(set.rfind('/') + 1);
  added.human =
      "A code from the value set " + set + " is demanded (additional binding, " + purpose + ")";
  added.expression = (condition.empty() ? "" : "(" + condition + ") implies ") +
                     std::string("memberOf('") + in_quotes(whole_canonical(set, owner)) + "')";
  added.source = owner;
  added.warning = !sure;
}

void read_additional_bindings(Value element, std::string_view owner, ElementModel& out) {
  Value binding;
  if (!json::member(element, "binding", binding)) {
    return;
  }
  for (const Value additional : json::list(binding, "additional")) {
    read_additional(additional, owner, out);
  }
  for (const Value item : json::list(binding, "extension")) {
    if (json::text(item, "url").ends_with("/additional-binding")) {
      read_additional(item, owner, out);
    }
  }
}

void read_slicing(Value element, ElementModel& out) {
  Value slicing;
  if (!json::member(element, "slicing", slicing)) {
    return;
  }
  out.sliced = true;
  out.slicing_ordered = json::boolean(slicing, "ordered");
  out.slicing_rules = json::string(slicing, "rules");
  for (const Value item : json::list(slicing, "discriminator")) {
    out.discriminators.push_back({json::string(item, "type"), json::string(item, "path")});
  }
}

/// "Uri" -> "uri", "CodeableConcept" stays: primitive names begin with a small letter.
std::string type_of_suffix(std::string_view suffix, Value value) {
  return value.is_object() ? std::string(suffix) : small_first(suffix);
}

void read_values(Value element, ElementModel& out) {
  Value value;
  std::string_view suffix;
  if (json::choice(element, "minValue", suffix, value)) {
    out.min_value = json::scalar(value);
  }
  if (json::choice(element, "maxValue", suffix, value)) {
    out.max_value = json::scalar(value);
  }
  if (json::choice(element, "fixed", suffix, value)) {
    out.fixed = simdjson::minify(value);
    out.fixed_type = type_of_suffix(suffix, value);
  }
  if (json::choice(element, "pattern", suffix, value)) {
    out.pattern = simdjson::minify(value);
    out.pattern_type = type_of_suffix(suffix, value);
  }
  out.max_length = number(element, "maxLength");
}

void read_cardinality(Value element, ElementModel& out) {
  Value given;
  out.has_min = json::member(element, "min", given);
  out.has_max = json::member(element, "max", given);
  out.min = number(element, "min");
  out.max = maximum(json::text(element, "max"));
  Value base;
  out.has_base = json::member(element, "base", base);
  out.base_max = out.has_base ? maximum(json::text(base, "max")) : out.max;
}

ElementModel read_element(Value element, std::string_view owner) {
  ElementModel out;
  out.id = json::string(element, "id");
  out.path = json::string(element, "path");
  out.slice_name = json::string(element, "sliceName");
  out.short_text = json::string(element, "short");
  out.modifier = json::boolean(element, "isModifier");
  out.must_support = json::boolean(element, "mustSupport");
  const std::string_view reference = json::text(element, "contentReference");
  out.content_reference = reference.substr(std::min(reference.size(), reference.find('#') + 1));
  for (const std::string& form : json::strings(element, "representation")) {
    out.attribute = out.attribute || form == "xmlAttr";
    out.xhtml = out.xhtml || form == "xhtml";
  }
  read_cardinality(element, out);
  read_binding(element, owner, out);
  read_slicing(element, out);
  read_values(element, out);
  for (const Value type : json::list(element, "type")) {
    add_type(read_type(type, owner), out.types);
  }
  for (const Value constraint : json::list(element, "constraint")) {
    out.invariants.push_back(read_invariant(constraint, owner));
  }
  read_demands(element, owner, out);
  read_additional_bindings(element, owner, out);
  return out;
}

/// R4: objects with type and expression. STU3: strings, with one contextType for all.
std::vector<std::string> read_contexts(Value resource) {
  std::vector<std::string> contexts;
  const std::string shared = json::string(resource, "contextType");
  for (const std::string& context : json::strings(resource, "context")) {
    contexts.emplace_back(shared).append(1, ':').append(context);
  }
  for (const Value context : json::list(resource, "context")) {
    if (context.is_object()) {
      std::string& added = contexts.emplace_back(json::text(context, "type"));
      added.append(1, ':').append(json::text(context, "expression"));
    }
  }
  return contexts;
}

/// What in a CDA document says that it follows the template: "template:ROOT:EXTENSION".
void read_template_ids(Value resource, std::vector<std::string>& contexts) {
  constexpr std::string_view prefixes[] = {"urn:hl7ii:", "urn:oid:"};
  for (const Value identifier : json::list(resource, "identifier")) {
    const std::string_view value = json::text(identifier, "value");
    for (const std::string_view prefix : prefixes) {
      if (value.starts_with(prefix)) {
        contexts.push_back("template:" + std::string(value.substr(prefix.size())));
      }
    }
  }
}

}  // namespace

// Elements come in document order, so the parent is the latest element one step up.
void link_elements(std::vector<ElementModel>& elements) {
  std::vector<std::int32_t> open;        // latest element of each depth
  std::vector<std::int32_t> last_child;  // per element
  last_child.assign(elements.size(), -1);
  for (ElementModel& element : elements) {
    element.parent = element.first_child = element.next = -1;
  }
  for (std::size_t at = 0; at < elements.size(); ++at) {
    const std::string& path = elements[at].path;
    const auto dots = static_cast<std::size_t>(std::count(path.begin(), path.end(), '.'));
    const std::size_t depth = std::min(dots, open.size());
    open.resize(depth);
    const auto index = static_cast<std::int32_t>(at);
    if (depth > 0) {
      const std::int32_t parent = open.back();
      std::int32_t& last = last_child[static_cast<std::size_t>(parent)];
      elements[at].parent = parent;
      (last < 0 ? elements[static_cast<std::size_t>(parent)].first_child
                : elements[static_cast<std::size_t>(last)].next) = index;
      last = index;
    }
    open.push_back(index);
  }
}

StructureModel read_structure(Value resource, bool differential, std::string_view owner) {
  StructureModel out;
  out.url = json::string(resource, "url");
  out.version = json::string(resource, "version");
  out.name = json::string(resource, "name");
  out.type = json::string(resource, "type");
  out.base = whole_canonical(json::string(resource, "baseDefinition"), owner);
  out.status = json::string(resource, "status");
  out.fhir_version = json::string(resource, "fhirVersion");
  out.kind = value_for(type_kind_words, json::text(resource, "kind"), TypeKind::complex);
  out.abstract = json::boolean(resource, "abstract");
  out.constraint = json::text(resource, "derivation") == "constraint";
  if (out.type.empty()) {
    out.type = out.name;
  }
  // Some call their profile a specialization; but what keeps the type of its base makes no new one.
  out.constraint = out.constraint || out.base.substr(out.base.rfind('/') + 1) == out.type;
  out.contexts = read_contexts(resource);
  if (out.type.starts_with(cda_structures)) {
    read_template_ids(resource, out.contexts);
  }
  out.context_invariants = json::strings(resource, "contextInvariant");
  Value snapshot;
  if (json::member(resource, "snapshot", snapshot)) {
    for (const Value element : json::list(snapshot, "element")) {
      out.elements.push_back(read_element(element, owner));
    }
    link_elements(out.elements);
  }
  Value changes;
  if (differential && json::member(resource, "differential", changes)) {
    for (const Value element : json::list(changes, "element")) {
      out.differential.push_back(read_element(element, owner));
    }
  }
  return out;
}

}  // namespace lhcr::definition::compiler
