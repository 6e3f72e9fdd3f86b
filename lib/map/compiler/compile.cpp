// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <unordered_set>

#include "base/words.hpp"
#include "map/codec/codec.hpp"
#include "map/compiler/conflicts.hpp"
#include "map/compiler/known.hpp"
#include "map/compiler/meaning.hpp"
#include "map/model.hpp"

namespace lhcr::map {
namespace {

/// The systems of UK records, which stand once for all rooms.
void add_uk_systems(Systems& systems) {
#define LHCR_UK_SYSTEM(kind, uri, oids) \
  for (const std::string_view oid : split_words(oids)) systems.add(std::string(oid), uri);
#include "base/uk_systems.def"
#undef LHCR_UK_SYSTEM
}

class Compiler {
 public:
  Compiler(const Source& source, std::string_view name, const Sides& sides, SymbolTable& symbols)
      : source_(source),
        name_(name),
        sides_(sides),
        symbols_(symbols),
        map_(std::make_unique<Map>()) {}

  std::unique_ptr<Map> run() {
    for (const bool own : {true, false}) {
      for (const Source::System& system : source_.systems) {
        if ((system.map == name_) == own) {
          map_->systems.add(system.oid, system.uri);
        }
      }
    }
    add_uk_systems(map_->systems);
    for (const Source::Template& known : source_.templates) {
      map_->template_versions[known.root] = known.extension;
    }
    for (const Source::Section& section : source_.sections) {
      Map::Section& made = map_->sections[section.code];
      made.title = section.title;
      made.templates.push_back({section.root, section.extension});
    }
    for (const SourceConcepts& concepts : source_.concepts) {
      compile(concepts);
    }
    compile_plain(source_, name_, *map_);
    if (sides_.left == Model::cda) {
      compile_modifiers(source_, name_, *map_, symbols_);
      families();
    }
    std::vector<const SourceBlock*> mine;
    for (const SourceBlock& block : source_.blocks) {
      if (in_map(block)) {
        mine.push_back(&block);
        map_->blocks.push_back(std::make_unique<Block>());
        map_->blocks.back()->name = block.name;
        map_->by_name[block.name] = map_->blocks.back().get();
      }
    }
    for (std::size_t i = 0; i < mine.size(); ++i) {
      compile(*mine[i], *map_->blocks[i]);
      index(*map_->blocks[i]);
    }
    index_types();
    for (auto& [type, blocks] : map_->by_resource) {
      std::stable_partition(blocks.begin(), blocks.end(), [](const Block* block) {
        return !block->right.steps[0].tests.empty();
      });
    }
    return std::move(map_);
  }

 private:
  /// Templates of other families.
  void families() {
    map_->arcs = source_.arcs;
    for (const Source::Alias& alias : source_.aliases) {
      map_->aliases.emplace(alias.root, alias.known);
    }
    for (const auto& [root, version] : map_->template_versions) {
      map_->known_templates[root] = true;
    }
  }

  // --- ConceptMaps ---

  static std::string key(const std::string& system, const std::string& code) {
    const std::size_t bar = code.rfind('|');
    if (code == "*" || bar != std::string::npos) {
      return code;
    }
    return system + "|" + code;
  }

  static Concepts::Target target(const std::string& system, const std::string& code,
                                 const std::string& display) {
    const std::size_t bar = code.rfind('|');
    if (bar != std::string::npos) {
      return {code.substr(0, bar), code.substr(bar + 1), display};
    }
    return {system, code, display};
  }

  void compile(const SourceConcepts& from) {
    auto made = std::make_unique<Concepts>();
    made->name = from.name;
    made->left_system = from.left_system;
    made->right_system = from.right_system;
    for (const SourceCode& code : from.codes) {
      if (code.direction != Direction::backward) {
        made->tables.value().forward.emplace(
            key(from.left_system, code.left),
            target(from.right_system, code.right, code.right_display));
      }
      if (code.direction != Direction::forward) {
        made->tables.value().backward.emplace(
            key(from.right_system, code.right),
            target(from.left_system, code.left, code.left_display));
      }
    }
    map_->concepts[from.name] = std::move(made);
  }

  // --- blocks ---

  /// Blocks of this map; a map that another one is based on (`map itk : ccda`) gives those it does
  /// not have itself.
  [[nodiscard]] bool in_map(const SourceBlock& block) const {
    if (block.map == name_) {
      return true;
    }
    const auto base = source_.bases.find(std::string(name_));
    const auto same = [&](const SourceBlock& own) {
      return own.map == name_ && own.name == block.name;
    };
    return base != source_.bases.end() && block.map == base->second &&
           std::none_of(source_.blocks.begin(), source_.blocks.end(), same);
  }

  [[nodiscard]] Typing left_typing() const {
    Typing typing;
    typing.model = sides_.left;
    typing.definitions = sides_.left_definitions;
    return typing;
  }
  [[nodiscard]] Typing right_typing() const {
    Typing typing;
    typing.definitions = sides_.right_definitions;
    return typing;
  }

  /// "Patient", or "Patient.contact" by way of the element.
  definition::TypeId type_of(std::string_view name, const definition::Definitions& definitions) {
    std::size_t dot = std::min(name.find('.'), name.size());
    definition::TypeId type = definitions.type(name.substr(0, dot));
    while (dot < name.size() && type != definition::no_type) {
      name.remove_prefix(dot + 1);
      dot = std::min(name.find('.'), name.size());
      const definition::Child* child =
          definitions.child(type, symbols_.intern(name.substr(0, dot)));
      type = child != nullptr ? child->type : definition::no_type;
    }
    return type;
  }

  /// `(Class) path` or `path`: the class or type that the steps of the rows start from.
  void start(std::string_view& text, Typing& typing, const Location& at) {
    if (text.empty() || text[0] != '(') {
      return;
    }
    const std::size_t close = std::min(text.find(')'), text.size());
    const std::string_view name = text.substr(1, close - 1);
    if (typing.model == Model::cda) {
      typing.cda_class = definition::cda_class(name);
      if (typing.cda_class == 0) {
        fail(at, "CDA has no class '" + std::string(name) + "'" +
                     near_name(name, definition::cda_classes()));
      }
    } else if (typing.definitions != nullptr) {
      typing.fhir_type = type_of(name, *typing.definitions);
      if (typing.fhir_type == definition::no_type) {
        fail(at, "no type '" + std::string(name) + "'" +
                     near_name(name, type_names(*typing.definitions)));
      }
    }
    text.remove_prefix(std::min(close + 1, text.size()));
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  }

  void compile(const SourceBlock& from, Block& made) {
    made.direction = from.direction;
    options(from, made);
    made.left_type = type_name(from.left);
    made.right_type = type_name(from.right);
    Typing left = left_typing();
    Typing right = right_typing();
    left_header(from, made, left);
    right_header(from, made, right);
    if (sides_.left == Model::cda) {
      note_statements(source_, *map_, made.left, false, symbols_);
      note_statements(source_, *map_, made.wrapper, false, symbols_);
      note_meaning(*map_, made);
      note_templates(made.left);
      note_templates(made.wrapper);
    }
    wrapper_class_ = definition::cda_class(made.wrapper.steps.empty()
                                               ? std::string_view{}
                                               : symbols_.name(made.wrapper.steps.back().name));
    written_.clear();
    add_rows(from, made, left, right, 0);
    refuse_conflicts(made.rows.get(), written_);
  }

  /// "(Type) ..." or "Type.where(...)".
  static std::string type_name(std::string_view text) {
    if (text.starts_with('(')) {
      return std::string(text.substr(1, std::min(text.find(')'), text.size()) - 1));
    }
    return std::string(text.substr(0, std::min(text.find_first_of(".( "), text.size())));
  }

  void left_header(const SourceBlock& from, Block& made, Typing& left) {
    std::string_view text = from.left;
    start(text, left, from.at);
    const std::size_t slash = text.find(" / ");
    if (slash != std::string_view::npos) {
      Typing typing = left;
      typing.cda_class = statement_class(text);
      made.wrapper = parse_header(text.substr(0, slash), typing, symbols_, from.at);
      left.cda_class = typing.cda_class;
      text.remove_prefix(slash + 3);
      made.left = parse_path(text, left, symbols_, from.at);
      return;
    }
    if (text.empty()) {
      return;
    }
    if (left.model == Model::fhir) {
      const std::string_view type = text.substr(0, std::min(text.find_first_of(".("), text.size()));
      left.fhir_type =
          left.definitions != nullptr ? left.definitions->type(type) : definition::no_type;
      made.left = parse_header(text, left, symbols_, from.at);
      return;
    }
    if (const definition::CdaClassId known = statement_class(text);
        known != 0 && left.cda_class == 0) {
      left.cda_class = known;
    }
    if (left.cda_class == 0 && is_overlay(from.at)) {
      fail(from.at,
           "'" + std::string(text.substr(0, std::min(text.find_first_of(".( "), text.size()))) +
               "' is not a clinical statement of CDA; say the class of another element: " +
               "(PatientRole) ...");
    }
    made.left = parse_header(text, left, symbols_, from.at);
  }

  /// The class an element name stands for: "observation.where..." is Observation.
  static definition::CdaClassId statement_class(std::string_view text) {
    return definition::cda_class(text.substr(0, std::min(text.find_first_of(".( "), text.size())));
  }

  void right_header(const SourceBlock& from, Block& made, Typing& right) {
    std::string_view text = from.right;
    start(text, right, from.at);
    if (text.empty() || right.fhir_type != definition::no_type) {
      return;
    }
    const std::string_view type = text.substr(0, std::min(text.find('.'), text.size()));
    made.resource_type = std::string(type);
    if (right.definitions != nullptr) {
      right.fhir_type = right.definitions->type(type);
      if (right.fhir_type == definition::no_type) {
        fail(from.at, "no type '" + std::string(type) + "'" +
                          near_name(type, type_names(*right.definitions)));
      }
    }
    made.right = parse_header(text, right, symbols_, from.at);
  }

  void note_templates(const Path& path) {
    for (const Step& step : path.steps) {
      for (const Test& test : step.tests) {
        if (step.is_template && test.path.size() == 2 &&
            symbols_.name(test.path[0]) == "templateId") {
          map_->known_templates[test.value] = true;
        }
      }
    }
  }

  void options(const SourceBlock& from, Block& made) {
    for (const std::string& option : from.options) {
      const std::vector<std::string_view> parts = split_words(option);
      if (parts.empty()) continue;
      made.statement = made.statement || parts[0] == "nested";
      if (bool Block::*const flag = block_flag(parts[0]); flag != nullptr) {
        made.*flag = true;
      } else if (parts[0] == "section" || parts[0] == "family") {
        (parts[0] == "section" ? made.section_codes : made.family_codes)
            .assign(parts.begin() + 1, parts.end());
        made.statement = true;
      } else if (parts[0] == "actor") {
        made.actor = true;
        for (std::size_t i = 1; i < parts.size(); ++i) {
          Typing typing = left_typing();
          made.names.push_back(parse_path(parts[i], typing, symbols_, from.at));
        }
      } else if (parts[0] == "says") {
        add_modifiers(*map_, std::string_view(option).substr(4), from.at, made.says,
                      made.says_wrapper);
      } else {
        fail(from.at, "no block option '" + std::string(parts[0]) + "'" +
                          near_name(parts[0], {block_options.begin(), block_options.end()}));
      }
    }
  }

  /// Between FHIR versions blocks are found by type, unless rows name them.
  void index_types() {
    if (sides_.left != Model::fhir) {
      return;
    }
    for (const auto& block : map_->blocks) {
      if (inner_.count(block.get()) == 0) {
        std::vector<const Block*>& before =
            map_->by_left_type[type_of(block->left_type, *sides_.left_definitions)];
        refuse_shadowed(source_, name_, *block, before);
        before.push_back(block.get());
        map_->by_right_type[type_of(block->right_type, *sides_.right_definitions)].push_back(
            block.get());
      }
    }
  }

  void index(Block& block) {
    if (block.fact) {
      map_->facts.push_back(&block);
      return;
    }
    if (!block.statement) {
      return;
    }
    const Path& outer = block.wrapper.empty() ? block.left : block.wrapper;
    bool templated = false;
    for (const Step& step : outer.steps) {
      for (const Test& test : step.tests) {
        if (test.path.size() == 2 && symbols_.name(test.path[0]) == "templateId") {
          map_->by_template[test.value].push_back(&block);
          templated = true;
        }
      }
    }
    for (const std::string& code : block.family_codes) {
      map_->families[code].push_back(&block);
    }
    if (!templated && block.family_codes.empty() && block.direction != Direction::backward) {
      map_->plain_statements.push_back(&block);
    }
    map_->by_resource[block.resource_type].push_back(&block);
  }

  // --- rows ---

  void add_rows(const SourceBlock& from, Block& made, const Typing& left, const Typing& right,
                int depth) {
    for (const SourceRow& row : from.rows) {
      if (row.use.empty()) {
        made.rows.value().push_back(compile(row, left, right));
        written_.push_back(&row);
        continue;
      }
      const auto same = [&](const SourceBlock& other) {
        return other.name == row.use && in_map(other);
      };
      const auto used = std::find_if(source_.blocks.begin(), source_.blocks.end(), same);
      if (used == source_.blocks.end() || depth > 8) {
        fail(row.at, "no block '" + row.use + "' to use");
      }
      add_rows(*used, made, left, right, depth + 1);
    }
  }

  Row compile(const SourceRow& from, const Typing& left, const Typing& right) {
    Row made;
    made.direction = from.direction;
    Typing left_end = left;
    Typing right_end = right;
    left_end.strict = right_end.strict = is_overlay(from.at);
    if (from.left.starts_with("%wrapper")) {
      left_end.cda_class = wrapper_class_;
    }
    if (!from.left.empty()) {
      made.left = parse_path(from.left, left_end, symbols_, from.at);
    }
    if (!from.right.empty()) {
      made.right = parse_path(from.right, right_end, symbols_, from.at);
    }
    made.left_type = left_end.fhir_type;
    made.right_type = right_end.fhir_type;
    codec(from, made);
    if (made.codec->kind == CodecKind::statement) {
      targets(right_end, made);
    } else if (made.codec->kind == CodecKind::resource && made.direction != Direction::backward) {
      keep_allowed(right_end, made);
    }
    for (const std::string& option : from.options) {
      row_option(option, from, made, left, right);
    }
    made.keeps = made.keeps &&
                 std::find(from.options.begin(), from.options.end(), "only") == from.options.end();
    if (sides_.left == Model::cda) {
      const bool makes = made.codec->kind == CodecKind::object ||
                         made.codec->kind == CodecKind::resource ||
                         made.codec->kind == CodecKind::statement;
      note_statements(source_, *map_, made.left, !makes, symbols_);
      note_meaning(*map_, made, symbols_);
      note_templates(made.left);
    }
    return made;
  }

  /// Of the blocks of a row that is read, those whose resources its Reference may mean.
  static void keep_allowed(const Typing& typing, Row& made) {
    Row allowed;
    targets(typing, allowed);
    if (made.direction == Direction::forward && !allowed.targets.empty()) {
      std::erase_if(made.blocks, [&](const Block* block) {
        return !block->resource_type.empty() &&
               std::find(allowed.targets.begin(), allowed.targets.end(), block->resource_type) ==
                   allowed.targets.end();
      });
    }
  }

  static void targets(const Typing& typing, Row& made) {
    if (typing.definitions == nullptr || typing.fhir_element == definition::no_element) {
      return;
    }
    for (const definition::TypeRef& type : typing.definitions->element_types(typing.fhir_element)) {
      for (const std::string_view target : type.targets) {
        made.targets.emplace_back(target.substr(target.rfind('/') + 1));
      }
    }
    if (std::find(made.targets.begin(), made.targets.end(), "Resource") != made.targets.end()) {
      made.targets.clear();
    }
  }

  void codec(const SourceRow& from, Row& made) {
    std::string_view text = from.codec;
    if (text.starts_with('\'')) {
      made.literal = std::string(text.substr(1, text.size() - 2));
      made.codec = find_codec("literal");
      return;
    }
    const std::size_t open = std::min(text.find('('), text.size());
    made.codec = find_codec(text.substr(0, open));
    if (made.codec == nullptr) {
      fail(from.at,
           "no codec '" + std::string(text) + "'" + near_name(text.substr(0, open), codec_names()));
    }
    for (const std::string_view word : split_words(text.substr(open), "(), ")) {
      const std::string name(word);
      const auto known = map_->by_name.find(name);
      if (known == map_->by_name.end()) {
        fail(from.at, "no block '" + name + "'" + near_name(name, keys_of(map_->by_name)));
      }
      made.blocks.push_back(known->second);
      if (made.codec->kind == CodecKind::object) {
        inner_.insert(known->second);
      }
    }
  }

  void row_option(const std::string& option, const SourceRow& from, Row& made, const Typing& left,
                  const Typing& right) {
    const std::size_t space = std::min(option.find(' '), option.size());
    const std::string name = option.substr(0, space);
    const std::string rest = space < option.size() ? option.substr(space + 1) : "";
    if (name == "map") {
      const auto known = map_->concepts.find(rest);
      if (known == map_->concepts.end()) {
        fail(from.at, "no codes '" + rest + "'" + near_name(rest, keys_of(map_->concepts)));
      }
      made.concepts = known->second.get();
      made.keeps = is_overlay(from.at);
    } else if (name == "most") {
      const auto codes = split_words(rest);
      made.most.assign(codes.begin(), codes.end());
    } else if (name == "when") {
      made.when_left = tests(rest, left, from.at);
    } else if (name == "back") {
      made.when_right = tests(rest, right, from.at);
    } else if (name == "none") {
      made.if_none = true;
    } else if (name == "rest") {
      made.rest = true;
    } else if (name == "null") {
      made.null_flavor = true;
    } else if (name == "quiet") {
      made.quiet = true;
    } else if (name == "refer") {
      made.refer = true;
    } else if (name == "nth") {
      made.nth = true;
    } else if (name == "least") {
      made.least = true;
    } else if (name == "every") {
      made.every = true;
    } else if (name == "repeat") {
      Typing typing = left;
      made.repeat = parse_path(rest, typing, symbols_, from.at);
    } else if (name == "lacks") {
      for (const std::string_view child : split_words(rest)) {
        made.lacks.push_back(symbols_.intern(child));
      }
    } else if (name == "says") {
      add_modifiers(*map_, rest, from.at, made.says, made.says_wrapper);
    } else if (name == "arg") {
      made.argument = rest;
    } else if (!name.empty() && name != "why" && name != "only") {
      fail(from.at, "no row option '" + name + "'" +
                        near_name(name, {row_options.begin(), row_options.end()}));
    }
  }

  std::vector<Test> tests(const std::string& text, Typing typing, const Location& at) {
    typing.strict = is_overlay(at);
    return parse_path("$this.where(" + text + ")", typing, symbols_, at).tests;
  }

  const Source& source_;
  std::string_view name_;
  const Sides& sides_;
  SymbolTable& symbols_;
  std::unique_ptr<Map> map_;
  definition::CdaClassId wrapper_class_ = 0;
  std::unordered_set<const Block*> inner_;  ///< named by object() rows
  std::vector<const SourceRow*> written_;   ///< of the block that is compiled, in order
};

}  // namespace

const Concepts::Target* Concepts::find(bool is_forward, std::string_view system,
                                       std::string_view code) const {
  const auto& table = is_forward ? tables.get().forward : tables.get().backward;
  std::string key(system);
  key += '|';
  key += code;
  auto found = table.find(key);
  if (found == table.end()) {
    found = table.find("|" + std::string(code));
  }
  if (found == table.end() &&
      (system.empty() || (is_forward ? left_system : right_system).empty())) {
    found = table.find((is_forward ? left_system : right_system) + "|" + std::string(code));
  }
  if (found == table.end()) {
    found = table.find("*");
  }
  return found == table.end() ? nullptr : &found->second;
}

void Systems::add(const std::string& oid, const std::string& uri) {
  by_oid.emplace(oid, uri);
  by_uri.emplace(uri, oid);
}

std::string_view Systems::uri(std::string_view oid) const {
  const auto found = by_oid.find(oid);
  return found == by_oid.end() ? std::string_view{} : std::string_view(found->second);
}

std::string_view Systems::oid(std::string_view uri) const {
  const auto found = by_uri.find(uri);
  return found == by_uri.end() ? std::string_view{} : std::string_view(found->second);
}

std::unique_ptr<Map> compile_map(const Source& source, std::string_view name, const Sides& sides,
                                 SymbolTable& symbols) {
  return Compiler(source, name, sides, symbols).run();
}

}  // namespace lhcr::map
