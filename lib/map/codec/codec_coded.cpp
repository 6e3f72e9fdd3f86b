// SPDX-License-Identifier: Apache-2.0
// CD and its kin.
#include <algorithm>

#include "base/names.hpp"
#include "base/text.hpp"
#include "map/codec/codec_functions.hpp"
#include "map/run/run.hpp"
#include "tree/nodes.hpp"

namespace lhcr::map {
namespace {

constexpr std::string_view null_system = "http://terminology.hl7.org/CodeSystem/v3-NullFlavor";

// A data type other than CD, which CDA lets an element say though it need not.
constexpr std::string_view type_url = "urn:hl7-org:v3:type";

// Marks a Coding that CDA does not have, and FHIR asks for beside another one.
constexpr std::string_view implied_url = "urn:hl7-org:v3:implied";

void keep_type(Run& run, tree::NodeId from, tree::NodeId to) {
  const std::string_view type = run.read(from, name::xsi_type);
  if (!type.empty() && type != "CD") {
    const tree::NodeId extension = run.fresh(name::extension);
    run.add(extension, name::url, type_url);
    run.add_copy(extension, name::value_code, type);
    run.attach(to, extension);
  }
}

// qualifier: the role and what it is, which FHIR has no place for.
constexpr std::string_view qualifier_url = "urn:hl7-org:v3:qualifier";

void plain_coding(Run& run, tree::NodeId from, tree::NodeId to) {
  run.take(from);
  run.add_copy(to, name::system, system_of(run.map(), trim(run.read(from, name::code_system))));
  run.add_copy(to, name::code, trim(run.read(from, name::code)));
  run.add_copy(to, name::display, run.read(from, name::display_name));
  run.read(from, name::code_system_name);
}

void keep_qualifiers(Run& run, tree::NodeId from, tree::NodeId to) {
  for (const tree::NodeId child : run.source().children(from)) {
    if (run.source()[child].name != name::qualifier || run.source()[child].length > 0) {
      continue;
    }
    const tree::NodeId extension = run.fresh(name::extension);
    run.add(extension, name::url, qualifier_url);
    for (const Symbol part : {name::name, name::value}) {
      const tree::NodeId found = run.source().child(child, part);
      if (found == tree::no_node || run.peek(found, name::code).empty()) {
        continue;
      }
      const tree::NodeId inner = run.fresh(name::extension);
      run.add_copy(inner, name::url, run.source().name(part));
      const tree::NodeId value = run.fresh(name::value_coding);
      plain_coding(run, found, value);
      run.attach(inner, value);
      run.attach(extension, inner);
    }
    run.take(child);
    run.attach(to, extension);
  }
}

void restore_qualifiers(Run& run, tree::NodeId from, tree::NodeId to) {
  const tree::Tree& tree = run.source();
  for (const tree::NodeId child : tree.children(from)) {
    if (tree[child].name != name::extension || run.peek(child, name::url) != qualifier_url) {
      continue;
    }
    const tree::NodeId made = run.fresh(name::qualifier);
    run.take_all(child);
    for (const tree::NodeId inner : tree.children(child)) {
      const tree::NodeId value = run.named_child(inner, name::value_coding);
      if (tree[inner].name == name::extension && value != tree::no_node) {
        const tree::NodeId part = run.fresh(run.target().intern(run.peek(inner, name::url)));
        const std::string_view system = run.peek(value, name::system);
        run.add_copy(part, name::code, run.peek(value, name::code), true);
        run.add_copy(part, name::code_system, oid_of(run.map(), system), true);
        run.add_copy(part, name::display_name, run.peek(value, name::display), true);
        run.attach(made, part);
      }
    }
    run.attach(to, made);
  }
}

/// The display, or the displayName that could not be one.
std::string_view display_of(Run& run, tree::NodeId from) {
  const std::string_view display = run.read(from, name::display);
  for (const tree::NodeId child : run.source().children(from)) {
    if (run.source()[child].name == name::extension && run.peek(child, name::url) == display_url) {
      run.take_all(child);
      return run.peek(child, name::value_string);
    }
  }
  return display;
}

void restore_type(Run& run, tree::NodeId from, tree::NodeId to) {
  for (const tree::NodeId child : run.source().children(from)) {
    if (run.source()[child].name == name::extension && run.peek(child, name::url) == type_url) {
      run.take_all(child);
      run.add_copy(to, name::xsi_type, run.peek(child, name::value_code), true);
    }
  }
}

/// What the ConceptMap of a row makes of a code.
struct Translation {
  const Concepts::Target* target = nullptr;  ///< nullptr: the code stays as it is
  bool possible = true;
};

Translation translate(const Row& row, bool forward, std::string_view system,
                      std::string_view code) {
  if (row.concepts == nullptr) {
    return {};
  }
  const Concepts::Target* found = row.concepts->find(forward, system, code);
  if (found == nullptr) {
    return {nullptr, row.keeps};
  }
  return {found->code == "*" ? nullptr : found, found->code != "-"};
}

/// The code system of a code; a qualifier that says none has that of the code it qualifies.
std::string_view code_system(Run& run, tree::NodeId from) {
  const std::string_view own = trim(run.read(from, name::code_system));
  const tree::NodeId holder = run.source()[from].parent;
  if (!own.empty() || holder == tree::no_node || run.source()[holder].name != name::qualifier) {
    return own;
  }
  return trim(run.peek(run.source()[holder].parent, name::code_system));
}

/// One code of a CD or of a translation as a Coding; false when there is no code.
bool coding(const Call& call, tree::NodeId from, tree::NodeId to) {
  Run& run = call.run;
  const std::string_view code = trim(run.read(from, name::code));
  if (code.empty()) {
    return false;
  }
  const std::string_view oid = code_system(run, from);
  const std::string_view name = run.read(from, name::code_system_name);
  const std::string system = !oid.empty()                  ? system_of(run.map(), oid)
                             : name.find(':') != name.npos ? std::string(name)
                                                           : std::string();
  const std::string_view display = run.read(from, name::display_name);
  const Translation made = translate(call.row, true, system, code);
  if (!made.possible) {
    return false;
  }
  if (made.target != nullptr) {
    run.add(to, name::system, made.target->system);
    run.add(to, name::code, made.target->code);
    run.add(to, name::display, made.target->display);
    return true;
  }
  run.add_copy(to, name::system, system);
  run.add_copy(to, name::version, run.read(from, name::code_system_version));
  run.add_copy(to, name::code, code);
  run.add_copy(to, name::display, display);
  return true;
}

/// Whether the row wants only codes that no earlier row has carried, and this one is.
bool is_elsewhere(const Call& call, tree::NodeId from) {
  constexpr std::string_view rest = "rest";
  const tree::NodeId code = call.run.source().child(from, name::code);
  return call.row.argument == rest && code != tree::no_node && call.run.is_taken(code);
}

void add_coding(const Call& call, tree::NodeId from, bool& any) {
  if (is_elsewhere(call, from)) {
    return;
  }
  const tree::NodeId made = call.run.fresh(name::coding);
  if (coding(call, from, made)) {
    if (from != call.from) {
      keep_type(call.run, from, made);
    }
    call.run.attach(call.to, made);
    any = true;
  }
}

/// A code that is absent for a reason worth keeping.
void add_null(const Call& call, std::string_view flavor) {
  Run& run = call.run;
  const tree::NodeId made = run.fresh(name::coding);
  run.add(made, name::system, null_system);
  run.add_copy(made, name::code, flavor);
  run.attach(call.to, made);
}

/// Writes code, codeSystem, displayName of a Coding on an element.
bool code_attributes(const Call& call, tree::NodeId from, tree::NodeId to) {
  Run& run = call.run;
  std::string_view code = run.read(from, name::code);
  if (code.empty()) {
    return false;
  }
  std::string_view system = run.read(from, name::system);
  std::string_view display = display_of(run, from);
  const Translation made = translate(call.row, false, system, code);
  if (!made.possible) {
    return false;
  }
  if (made.target != nullptr) {
    code = made.target->code;
    system = made.target->system;
    display = made.target->display;
  }
  if (system == null_system) {
    run.add_copy(to, name::null_flavor, code, true);
    return true;
  }
  const bool spaced = code.find_first_of(" \t\r\n") != code.npos;
  if (spaced) {
    // A code of CDA has no blanks; people read it where the display stands.
    run.add(to, name::null_flavor, "OTH", true);
    display = display.empty() ? code : display;
  } else {
    run.add_copy(to, name::code, code, true);
  }
  const std::string oid = oid_of(run.map(), system);
  // A codeSystem has to be an OID or UUID; where a system has none its name is the URI.
  run.add_copy(to, oid.empty() ? name::code_system_name : name::code_system,
               oid.empty() ? std::string(system) : oid, true);
  run.add_copy(to, name::code_system_version, run.read(from, name::version), true);
  run.add_copy(to, name::display_name, display, true);
  return true;
}

/// Text and code: the same word, or what a ConceptMap makes of it.
bool map_word(const Call& call, bool forward) {
  const std::string_view word = call.run.source()[call.from].text();
  const Translation made = translate(call.row, forward, {}, word);
  if (word.empty() || !made.possible) {
    return false;
  }
  call.run.set_copy(call.to, made.target != nullptr ? std::string_view(made.target->code) : word);
  return true;
}

}  // namespace

bool cd_to_concept(const Call& call) {
  Run& run = call.run;
  bool any = false;
  bool translated = false;
  const bool elsewhere = is_elsewhere(call, call.from);
  add_coding(call, call.from, any);
  const std::string_view flavor = any ? std::string_view{} : run.peek(call.from, name::null_flavor);
  const tree::NodeId original = run.source().child(call.from, name::original_text);
  std::string text = original == tree::no_node ? std::string() : ed_text(run, original);
  if (!flavor.empty() && (run.source().child(call.from, name::translation) != tree::no_node ||
                          (!text.empty() && flavor != "UNK"))) {
    add_null(call, run.read(call.from, name::null_flavor));
  } else if (!flavor.empty() && !text.empty()) {
    run.read(call.from, name::null_flavor);
  }
  for (const tree::NodeId child : tree::named(run.source(), call.from, name::translation)) {
    run.take(child);
    add_coding(call, child, translated);
  }
  if (call.row.concepts != nullptr && !any) {
    return false;
  }
  if (text.empty() && !elsewhere &&
      (original != tree::no_node || !any || call.row.argument == "text")) {
    text = run.peek(call.from, name::display_name);
  }
  if (call.row.concepts == nullptr) {
    run.add_copy(call.to, name::text, text);
    keep_type(run, call.from, call.to);
    keep_qualifiers(run, call.from, call.to);
  }
  return any || translated || !text.empty();
}

/// Whether a Coding stands there only because FHIR asks for it beside another one.
bool is_implied(const Run& run, tree::NodeId coding) {
  const auto children = run.source().children(coding);
  return std::any_of(children.begin(), children.end(), [&](tree::NodeId child) {
    return run.source()[child].name == name::extension && run.peek(child, name::url) == implied_url;
  });
}

bool concept_to_cd(const Call& call) {
  Run& run = call.run;
  bool any = false;
  const std::string_view text = run.read(call.from, name::text);
  tree::NodeId original = tree::no_node;
  if (!text.empty()) {
    original = run.fresh(name::original_text);
    run.set_copy(original, text);
  }
  for (const tree::NodeId child : tree::named(run.source(), call.from, name::coding)) {
    run.take(child);
    if (is_implied(run, child)) {
      run.take_all(child);
      continue;
    }
    if (!any) {
      any = code_attributes(call, child, call.to);
      continue;
    }
    const tree::NodeId translation = run.fresh(name::translation);
    if (code_attributes(call, child, translation)) {
      restore_type(run, child, translation);
      run.attach(call.to, translation);
    }
  }
  if (!any && original != tree::no_node) {
    run.add(call.to, name::null_flavor, "UNK", true);
  }
  if (original != tree::no_node) {
    run.attach(call.to, original);
  }
  restore_type(run, call.from, call.to);
  restore_qualifiers(run, call.from, call.to);
  return any || original != tree::no_node;
}

bool code_to_cs(const Call& call) {
  const std::string_view code = call.run.source()[call.from].text();
  const Translation made = translate(call.row, false, {}, code);
  if (code.empty() || !made.possible) {
    return false;
  }
  return call.run.add_copy(call.to, name::code,
                           made.target != nullptr ? std::string_view(made.target->code) : code,
                           true) != tree::no_node;
}

bool concept_to_cs(const Call& call) {
  Run& run = call.run;
  for (const tree::NodeId child : tree::named(run.source(), call.from, name::coding)) {
    const std::string_view system = run.read(child, name::system);
    const std::string_view code = run.read(child, name::code);
    const Concepts::Target* target =
        call.row.concepts != nullptr ? call.row.concepts->find(false, system, code) : nullptr;
    if (target != nullptr && target->code != "-") {
      run.take(child);
      run.read(child, name::display);
      run.read(call.from, name::text);
      return run.add(call.to, name::code, target->code, true) != tree::no_node;
    }
  }
  return false;
}

bool code_to_concept(const Call& call) {
  Run& run = call.run;
  const std::string_view code = run.source()[call.from].text();
  const Translation translated = translate(call.row, true, {}, code);
  const Concepts::Target* target = translated.target;
  if (code.empty() || !translated.possible) {
    return false;
  }
  const tree::NodeId made = run.fresh(name::coding);
  run.add(
      made, name::system,
      target != nullptr ? std::string_view(target->system) : std::string_view(call.row.argument));
  run.add_copy(made, name::code, target != nullptr ? std::string_view(target->code) : code);
  run.attach(call.to, made);
  return true;
}

bool concept_to_code(const Call& call) {
  Run& run = call.run;
  const tree::NodeId made = run.source().child(call.from, name::coding);
  if (made == tree::no_node) {
    return false;
  }
  const std::string_view system = run.read(made, name::system);
  const std::string_view code = run.read(made, name::code);
  const Translation translated = translate(call.row, false, system, code);
  if (code.empty() || !translated.possible) {
    return false;
  }
  run.read(made, name::display);
  run.set_copy(call.to,
               translated.target != nullptr ? std::string_view(translated.target->code) : code);
  return true;
}

bool cd_to_coding(const Call& call) {
  if (!coding(call, call.from, call.to)) {
    return false;
  }
  if (call.row.argument == "implied") {
    Run& run = call.run;
    const tree::NodeId mark = run.fresh(name::extension);
    run.add(mark, name::url, implied_url);
    run.add(mark, name::value_string, "true");
    run.attach(call.to, mark);
  }
  return true;
}

bool coding_to_cd(const Call& call) {
  return code_attributes(call, call.from, call.to);
}

bool cd_to_code(const Call& call) {
  Run& run = call.run;
  const std::string_view code = run.peek(call.from, name::code);
  const std::string_view oid = run.read(call.from, name::code_system);
  run.read(call.from, name::display_name);
  run.read(call.from, name::code_system_name);
  if (code.empty()) {
    return false;
  }
  const std::string system = oid.empty() ? std::string() : system_of(run.map(), oid);
  const Translation made = translate(call.row, true, system, code);
  if (!made.possible) {
    return false;
  }
  const Concepts::Target* target = made.target;
  if (target == nullptr) {
    run.read(call.from, name::code);
    run.set_copy(call.to, code);
    return true;
  }
  // A code that would come back as another one is left to rows for what remains.
  const Concepts::Target* back = call.row.concepts->find(false, {}, target->code);
  if (back != nullptr && back->code == code) {
    run.read(call.from, name::code);
  }
  run.set_text(call.to, target->code);
  return true;
}

bool code_to_cd(const Call& call) {
  Run& run = call.run;
  const std::string_view code = run.source()[call.from].text();
  if (code.empty()) {
    return false;
  }
  const Translation made = translate(call.row, false, {}, code);
  if (!made.possible) {
    return false;
  }
  const Concepts::Target* target = made.target;
  if (target == nullptr) {
    run.add_copy(call.to, name::code, code, true);
    return true;
  }
  run.add(call.to, name::code, target->code, true);
  run.add_copy(call.to, name::code_system, oid_of(run.map(), target->system), true);
  run.add(call.to, name::display_name, target->display, true);
  return true;
}

bool text_to_code(const Call& call) {
  return map_word(call, true);
}

bool code_to_text(const Call& call) {
  return map_word(call, false);
}

bool lang_to_concept(const Call& call) {
  Run& run = call.run;
  const std::string_view code = run.read(call.from, name::code);
  if (code.empty()) {
    return false;
  }
  const tree::NodeId made = run.fresh(name::coding);
  run.add(made, name::system, "urn:ietf:bcp:47");
  run.add_copy(made, name::code, code);
  run.attach(call.to, made);
  return true;
}

bool concept_to_lang(const Call& call) {
  Run& run = call.run;
  const tree::NodeId made = run.source().child(call.from, name::coding);
  if (made == tree::no_node) {
    return false;
  }
  run.take(made);
  run.read(made, name::system);
  return run.add_copy(call.to, name::code, run.read(made, name::code), true) != tree::no_node;
}

}  // namespace lhcr::map
