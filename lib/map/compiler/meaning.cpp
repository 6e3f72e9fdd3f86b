// SPDX-License-Identifier: Apache-2.0
#include "map/compiler/meaning.hpp"

#include <algorithm>
#include <array>

#include "base/names.hpp"
#include "base/text.hpp"
#include "map/run/statements.hpp"

namespace lhcr::map {
namespace {

constexpr std::size_t most_modifiers = 8 * sizeof(ModifierMask);

// URLs that no FHIR reader has to know.
constexpr std::array<std::string_view, 2> private_urls{"urn:hl7-org:v3", "urn:npfit:"};

/// Whether what is said in `part` is said of the map `name`: it is that, or its base.
bool is_part_of(const Source& source, std::string_view name, const std::string& part) {
  const auto base = source.bases.find(std::string(name));
  return part == name || (base != source.bases.end() && part == base->second);
}

ModifierMask bit(std::size_t index) {
  return ModifierMask{1} << index;
}

bool is_private(const Test& test) {
  return std::any_of(private_urls.begin(), private_urls.end(),
                     [&](std::string_view known) { return test.value.starts_with(known); });
}

/// One of two paths begins with all of the other.
bool same_way(const std::vector<Symbol>& path, const std::vector<Step>& steps) {
  const std::size_t size = std::min(path.size(), steps.size());
  for (std::size_t i = 0; i < size; ++i) {
    if (path[i] != steps[i].name) {
      return false;
    }
  }
  return size > 0;
}

/// What a modifier is not leaves open what it is: only a test of its value says it.
ModifierMask said_by(const Map& map, const std::vector<Test>& tests) {
  ModifierMask out = 0;
  for (std::size_t i = 0; i < map.modifiers.size(); ++i) {
    const bool said = std::any_of(tests.begin(), tests.end(), [&](const Test& test) {
      return test.kind != Test::Kind::differs && test.path == map.modifiers[i].path;
    });
    out |= said ? bit(i) : ModifierMask{0};
  }
  return out;
}

ModifierMask said_by(const Map& map, const std::vector<Step>& steps) {
  ModifierMask out = 0;
  for (std::size_t i = 0; i < map.modifiers.size(); ++i) {
    out |= same_way(map.modifiers[i].path, steps) ? bit(i) : ModifierMask{0};
  }
  return out;
}

/// A relationship that a step names by a directed type, without a word about its direction.
bool is_open_direction(const Source& source, const Step& step, Symbol type, Symbol inversion) {
  bool directed = false;
  for (const Test& test : step.tests) {
    if (test.path.size() == 1 && test.path[0] == inversion) {
      return false;
    }
    directed = directed ||
               (test.path.size() == 1 && test.path[0] == type && test.kind == Test::Kind::equal &&
                std::find(source.directed.begin(), source.directed.end(), test.value) !=
                    source.directed.end());
  }
  return directed;
}

Test not_inverted(Symbol inversion) {
  Test test;
  test.path = {inversion};
  test.attribute = {true};
  test.value = "true";
  test.kind = Test::Kind::differs;
  return test;
}

}  // namespace

void compile_plain(const Source& source, std::string_view name, Map& map) {
  for (const SourcePlain& from : source.plain) {
    if (is_part_of(source, name, from.map)) {
      std::vector<std::string>& values = map.plain[from.path];
      values.insert(values.end(), from.values.begin(), from.values.end());
    }
  }
}

void compile_modifiers(const Source& source, std::string_view name, Map& map,
                       SymbolTable& symbols) {
  for (const SourceModifier& from : source.modifiers) {
    if (!is_part_of(source, name, from.map)) {
      continue;
    }
    if (map.modifiers.size() == most_modifiers) {
      fail(from.at, "there is no room for another modifier");
    }
    Modifier made;
    made.name = from.name;
    made.turns = from.turns;
    made.inherited = from.inherited;
    made.values = from.values;
    for (std::string_view rest = from.path; !rest.empty();) {
      const std::size_t dot = std::min(rest.find('.'), rest.size());
      made.path.push_back(symbols.intern(rest.substr(0, dot)));
      rest.remove_prefix(std::min(dot + 1, rest.size()));
    }
    map.modifiers.push_back(std::move(made));
  }
}

void add_modifiers(const Map& map, std::string_view names, const Location& at, ModifierMask& self,
                   ModifierMask& wrapper) {
  constexpr std::string_view outer = "%wrapper.";
  for (std::string_view rest = trim(names); !rest.empty();) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    std::string_view name = rest.substr(0, end);
    rest = trim(rest.substr(end));
    ModifierMask& mask = name.starts_with(outer) ? wrapper : self;
    name.remove_prefix(name.starts_with(outer) ? outer.size() : 0);
    const auto known =
        std::find_if(map.modifiers.begin(), map.modifiers.end(),
                     [&](const Modifier& modifier) { return modifier.name == name; });
    if (known == map.modifiers.end()) {
      fail(at, "no modifier '" + std::string(name) + "'");
    }
    mask |= bit(static_cast<std::size_t>(known - map.modifiers.begin()));
  }
}

void note_statements(const Source& source, const Map& map, Path& path, bool reads,
                     SymbolTable& symbols) {
  for (std::size_t i = 0; i < path.steps.size(); ++i) {
    Step& step = path.steps[i];
    const bool last = i + 1 == path.steps.size();
    step.says = said_by(map, step.tests);
    step.guard = is_statement(symbols.name(step.name)) && (reads || !last);
    if (is_open_direction(source, step, name::type_code, name::inversion_ind)) {
      step.tests.push_back(not_inverted(name::inversion_ind));
    }
  }
}

void note_meaning(const Map& map, Row& row, const SymbolTable& symbols) {
  row.aside = row.right.root == Root::link;
  for (const Step& step : row.right.steps) {
    const std::string_view name = symbols.name(step.element);
    const bool tag = name == "tag";
    row.aside =
        row.aside || tag ||
        (name == "extension" && std::any_of(step.tests.begin(), step.tests.end(), is_private));
  }
  const ModifierMask said = said_by(map, row.left.tests) | said_by(map, row.left.steps);
  if (row.left.root == Root::self) {
    row.says |= said;
  } else if (row.left.root == Root::wrapper) {
    row.says_wrapper |= said;
  }
}

void note_meaning(const Map& map, Block& block) {
  if (!block.left.steps.empty()) {
    block.says |= said_by(map, block.left.steps.back().tests);
  }
  if (!block.wrapper.steps.empty()) {
    block.says_wrapper |= said_by(map, block.wrapper.steps.back().tests);
  }
}

bool Modifier::is_turned_by(std::string_view value) const {
  const bool listed = std::any_of(values.begin(), values.end(), [&](const std::string& known) {
    return known == "*" || known == value;
  });
  return listed == turns;
}

bool Map::is_plain(const std::string& element, std::string_view code) const {
  const auto found = plain.find(element);
  return found != plain.end() &&
         std::any_of(found->second.begin(), found->second.end(),
                     [&](const std::string& value) { return value == "*" || value == code; });
}

bool Map::knows_template(std::string_view root) const {
  const std::string key(root);
  return known_templates.contains(key) || aliases.contains(key) ||
         std::any_of(arcs.begin(), arcs.end(), [&](const std::string& arc) {
           return root.starts_with(arc) && (root.size() == arc.size() || root[arc.size()] == '.');
         });
}

}  // namespace lhcr::map
