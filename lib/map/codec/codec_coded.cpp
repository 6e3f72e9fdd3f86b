// SPDX-License-Identifier: Apache-2.0
// CD and its kin.
#include <algorithm>

#include "base/text.hpp"
#include "map/codec/codec_functions.hpp"
#include "map/run/run.hpp"

namespace lhcr::map {
namespace {

constexpr std::string_view null_system = "http://terminology.hl7.org/CodeSystem/v3-NullFlavor";

// A data type other than CD, which CDA lets an element say though it need not.
constexpr std::string_view type_url = "urn:hl7-org:v3:type";

// Marks a Coding that CDA does not have, and FHIR asks for beside another one.
constexpr std::string_view implied_url = "urn:hl7-org:v3:implied";

void keep_type(Run& run, tree::NodeId from, tree::NodeId to) {
  const std::string_view type = run.read(from, run.names().xsi_type);
  if (!type.empty() && type != "CD") {
    const tree::NodeId extension = run.fresh(run.names().extension);
    run.add(extension, run.names().url, type_url);
    run.add_copy(extension, run.names().valueCode, type);
    run.attach(to, extension);
  }
}

// qualifier: the role and what it is, which FHIR has no place for.
constexpr std::string_view qualifier_url = "urn:hl7-org:v3:qualifier";

void plain_coding(Run& run, tree::NodeId from, tree::NodeId to) {
  const Names& names = run.names();
  run.take(from);
  run.add_copy(to, names.system, system_of(run.map(), trim(run.read(from, names.codeSystem))));
  run.add_copy(to, names.code, trim(run.read(from, names.code)));
  run.add_copy(to, names.display, run.read(from, names.displayName));
  run.read(from, names.codeSystemName);
}

void keep_qualifiers(Run& run, tree::NodeId from, tree::NodeId to) {
  const Names& names = run.names();
  for (const tree::NodeId child : run.source().children(from)) {
    if (run.source()[child].name != names.qualifier || run.source()[child].length > 0) {
      continue;
    }
    const tree::NodeId extension = run.fresh(names.extension);
    run.add(extension, names.url, qualifier_url);
    for (const Symbol part : {names.name, names.value}) {
      const tree::NodeId found = run.source().child(child, part);
      if (found == tree::no_node || run.peek(found, names.code).empty()) {
        continue;
      }
      const tree::NodeId inner = run.fresh(names.extension);
      run.add_copy(inner, names.url, run.source().name(part));
      const tree::NodeId value = run.fresh(names.valueCoding);
      plain_coding(run, found, value);
      run.attach(inner, value);
      run.attach(extension, inner);
    }
    run.take(child);
    run.attach(to, extension);
  }
}

void restore_qualifiers(Run& run, tree::NodeId from, tree::NodeId to) {
  const Names& names = run.names();
  const tree::Tree& tree = run.source();
  for (const tree::NodeId child : tree.children(from)) {
    if (tree[child].name != names.extension || run.peek(child, names.url) != qualifier_url) {
      continue;
    }
    const tree::NodeId made = run.fresh(names.qualifier);
    run.take_all(child);
    for (const tree::NodeId inner : tree.children(child)) {
      const tree::NodeId value = run.named_child(inner, names.valueCoding);
      if (tree[inner].name == names.extension && value != tree::no_node) {
        const tree::NodeId part = run.fresh(run.target().intern(run.peek(inner, names.url)));
        const std::string_view system = run.peek(value, names.system);
        run.add_copy(part, names.code, run.peek(value, names.code), true);
        run.add_copy(part, names.codeSystem, oid_of(run.map(), system), true);
        run.add_copy(part, names.displayName, run.peek(value, names.display), true);
        run.attach(made, part);
      }
    }
    run.attach(to, made);
  }
}

/// The display, or the displayName that could not be one.
std::string_view display_of(Run& run, tree::NodeId from) {
  const std::string_view display = run.read(from, run.names().display);
  for (const tree::NodeId child : run.source().children(from)) {
    if (run.source()[child].name == run.names().extension &&
        run.peek(child, run.names().url) == display_url) {
      run.take_all(child);
      return run.peek(child, run.names().valueString);
    }
  }
  return display;
}

void restore_type(Run& run, tree::NodeId from, tree::NodeId to) {
  for (const tree::NodeId child : run.source().children(from)) {
    if (run.source()[child].name == run.names().extension &&
        run.peek(child, run.names().url) == type_url) {
      run.take_all(child);
      run.add_copy(to, run.names().xsi_type, run.peek(child, run.names().valueCode), true);
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
  const std::string_view own = trim(run.read(from, run.names().codeSystem));
  const tree::NodeId holder = run.source()[from].parent;
  if (!own.empty() || holder == tree::no_node ||
      run.source()[holder].name != run.names().qualifier) {
    return own;
  }
  return trim(run.peek(run.source()[holder].parent, run.names().codeSystem));
}

/// One code of a CD or of a translation as a Coding; false when there is no code.
bool coding(const Call& call, tree::NodeId from, tree::NodeId to) {
  Run& run = call.run;
  const Names& names = run.names();
  const std::string_view code = trim(run.read(from, names.code));
  if (code.empty()) {
    return false;
  }
  const std::string_view oid = code_system(run, from);
  const std::string_view name = run.read(from, names.codeSystemName);
  const std::string system = !oid.empty()                  ? system_of(run.map(), oid)
                             : name.find(':') != name.npos ? std::string(name)
                                                           : std::string();
  const std::string_view display = run.read(from, names.displayName);
  const Translation made = translate(call.row, true, system, code);
  if (!made.possible) {
    return false;
  }
  if (made.target != nullptr) {
    run.add(to, names.system, made.target->system);
    run.add(to, names.code, made.target->code);
    run.add(to, names.display, made.target->display);
    return true;
  }
  run.add_copy(to, names.system, system);
  run.add_copy(to, names.version, run.read(from, names.codeSystemVersion));
  run.add_copy(to, names.code, code);
  run.add_copy(to, names.display, display);
  return true;
}

/// Whether the row wants only codes that no earlier row has carried, and this one is.
bool is_elsewhere(const Call& call, tree::NodeId from) {
  constexpr std::string_view rest = "rest";
  const tree::NodeId code = call.run.source().child(from, call.run.names().code);
  return call.row.argument == rest && code != tree::no_node && call.run.is_taken(code);
}

void add_coding(const Call& call, tree::NodeId from, bool& any) {
  if (is_elsewhere(call, from)) {
    return;
  }
  const tree::NodeId made = call.run.fresh(call.run.names().coding);
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
  const tree::NodeId made = run.fresh(run.names().coding);
  run.add(made, run.names().system, null_system);
  run.add_copy(made, run.names().code, flavor);
  run.attach(call.to, made);
}

/// Writes code, codeSystem, displayName of a Coding on an element.
bool code_attributes(const Call& call, tree::NodeId from, tree::NodeId to) {
  Run& run = call.run;
  const Names& names = run.names();
  std::string_view code = run.read(from, names.code);
  if (code.empty()) {
    return false;
  }
  std::string_view system = run.read(from, names.system);
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
    run.add_copy(to, names.nullFlavor, code, true);
    return true;
  }
  const bool spaced = code.find_first_of(" \t\r\n") != code.npos;
  if (spaced) {
    // A code of CDA has no blanks; people read it where the display stands.
    run.add(to, names.nullFlavor, "OTH", true);
    display = display.empty() ? code : display;
  } else {
    run.add_copy(to, names.code, code, true);
  }
  const std::string oid = oid_of(run.map(), system);
  // A codeSystem has to be an OID or UUID; where a system has none its name is the URI.
  run.add_copy(to, oid.empty() ? names.codeSystemName : names.codeSystem,
               oid.empty() ? std::string(system) : oid, true);
  run.add_copy(to, names.codeSystemVersion, run.read(from, names.version), true);
  run.add_copy(to, names.displayName, display, true);
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
  const Names& names = run.names();
  bool any = false;
  bool translated = false;
  const bool elsewhere = is_elsewhere(call, call.from);
  add_coding(call, call.from, any);
  const std::string_view flavor = any ? std::string_view{} : run.peek(call.from, names.nullFlavor);
  const tree::NodeId original = run.source().child(call.from, names.originalText);
  std::string text = original == tree::no_node ? std::string() : ed_text(run, original);
  if (!flavor.empty() && (run.source().child(call.from, names.translation) != tree::no_node ||
                          (!text.empty() && flavor != "UNK"))) {
    add_null(call, run.read(call.from, names.nullFlavor));
  } else if (!flavor.empty() && !text.empty()) {
    run.read(call.from, names.nullFlavor);
  }
  for (const tree::NodeId child : run.source().children(call.from)) {
    if (run.source()[child].name == names.translation) {
      run.take(child);
      add_coding(call, child, translated);
    }
  }
  if (call.row.concepts != nullptr && !any) {
    return false;
  }
  if (text.empty() && !elsewhere &&
      (original != tree::no_node || !any || call.row.argument == "text")) {
    text = run.peek(call.from, names.displayName);
  }
  if (call.row.concepts == nullptr) {
    run.add_copy(call.to, names.text, text);
    keep_type(run, call.from, call.to);
    keep_qualifiers(run, call.from, call.to);
  }
  return any || translated || !text.empty();
}

/// Whether a Coding stands there only because FHIR asks for it beside another one.
bool is_implied(const Run& run, tree::NodeId coding) {
  const auto children = run.source().children(coding);
  return std::any_of(children.begin(), children.end(), [&](tree::NodeId child) {
    return run.source()[child].name == run.names().extension &&
           run.peek(child, run.names().url) == implied_url;
  });
}

bool concept_to_cd(const Call& call) {
  Run& run = call.run;
  const Names& names = run.names();
  bool any = false;
  const std::string_view text = run.read(call.from, names.text);
  tree::NodeId original = tree::no_node;
  if (!text.empty()) {
    original = run.fresh(names.originalText);
    run.set_copy(original, text);
  }
  for (const tree::NodeId child : run.source().children(call.from)) {
    if (run.source()[child].name != names.coding) {
      continue;
    }
    run.take(child);
    if (is_implied(run, child)) {
      run.take_all(child);
      continue;
    }
    if (!any) {
      any = code_attributes(call, child, call.to);
      continue;
    }
    const tree::NodeId translation = run.fresh(names.translation);
    if (code_attributes(call, child, translation)) {
      restore_type(run, child, translation);
      run.attach(call.to, translation);
    }
  }
  if (!any && original != tree::no_node) {
    run.add(call.to, names.nullFlavor, "UNK", true);
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
  return call.run.add_copy(call.to, call.run.names().code,
                           made.target != nullptr ? std::string_view(made.target->code) : code,
                           true) != tree::no_node;
}

bool concept_to_cs(const Call& call) {
  Run& run = call.run;
  const Names& names = run.names();
  for (const tree::NodeId child : run.source().children(call.from)) {
    if (run.source()[child].name != names.coding) {
      continue;
    }
    const std::string_view system = run.read(child, names.system);
    const std::string_view code = run.read(child, names.code);
    const Concepts::Target* target =
        call.row.concepts != nullptr ? call.row.concepts->find(false, system, code) : nullptr;
    if (target != nullptr && target->code != "-") {
      run.take(child);
      run.read(child, names.display);
      run.read(call.from, names.text);
      return run.add(call.to, names.code, target->code, true) != tree::no_node;
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
  const tree::NodeId made = run.fresh(run.names().coding);
  run.add(
      made, run.names().system,
      target != nullptr ? std::string_view(target->system) : std::string_view(call.row.argument));
  run.add_copy(made, run.names().code, target != nullptr ? std::string_view(target->code) : code);
  run.attach(call.to, made);
  return true;
}

bool concept_to_code(const Call& call) {
  Run& run = call.run;
  const tree::NodeId made = run.source().child(call.from, run.names().coding);
  if (made == tree::no_node) {
    return false;
  }
  const std::string_view system = run.read(made, run.names().system);
  const std::string_view code = run.read(made, run.names().code);
  const Translation translated = translate(call.row, false, system, code);
  if (code.empty() || !translated.possible) {
    return false;
  }
  run.read(made, run.names().display);
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
    const tree::NodeId mark = run.fresh(run.names().extension);
    run.add(mark, run.names().url, implied_url);
    run.add(mark, run.names().valueString, "true");
    run.attach(call.to, mark);
  }
  return true;
}

bool coding_to_cd(const Call& call) {
  return code_attributes(call, call.from, call.to);
}

bool cd_to_code(const Call& call) {
  Run& run = call.run;
  const std::string_view code = run.peek(call.from, run.names().code);
  const std::string_view oid = run.read(call.from, run.names().codeSystem);
  run.read(call.from, run.names().displayName);
  run.read(call.from, run.names().codeSystemName);
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
    run.read(call.from, run.names().code);
    run.set_copy(call.to, code);
    return true;
  }
  // A code that would come back as another one is left to rows for what remains.
  const Concepts::Target* back = call.row.concepts->find(false, {}, target->code);
  if (back != nullptr && back->code == code) {
    run.read(call.from, run.names().code);
  }
  run.set_text(call.to, target->code);
  return true;
}

bool code_to_cd(const Call& call) {
  Run& run = call.run;
  const Names& names = run.names();
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
    run.add_copy(call.to, names.code, code, true);
    return true;
  }
  run.add(call.to, names.code, target->code, true);
  run.add_copy(call.to, names.codeSystem, oid_of(run.map(), target->system), true);
  run.add(call.to, names.displayName, target->display, true);
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
  const std::string_view code = run.read(call.from, run.names().code);
  if (code.empty()) {
    return false;
  }
  const tree::NodeId made = run.fresh(run.names().coding);
  run.add(made, run.names().system, "urn:ietf:bcp:47");
  run.add_copy(made, run.names().code, code);
  run.attach(call.to, made);
  return true;
}

bool concept_to_lang(const Call& call) {
  Run& run = call.run;
  const tree::NodeId made = run.source().child(call.from, run.names().coding);
  if (made == tree::no_node) {
    return false;
  }
  run.take(made);
  run.read(made, run.names().system);
  return run.add_copy(call.to, run.names().code, run.read(made, run.names().code), true) !=
         tree::no_node;
}

}  // namespace lhcr::map
