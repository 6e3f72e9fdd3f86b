// SPDX-License-Identifier: Apache-2.0
/// The additions of FHIR (R4, 2.9.1).
#include <algorithm>

#include "base/names.hpp"
#include "base/reference_text.hpp"
#include "base/sha256.hpp"
#include "fhirpath/machine.hpp"

namespace lhcr::fhirpath {
namespace {

std::string_view string_argument(Machine& machine, const ProgramNode& node, std::uint32_t number,
                                 const Scope& scope) {
  const Value value = machine.system(machine.single(machine.argument(node, number), scope));
  if (value.kind() != Value::Kind::string) {
    machine.fail(std::string(node.function->name) + "() takes a string", node);
  }
  return value.string();
}

std::string_view child_text(Machine& machine, tree::NodeId id, Symbol name) {
  const tree::NodeId child = machine.child(id, name);
  return child == tree::no_node ? std::string_view() : machine.tree()[child].text();
}

bool extension(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  const std::string_view url = string_argument(machine, node, 0, scope);
  auto filter = [&](const Value& value) {
    return child_text(machine, value.node(), name::url) != url || sink(value);
  };
  auto descend = [&](const Value& value) {
    return !value.is_node() || machine.each_child(value.node(), name::extension, Sink(filter));
  };
  return machine.each(node.left, scope, Sink(descend));
}

bool holds_value(const Machine& machine, const Value& value) {
  if (!value.is_node()) {
    return true;
  }
  const tree::Kind kind = machine.node(value).kind;
  return kind != tree::Kind::object && kind != tree::Kind::null;
}

Truth has_value(Machine& machine, const ProgramNode& node, const Scope& scope) {
  int count = 0;
  bool found = false;
  auto look = [&](const Value& value) {
    found = holds_value(machine, value);
    return ++count < 2;
  };
  machine.each(node.left, scope, Sink(look));
  return to_truth(count == 1 && found);
}

Value get_value(Call& call) {
  const Value value = call.machine.system(call.input);
  return value.is_node() ? Value() : value;
}

bool resolve(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  auto follow = [&](const Value& value) {
    const tree::NodeId target =
        value.is_node() ? machine.services().resolve(machine.tree(), value.node()) : tree::no_node;
    return target == tree::no_node || sink(Value::of_node(target));
  };
  return machine.each(node.left, scope, Sink(follow));
}

Truth member_of(Machine& machine, const ProgramNode& node, const Scope& scope) {
  const Value value = machine.single(node.left, scope);
  if (!value.is_node()) {
    return Truth::empty;
  }
  const std::string_view set = string_argument(machine, node, 0, scope);
  return to_truth(machine.services().member_of(machine.tree(), value.node(), set));
}

Truth conforms_to(Machine& machine, const ProgramNode& node, const Scope& scope) {
  const Value value = machine.single(node.left, scope);
  if (!value.is_node()) {
    return Truth::empty;
  }
  const std::string_view profile = string_argument(machine, node, 0, scope);
  const auto conforms = machine.services().conforms_to(machine.tree(), value.node(), profile);
  if (!conforms) {
    machine.fail("The profile " + std::string(profile) + " is not known", node);
  }
  return to_truth(*conforms);
}

/// CDA's own. No answer rather than "no", so that exists() behind it says what its authors mean.
Truth has_template(Machine& machine, const ProgramNode& node, const Scope& scope) {
  const std::string_view profile = string_argument(machine, node, 0, scope);
  bool found = false;
  auto look = [&](const Value& value) {
    found = value.is_node() &&
            machine.services().has_template(machine.tree(), value.node(), profile).value_or(false);
    return !found;
  };
  machine.each(node.left, scope, Sink(look));
  return found ? Truth::yes : Truth::empty;
}

Truth html_checks(Machine& machine, const ProgramNode& node, const Scope& scope) {
  const Value value = machine.single(node.left, scope);
  return value.is_node() ? to_truth(machine.services().html_checks(machine.tree(), value.node()))
                         : Truth::empty;
}

bool slice(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  const std::string_view structure = string_argument(machine, node, 0, scope);
  const std::string_view name = string_argument(machine, node, 1, scope);
  auto filter = [&](const Value& value) {
    if (!value.is_node()) {
      return true;
    }
    const auto inside = machine.services().in_slice(machine.tree(), value.node(), structure, name);
    if (!inside) {
      machine.fail(
          "The slice " + std::string(name) + " of " + std::string(structure) + " is not known",
          node);
    }
    return !*inside || sink(value);
  };
  return machine.each(node.left, scope, Sink(filter));
}

bool check_modifiers(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  auto known = [&](const Value& value) {
    const std::string_view url = child_text(machine, value.node(), name::url);
    for (std::uint32_t i = 0; i < node.count; ++i) {
      if (string_argument(machine, node, i, scope) == url) {
        return true;
      }
    }
    machine.fail("The modifier extension " + std::string(url) + " is not expected", node);
  };
  auto check = [&](const Value& value) {
    if (value.is_node()) {
      machine.each_child(value.node(), name::modifier_extension, Sink(known));
    }
    return sink(value);
  };
  return machine.each(node.left, scope, Sink(check));
}

struct Code {
  std::string_view system;
  std::string_view code;
};

/// The codes of a Coding, of the codings of a CodeableConcept, or a code alone.
bool each_code(Machine& machine, const Value& value,
               const std::function<bool(const Code&)>& found) {
  if (!value.is_node()) {
    return value.kind() != Value::Kind::string || found({{}, value.string()});
  }
  const std::string_view code = child_text(machine, value.node(), name::code);
  if (!code.empty()) {
    return found({child_text(machine, value.node(), name::system), code});
  }
  auto coding = [&](const Value& item) {
    const std::string_view text = child_text(machine, item.node(), name::code);
    return text.empty() || found({child_text(machine, item.node(), name::system), text});
  };
  return machine.each_child(value.node(), name::coding, Sink(coding));
}

/// Whether a code of `general` is, or stands above, a code of `special` in their code system.
Truth is_above(Machine& machine, const Value& general, const Value& special) {
  Truth result = Truth::no;
  const auto compare = [&](const Code& above, const Code& below) {
    const bool same_system = above.system == below.system;
    const definition::CodeSystemId system = machine.definitions().code_system(above.system);
    if (same_system && above.code == below.code) {
      result = Truth::yes;
    } else if (same_system && machine.definitions().subsumed_by(system, below.code, above.code)) {
      result = Truth::yes;
    } else if (same_system && !machine.definitions().code_system_complete(system)) {
      const auto known = machine.services().subsumes(above.system, above.code, below.code);
      result = known == false ? result : to_truth(known);
    }
    return result != Truth::yes;
  };
  each_code(machine, general, [&](const Code& above) {
    return each_code(machine, special, [&](const Code& below) { return compare(above, below); });
  });
  return result;
}

Truth subsumes(Machine& machine, const ProgramNode& node, const Scope& scope) {
  const Value value = machine.single(node.left, scope);
  const Value other = machine.single(machine.argument(node, 0), scope);
  return value.is_none() || other.is_none() ? Truth::empty : is_above(machine, value, other);
}

Truth subsumed_by(Machine& machine, const ProgramNode& node, const Scope& scope) {
  const Value value = machine.single(node.left, scope);
  const Value other = machine.single(machine.argument(node, 0), scope);
  return value.is_none() || other.is_none() ? Truth::empty : is_above(machine, other, value);
}

// --- SQL on FHIR v2, "additional functions" ---

struct Target {
  std::string_view type;
  std::string_view id;
};

Target target_of(std::string_view reference);

/// The id of a resource, or, in a Bundle, what its fullUrl has for one. Nothing for a contained
/// resource, which has no row.
std::string_view key_of(Machine& machine, tree::NodeId resource) {
  const tree::Tree& tree = machine.tree();
  if (tree[resource].element == name::contained) {
    return {};
  }
  const std::string_view id = child_text(machine, resource, name::id);
  if (!id.empty() || resource == tree::root_node) {
    return id;
  }
  return target_of(child_text(machine, tree[resource].parent, name::full_url)).id;
}

bool resource_key(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  auto key = [&](const Value& value) {
    if (!value.is_node() || !machine.node(value).is(tree::Flag::resource)) {
      return true;
    }
    const std::string_view id = key_of(machine, value.node());
    return id.empty() || sink(Value::of_string(id));
  };
  return machine.each(node.left, scope, Sink(key));
}

/// What `Patient/1`, `http://server/Patient/1/_history/2` or `urn:uuid:...` points to. Nothing for
/// a contained resource, which has no row, and for a search.
Target target_of(std::string_view reference) {
  constexpr std::string_view prefixes[] = {"urn:uuid:", "urn:oid:"};
  for (const std::string_view prefix : prefixes) {
    if (reference.starts_with(prefix)) {
      return {{}, reference.substr(prefix.size())};
    }
  }
  if (reference.find('#') != std::string_view::npos) {
    return {};
  }
  const ReferenceText cut = cut_reference(reference);
  return {cut.type, cut.id};
}

/// Where a reference leads: to a resource of the record, whose key is meant and whose type decides,
/// or to what its text says.
Target referenced(Machine& machine, tree::NodeId reference) {
  const std::string_view text = child_text(machine, reference, name::reference);
  // A record that is one resource holds no others but those contained.
  const bool looks =
      text.empty() || text.starts_with('#') || machine.context().resource != tree::root_node;
  const tree::NodeId found =
      looks ? machine.services().resolve(machine.tree(), reference) : tree::no_node;
  if (found != tree::no_node) {
    return {machine.tree().resource_type(found), key_of(machine, found)};
  }
  Target target = target_of(text);
  if (target.type.empty()) {
    target.type = child_text(machine, reference, name::type);
  }
  return target;
}

bool reference_key(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  const std::string_view wanted = node.type.fhir == definition::no_type
                                      ? std::string_view()
                                      : machine.definitions().info(node.type.fhir).name;
  auto key = [&](const Value& value) {
    if (!value.is_node()) {
      return true;
    }
    const Target target = referenced(machine, value.node());
    const bool other = !wanted.empty() && !target.type.empty() && target.type != wanted;
    return other || target.id.empty() || sink(Value::of_string(target.id));
  };
  return machine.each(node.left, scope, Sink(key));
}

/// A number for a key, the same in every run: the first 63 bits of its SHA-256. Of ten million keys
/// two share one with a chance of one in two hundred thousand.
bool key_number(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  auto number = [&](const Value& value) {
    const Value text = machine.system(value);
    if (text.kind() != Value::Kind::string) {
      return true;
    }
    std::uint64_t bits = 0;
    constexpr std::size_t bytes = 8;
    Sha256 sha;
    sha.add(text.string());
    const Sha256::Digest digest = sha.finish();
    for (std::size_t i = 0; i < bytes; ++i) {
      bits = bits << 8U | digest[i];
    }
    return sink(Value::of_integer(static_cast<std::int64_t>(bits >> 1U)));
  };
  return machine.each(node.left, scope, Sink(number));
}

std::int64_t concept_of(Machine& machine, tree::NodeId coding, bool standard) {
  const std::string_view code = child_text(machine, coding, name::code);
  return code.empty() ? 0
                      : machine.services().concept_id(child_text(machine, coding, name::system),
                                                      code, standard);
}

/// Of a Coding or Quantity, or of the codings of a CodeableConcept; 0 when it has none.
std::int64_t find_concept(Machine& machine, tree::NodeId node, bool standard) {
  std::int64_t found = concept_of(machine, node, standard);
  const tree::Tree& tree = machine.tree();
  for (const tree::NodeId child : tree.children(node)) {
    if (found != 0) break;
    if (tree[child].element == name::coding) {
      found = concept_of(machine, child, standard);
    }
  }
  return found;
}

/// The first number found among the input; one item always, since 0 says "no matching concept".
template <bool standard>
bool concept_number(Machine& machine, const ProgramNode& node, const Scope& scope, Sink sink) {
  std::int64_t found = 0;
  auto look = [&](const Value& value) {
    if (value.is_node()) found = find_concept(machine, value.node(), standard);
    return found == 0;
  };
  machine.each(node.left, scope, Sink(look));
  return sink(Value::of_integer(found));
}

constexpr Function fhir_table[] = {
    {.name = "conceptId",
     .arguments = "",
     .result = Result::integer,
     .items = concept_number<false>},
    {.name = "standardConceptId",
     .arguments = "",
     .result = Result::integer,
     .items = concept_number<true>},
    {.name = "getResourceKey", .arguments = "", .result = Result::string, .items = resource_key},
    {.name = "getReferenceKey",
     .arguments = "?t",
     .result = Result::string,
     .items = reference_key},
    {.name = "keyNumber", .arguments = "", .result = Result::integer, .items = key_number},
    {.name = "extension", .arguments = "v", .result = Result::extension, .items = extension},
    {.name = "hasValue", .arguments = "", .result = Result::boolean, .truth = has_value},
    {.name = "getValue",
     .arguments = "",
     .input = Input::item,
     .result = Result::unknown,
     .item = get_value},
    {.name = "resolve", .arguments = "", .result = Result::unknown, .items = resolve},
    {.name = "memberOf", .arguments = "v", .result = Result::boolean, .truth = member_of},
    {.name = "conformsTo", .arguments = "v", .result = Result::boolean, .truth = conforms_to},
    {.name = "hasTemplateIdOf", .arguments = "v", .result = Result::boolean, .truth = has_template},
    {.name = "htmlChecks", .arguments = "", .result = Result::boolean, .truth = html_checks},
    {.name = "htmlchecks", .arguments = "", .result = Result::boolean, .truth = html_checks},
    {.name = "slice", .arguments = "vv", .result = Result::input, .items = slice},
    {.name = "checkModifiers",
     .arguments = "v*",
     .result = Result::input,
     .items = check_modifiers},
    {.name = "subsumes", .arguments = "v", .result = Result::boolean, .truth = subsumes},
    {.name = "subsumedBy", .arguments = "v", .result = Result::boolean, .truth = subsumed_by},
};

}  // namespace

std::span<const Function> fhir_functions() noexcept {
  return fhir_table;
}

}  // namespace lhcr::fhirpath
