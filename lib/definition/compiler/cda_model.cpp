// SPDX-License-Identifier: Apache-2.0
#include "definition/compiler/cda_model.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "base/error.hpp"
#include "base/words.hpp"
#include "definition/compiler/cda_line.hpp"
#include "definition/compiler/element_tree.hpp"
#include "definition/words.hpp"

namespace lhcr::definition::compiler {
namespace {

constexpr std::string_view hl7_systems = "http://terminology.hl7.org/CodeSystem/";
constexpr std::string_view own_systems = "http://hl7.org/cda/stds/core/CodeSystem/";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// The table's short name of a value set.
std::string value_set_url(std::string_view name) {
  if (name.find(':') != std::string_view::npos) {
    return std::string(name);
  }
  const bool foreign = name.starts_with("v3-");
  return std::string(foreign ? "http://terminology.hl7.org/ValueSet/" : cda_value_sets)
      .append(name);
}

std::string system_url(std::string_view name) {
  return std::string(name.starts_with("v3-") ? hl7_systems : own_systems).append(name);
}

/// IVL_TS is published as .../IVL-TS.
std::string structure_url(std::string_view type) {
  std::string name(type);
  std::replace(name.begin(), name.end(), '_', '-');
  return std::string(cda_structures).append(name);
}

/// What definition/cda_classes reads.
constexpr std::string_view writers_options[] = {"default", "usual", "alternative", "needed",
                                                "once"};

struct FhirKind {
  std::string_view type;
  tree::Kind kind;
};

class TableReader {
 public:
  TableReader(const std::string& where, Model& model) : where_(where), model_(model) {
    for (const StructureModel& known : model.structures) {
      if (is_cda(known) && !known.constraint) {
        types_.emplace(known.type, grow(known.elements));
      }
    }
  }

  void run(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      ++line_;
      take(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    finish_type();
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorKind::input, where_ + ":" + std::to_string(line_) + ": " + what);
  }

  void take(std::string_view line) {
    const std::size_t indent = line.find_first_not_of(' ');
    if (indent == std::string_view::npos || line[indent] == '#') {
      return;
    }
    const std::string_view text = trimmed(line);
    if (indent == 0) {
      finish_type();
      begin(split_words(text));
    } else if (in_set_) {
      take_codes(text);
    } else if (text.front() == '!') {
      take_rule(text.substr(1), indent / 2);
    } else {
      take_element(text, indent / 2);
    }
  }

  void begin(const std::vector<std::string_view>& words) {
    in_set_ = words.front() == "valueset";
    if (words.size() < 2) {
      fail("a name is missing");
    }
    if (in_set_) {
      ValueSetModel& set = model_.value_sets.emplace_back();
      set.url = value_set_url(words[1]);
      set.name = words[1];
      set.has_compose = true;
    } else if (words.front() == "codesystem") {
      add_code_system(words);
    } else if (words.front() == "primitive") {
      begin_primitive(words);
    } else if (words.front() == "type" && words.size() > 3) {
      begin_type(words);
    } else {
      fail("this is neither a type nor a value set");
    }
  }

  void add_code_system(const std::vector<std::string_view>& words) {
    CodeSystemModel& system = model_.code_systems.emplace_back();
    system.url = system_url(words[1]);
    system.name = words[1];
    system.content = "complete";
    system.case_sensitive = true;
    for (std::size_t at = 2; at < words.size(); ++at) {
      system.index.emplace(words[at], static_cast<std::uint32_t>(at - 2));
      system.concepts.emplace_back().code = words[at];
    }
  }

  void take_codes(std::string_view text) {
    ValueSetModel& set = model_.value_sets.back();
    std::vector<std::string_view> words = split_words(text);
    if (words.front() == "set") {
      for (std::size_t at = 1; at < words.size(); ++at) {
        set.includes.emplace_back().value_sets = {value_set_url(words[at])};
      }
      return;
    }
    if (words.front().ends_with(':')) {
      words.front().remove_suffix(1);
      set.includes.emplace_back().system = system_url(words.front());
      words.erase(words.begin());
    } else if (set.includes.empty()) {
      fail("codes without a system");
    }
    for (const std::string_view code : words) {
      if (code != "*") {
        set.includes.back().codes.emplace_back(code);
        set.includes.back().has_codes = true;
      }
    }
  }

  StructureModel& begin_structure(std::string_view name) {
    structure_.emplace();
    structure_->url = name.find('-') == std::string_view::npos
                          ? structure_url(name)
                          : std::string(cda_structures).append(name);
    structure_->name = structure_->type = name;
    structure_->status = "active";
    structure_->cda = true;
    return *structure_;
  }

  void begin_primitive(const std::vector<std::string_view>& words) {
    constexpr FhirKind kinds[] = {{"boolean", tree::Kind::boolean},
                                  {"integer", tree::Kind::number},
                                  {"decimal", tree::Kind::number}};
    if (words.size() != 3) {
      fail("a primitive has a name and a FHIR type");
    }
    begin_structure(words[1]).kind = TypeKind::primitive;
    structure_->base = std::string("http://hl7.org/fhir/StructureDefinition/").append(words[2]);
    root_ = {};
    root_.element.path = words[1];
    root_.element.max = unbounded;
    ElementTree& value = root_.children.emplace_back();
    value.element.path = "x.value";
    TypeRefModel& type = value.element.types.emplace_back();
    type.code = words[2];
    type.json_kind = tree::Kind::string;
    for (const FhirKind& known : kinds) {
      type.json_kind = known.type == words[2] ? known.kind : type.json_kind;
    }
    open_ = {&root_};
  }

  void begin_type(const std::vector<std::string_view>& words) {
    begin_structure(words[1]);
    structure_->abstract = words.size() > 4 && words[4] == "abstract";
    root_ = {};
    if (words[3] != "-") {
      structure_->base = structure_url(words[3]);
      root_ = known_type(words[3]);
    }
    root_.element.path = words[1];
    root_.element.min = root_.element.max = 1;
    open_ = {&root_};
  }

  [[nodiscard]] const ElementTree& known_type(std::string_view name) const {
    const auto found = types_.find(name);
    if (found == types_.end()) {
      fail("the type " + std::string(name) + " is not above");
    }
    return found->second;
  }

  void finish_type() {
    if (!structure_) {
      return;
    }
    structure_->elements = flatten(root_);
    types_.emplace(structure_->type, std::move(root_));
    model_.structures.push_back(std::move(*structure_));
    structure_.reset();
  }

  void take_rule(std::string_view text, std::size_t depth) {
    const std::size_t first = text.find(" | ");
    const std::size_t last = text.rfind(" | ");
    const std::vector<std::string_view> head = split_words(text.substr(0, first));
    if (!structure_ || first == last || head.size() != 2 || depth > open_.size() || depth == 0) {
      fail("an invariant is: KEY SEVERITY | EXPRESSION | TEXT");
    }
    InvariantModel rule;
    rule.key = head[0];
    rule.warning = head[1] == "warning";
    rule.expression = trimmed(text.substr(first + 3, last - first - 3));
    rule.human = trimmed(text.substr(last + 3));
    rule.source = structure_->url;
    open_[depth - 1]->element.invariants.push_back(std::move(rule));
  }

  /// The tree whose children lines of this depth are: unfolded from its type when it has none yet.
  ElementTree& parent_at(std::size_t depth) {
    if (!structure_ || depth == 0 || depth > open_.size()) {
      fail("this line belongs to none");
    }
    open_.resize(depth);
    ElementTree& parent = *open_.back();
    if (depth > 1 && parent.children.empty() && parent.element.types.size() == 1 &&
        parent.element.types.front().code != "Base") {
      parent.children = known_type(parent.element.types.front().code).children;
    }
    return parent;
  }

  void take_element(std::string_view text, std::size_t depth) {
    const std::optional<CdaLine> line = read_cda_line(text);
    if (!line) {
      fail("an element is: MARK NAME MIN..MAX TYPE");
    }
    if (line->mark == '%') {
      open_.resize(depth);
      open_.push_back(open_.back());
      group_ = depth + 1;
      return;
    }
    ElementTree& parent = parent_at(depth);
    const std::string name(line->name);
    ElementTree* tree = parent.child(name);
    if (tree == nullptr) {
      tree = &parent.children.emplace_back();
      tree->element.path = "x." + name;
      tree->element.any_order = depth == group_;
    }
    if (!line->written.empty()) {
      tree->element.written = line->written;
    }
    fill(tree->element, *line);
    group_ = depth < group_ ? 0 : group_;
    open_.push_back(tree);
  }

  void fill(ElementModel& element, const CdaLine& line) {
    element.attribute = line.mark == '@';
    element.xml_text = line.mark == '$';
    element.min = line.min;
    element.max = line.max;
    // The members of a group come as often as the group.
    element.max = element.any_order && element.max > 0 ? unbounded : element.max;
    element.base_max = element.max;
    element.has_base = element.has_min = element.has_max = true;
    element.types.clear();
    for (const std::string_view code : line.types) {
      element.types.emplace_back().code = code;
    }
    element.xhtml = line.type_text == "xhtml";
    for (const auto& [key, value] : line.options) {
      option(element, key, std::string(value));
    }
  }

  void option(ElementModel& element, std::string_view key, const std::string& value) {
    const Strength strength = value_for(strength_words, key, Strength::none);
    if (strength != Strength::none) {
      element.strength = strength;
      element.value_set = value_set_url(value);
    } else if (key == "typed") {
      element.typed = true;
    } else if (key == "default-type") {
      element.default_type = value;
    } else if (key == "fixed") {
      element.fixed = '"' + value + '"';
      element.fixed_type = "string";
    } else if (key == "min") {
      element.min_value = value;
    } else if (key == "max") {
      element.max_value = value;
    } else if (key == "length") {
      element.max_length = count_of(value);
    } else if (!is_one_of(key, writers_options)) {
      fail("unknown option " + std::string(key));
    }
  }

  const std::string& where_;
  Model& model_;
  std::map<std::string, ElementTree, std::less<>> types_;
  std::optional<StructureModel> structure_;
  ElementTree root_;
  std::vector<ElementTree*> open_;
  std::size_t group_ = 0;  // depth of the lines that are members of a group
  std::size_t line_ = 0;
  bool in_set_ = false;
};

}  // namespace

void read_cda_table(const std::string& where, std::string_view text, Model& model) {
  TableReader(where, model).run(text);
}

}  // namespace lhcr::definition::compiler
