// SPDX-License-Identifier: Apache-2.0
#include "fhirpath/names.hpp"

#include <algorithm>
#include <array>

#include "fhirpath/parser.hpp"

namespace lhcr::fhirpath {
namespace {

/// A function that looks at nothing but its input, its arguments and the elements in `names`.
struct KnownFunction {
  std::string_view name;
  bool simple;  ///< yields values without parts
  std::string_view first_name = {};
  std::string_view second_name = {};
};

constexpr std::array<KnownFunction, 57> functions = {{
    {"first", false},
    {"last", false},
    {"tail", false},
    {"skip", false},
    {"take", false},
    {"single", false},
    {"where", false},
    {"select", false},
    {"ofType", false},
    {"as", false},
    {"is", true},
    {"iif", false},
    {"exists", true},
    {"empty", true},
    {"not", true},
    {"count", true},
    {"all", true},
    {"allTrue", true},
    {"anyTrue", true},
    {"allFalse", true},
    {"anyFalse", true},
    {"hasValue", true},
    {"getValue", true},
    {"substring", true},
    {"replace", true},
    {"replaceMatches", true},
    {"matches", true},
    {"startsWith", true},
    {"endsWith", true},
    {"contains", true},
    {"upper", true},
    {"lower", true},
    {"trim", true},
    {"split", true},
    {"join", true},
    {"length", true},
    {"indexOf", true},
    {"toString", true},
    {"toInteger", true},
    {"toDecimal", true},
    {"toBoolean", true},
    {"toQuantity", true},
    {"keyNumber", true},
    {"toDate", true},
    {"toDateTime", true},
    {"round", true},
    {"abs", true},
    {"lowBoundary", true, "start"},
    {"highBoundary", true, "end"},
    {"today", true},
    {"now", true},
    {"extension", false, "extension", "url"},
    {"resolve", false, "reference", "contained"},
    {"conceptId", true, "coding"},
    {"standardConceptId", true, "coding"},
    {"getResourceKey", true, "id"},
    {"getReferenceKey", true, "reference", "type"},
}};

/// Operators that compare whole items; the others work on values.
constexpr std::array<std::string_view, 7> comparing = {"=", "!=", "~", "!~", "in", "contains", "|"};

/// What a Quantity is when an operator or a conversion takes it as a value.
constexpr std::array<std::string_view, 5> quantity_names = {"value", "unit", "system", "code",
                                                            "comparator"};

class Collector {
 public:
  Collector(const SyntaxTree& syntax, ElementNames& names) : syntax_(syntax), names_(names) {}

  bool all() {
    for (const std::string_view name : quantity_names) names_.add_name(name);
    return std::all_of(syntax_.nodes.begin(), syntax_.nodes.end(),
                       [this](const Syntax& node) { return add(node); });
  }

 private:
  static const KnownFunction* find(std::string_view name) {
    const auto found = std::find_if(functions.begin(), functions.end(),
                                    [&](const KnownFunction& row) { return row.name == name; });
    return found == functions.end() ? nullptr : &*found;
  }

  bool add(const Syntax& node) {
    if (node.kind == SyntaxKind::member) {
      names_.add_name(node.text);
    } else if (node.kind == SyntaxKind::call) {
      const KnownFunction* const known = find(node.text);
      if (known == nullptr) return false;
      if (!known->first_name.empty()) names_.add_name(known->first_name);
      if (!known->second_name.empty()) names_.add_name(known->second_name);
    } else if (node.kind == SyntaxKind::binary) {
      return compares_values(node);
    }
    return true;
  }

  /// Two elements with parts are equal when their parts are, which are not all there.
  [[nodiscard]] bool compares_values(const Syntax& node) const {
    if (std::find(comparing.begin(), comparing.end(), node.text) == comparing.end()) return true;
    const auto simple = [this](std::uint32_t operand) { return is_simple(operand); };
    return node.text == "|" ? std::all_of(node.operands.begin(), node.operands.end(), simple)
                            : std::any_of(node.operands.begin(), node.operands.end(), simple);
  }

  /// Whether it yields only values without parts.
  [[nodiscard]] bool is_simple(std::uint32_t at) const {
    const Syntax& node = syntax_.nodes[at];
    switch (node.kind) {
      case SyntaxKind::special:
        return node.text != "this";
      case SyntaxKind::member:
        return names_.is_primitive(node.text);
      case SyntaxKind::index:
        return is_simple(node.operands[0]);
      case SyntaxKind::call:
        return is_simple_call(node);
      case SyntaxKind::binary:
        return node.text != "|" ||
               std::all_of(node.operands.begin(), node.operands.end(),
                           [this](std::uint32_t operand) { return is_simple(operand); });
      case SyntaxKind::external:
        return node.text != "resource" && node.text != "rootResource" && node.text != "context";
      case SyntaxKind::type_test:
        return node.text == "is" || names_.is_primitive_type(node.unit);
      default:
        return true;
    }
  }

  [[nodiscard]] bool is_simple_call(const Syntax& node) const {
    const KnownFunction* const known = find(node.text);
    if (known == nullptr || known->simple) return known != nullptr;
    if (node.text == "ofType" || node.text == "as") {
      const Syntax& type = syntax_.nodes[node.operands.back()];
      return names_.is_primitive_type(type.text);
    }
    constexpr std::array<std::string_view, 7> keeping = {"first", "last",   "tail", "skip",
                                                         "take",  "single", "where"};
    const bool keeps = std::find(keeping.begin(), keeping.end(), node.text) != keeping.end();
    return keeps && node.has_input && is_simple(node.operands[0]);
  }

  const SyntaxTree& syntax_;
  ElementNames& names_;
};

}  // namespace

ElementNames::ElementNames(const definition::Definitions& definitions, SymbolTable& symbols)
    : definitions_(definitions), symbols_(symbols) {
  std::vector<definition::TypeId> types;
  std::set<definition::TypeId> known;
  const auto meet = [&](definition::TypeId type) {
    if (type != definition::no_type && known.insert(type).second) types.push_back(type);
  };
  for (const definition::TypeInfo& info : definitions.types()) meet(definitions.type(info.name));
  for (std::size_t i = 0; i < types.size(); ++i) {
    for (const definition::Child& child : definitions.children(types[i])) {
      rows_.push_back(child);
      meet(child.type);
    }
  }
}

bool ElementNames::add(std::string_view expression) {
  const SyntaxTree syntax = parse(expression);
  return Collector(syntax, *this).all();
}

void ElementNames::add_name(std::string_view name) {
  elements_.insert(symbols_.intern(name));
}

std::vector<Symbol> ElementNames::written() const {
  std::set<Symbol> names = elements_;
  for (const definition::Child& child : rows_) {
    if (elements_.contains(child.element)) names.insert(child.written);
  }
  return {names.begin(), names.end()};
}

bool ElementNames::is_primitive(std::string_view name) const {
  const Symbol symbol = symbols_.find(name);
  bool found = false;
  for (const definition::Child& child : rows_) {
    if (child.element != symbol || symbol == no_symbol) continue;
    found = true;
    const bool plain = child.type != definition::no_type &&
                       definitions_.info(child.type).kind == definition::TypeKind::primitive;
    if (!plain) return false;
  }
  return found;
}

bool ElementNames::is_primitive_type(std::string_view name) const {
  const definition::TypeId type = definitions_.type(name);
  return type != definition::no_type &&
         definitions_.info(type).kind == definition::TypeKind::primitive;
}

}  // namespace lhcr::fhirpath
