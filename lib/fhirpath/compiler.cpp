// SPDX-License-Identifier: Apache-2.0
#include "fhirpath/compiler.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <re2/re2.h>

#include "base/names.hpp"
#include "fhirpath/compiler_tables.hpp"
#include "fhirpath/function.hpp"
#include "fhirpath/function_names.hpp"
#include "fhirpath/parser.hpp"
#include "fhirpath/text.hpp"
#include "fhirpath/type_spec.hpp"

namespace lhcr::fhirpath {

Expression::Program::Program() = default;
Expression::Program::~Program() = default;

namespace {

/// What the value of a node depends on besides the resource.
enum Dependence : std::uint8_t { on_self = 1, on_index = 2, on_other = 4 };

class Compiler {
 public:
  Compiler(std::string_view text, const definition::Definitions& definitions,
           const SymbolTable& symbols, const CompileOptions& options)
      : syntax_(parse(text)),
        definitions_(definitions),
        symbols_(symbols),
        options_(options),
        program_(std::make_unique<Program>()) {
    program_->text = text;
    program_->definitions = &definitions;
    program_->lists_as = options.as_takes_lists || definitions.fhir_version().starts_with("3.");
    program_->joins_nothing = options.joins_nothing;
  }

  std::unique_ptr<const Program> all() {
    program_->root = compile(syntax_.root);
    return std::move(program_);
  }

 private:
  struct Facts {
    std::uint8_t depends = 0;
    bool wide = false;
  };
  struct Variable {
    std::string name;
    std::uint32_t slot;
  };

  [[noreturn]] static void fail(const std::string& what, const Syntax& at) {
    throw ExpressionError(what, at.position);
  }

  static ProgramNode make(Op op, const Syntax& at) {
    ProgramNode node;
    node.op = op;
    node.position = at.position;
    return node;
  }

  Index add(const ProgramNode& node, Facts facts) {
    program_->nodes.push_back(node);
    facts_.push_back(facts);
    return static_cast<Index>(program_->nodes.size() - 1);
  }

  std::string_view keep(std::string text) { return program_->texts.emplace_back(std::move(text)); }

  Index literal(const Syntax& at, const Value& value) {
    ProgramNode node = make(Op::literal, at);
    node.data = static_cast<std::uint32_t>(program_->constants.size());
    node.truth = value.kind() == Value::Kind::boolean;
    program_->constants.push_back(value);
    return add(node, {});
  }

  /// Wraps an operand that is the same in every round of a loop and costs a walk through elements
  /// of the resource.
  Index hoisted(Index index) {
    const Facts facts = facts_[index];
    if (loops_ == 0 || facts.depends != 0 || !facts.wide ||
        program_->nodes[index].op == Op::cached) {
      return index;
    }
    ProgramNode node;
    node.op = Op::cached;
    node.position = program_->nodes[index].position;
    node.truth = program_->nodes[index].truth;
    node.left = index;
    node.data = program_->caches++;
    return add(node, {0, false});
  }

  Index add_binary(ProgramNode node, Index left, Index right) {
    Facts facts;
    facts.depends = static_cast<std::uint8_t>(facts_[left].depends | facts_[right].depends);
    facts.wide = facts_[left].wide || facts_[right].wide;
    node.left = facts.depends != 0 ? hoisted(left) : left;
    node.right = facts.depends != 0 ? hoisted(right) : right;
    return add(node, facts);
  }

  Index compile(std::uint32_t at) {
    const Syntax& syntax = syntax_.nodes[at];
    switch (syntax.kind) {
      case SyntaxKind::empty:
        return add(make(Op::empty, syntax), {});
      case SyntaxKind::boolean:
        return literal(syntax, Value::of_boolean(syntax.text == "true"));
      case SyntaxKind::string:
        return literal(syntax, Value::of_string(keep(syntax.text)));
      case SyntaxKind::integer:
        return integer(syntax);
      case SyntaxKind::decimal:
        return literal(syntax, Value::of_decimal(number(syntax)));
      case SyntaxKind::date:
        return moment(syntax, DateTime::parse_date(syntax.text));
      case SyntaxKind::date_time:
        return moment(syntax, DateTime::parse_date_time(syntax.text));
      case SyntaxKind::time:
        return moment(syntax, DateTime::parse_time(syntax.text));
      case SyntaxKind::quantity:
        return quantity(syntax);
      case SyntaxKind::special:
        return special(syntax);
      case SyntaxKind::external:
        return external(syntax);
      case SyntaxKind::member:
        return member(syntax);
      case SyntaxKind::call:
        return call(syntax);
      case SyntaxKind::index:
        return item(syntax);
      case SyntaxKind::negate:
        return negate(syntax);
      case SyntaxKind::plus:
        return compile(syntax.operands[0]);
      case SyntaxKind::binary:
        return binary(syntax);
      case SyntaxKind::type_test:
        return type_test(syntax);
      case SyntaxKind::descending:
        break;
    }
    fail("desc belongs to the arguments of sort()", syntax);
  }

  /// Variables that an operand defines are not seen by its neighbours.
  Index operand(std::uint32_t at) {
    const std::size_t known = variables_.size();
    const Index index = compile(at);
    variables_.resize(known);
    return index;
  }

  // --- literals ---

  static Decimal number(const Syntax& syntax) {
    const auto value = Decimal::parse(syntax.text);
    if (!value) {
      fail("Not a number: " + syntax.text, syntax);
    }
    return *value;
  }

  Index integer(const Syntax& syntax) {
    // -2147483648 is a sign and 2147483648.
    constexpr std::int64_t largest = std::int64_t{1} << 31U;
    const auto value = number(syntax).integer();
    if (!value || *value > largest) {
      fail("An integer is at most 2147483647", syntax);
    }
    return literal(syntax, Value::of_integer(*value));
  }

  Index moment(const Syntax& syntax, const std::optional<DateTime>& value) {
    if (!value) {
      fail("There is no such date or time: " + syntax.text, syntax);
    }
    return literal(syntax, Value::of_date_time(*value));
  }

  Index quantity(const Syntax& syntax) {
    const std::string_view keyword = calendar_unit(syntax.unit);
    const bool calendar = syntax.calendar || !keyword.empty();
    const std::string_view unit = keyword.empty() ? keep(syntax.unit) : keyword;
    const Quantity& kept =
        program_->quantities.emplace_back(Quantity{number(syntax), unit, calendar});
    return literal(syntax, Value::of_quantity(&kept));
  }

  // --- names ---

  Index special(const Syntax& syntax) {
    if (syntax.text == "this") {
      return add(make(Op::self, syntax), {on_self, false});
    }
    if (syntax.text == "index") {
      return add(make(Op::index, syntax), {on_index, false});
    }
    return add(make(Op::total, syntax), {on_other, false});
  }

  Index external(const Syntax& syntax) {
    const std::string& name = syntax.text;
    const auto variable = std::find_if(variables_.begin(), variables_.end(),
                                       [&](const Variable& known) { return known.name == name; });
    if (variable != variables_.end()) {
      ProgramNode node = make(Op::slot, syntax);
      node.data = variable->slot;
      return add(node, {on_other, false});
    }
    if (const Value* const value = constant(name)) {
      return literal(syntax, value->kind() == Value::Kind::string
                                 ? Value::of_string(keep(std::string(value->string())))
                                 : *value);
    }
    for (const FixedVariable& fixed : fixed_variables) {
      if (fixed.name == name) {
        return literal(syntax, Value::of_string(fixed.value));
      }
    }
    if (name.starts_with("vs-")) {
      return literal(syntax, Value::of_string(keep(std::string(value_set_base) + name.substr(3))));
    }
    if (name.starts_with("ext-")) {
      return literal(syntax, Value::of_string(keep(std::string(structure_base) + name.substr(4))));
    }
    return environment(syntax);
  }

  [[nodiscard]] const Value* constant(std::string_view name) const {
    if (options_.constants == nullptr) {
      return nullptr;
    }
    for (const NamedValue& known : *options_.constants) {
      if (known.name == name) {
        return &known.value;
      }
    }
    return nullptr;
  }

  [[nodiscard]] bool may_be_variable(std::string_view name) const {
    return options_.variables == nullptr ||
           std::find(options_.variables->begin(), options_.variables->end(), name) !=
               options_.variables->end();
  }

  Index environment(const Syntax& syntax) {
    if (syntax.text == "resource") {
      return add(make(Op::resource, syntax), {});
    }
    if (syntax.text == "rootResource") {
      return add(make(Op::root_resource, syntax), {});
    }
    if (syntax.text == "context") {
      return add(make(Op::context, syntax), {});
    }
    if (!may_be_variable(syntax.text)) {
      fail("There is no constant %" + syntax.text, syntax);
    }
    ProgramNode node = make(Op::variable, syntax);
    node.data = static_cast<std::uint32_t>(program_->texts.size());
    program_->texts.push_back(syntax.text);
    return add(node, {});
  }

  static std::uint32_t type_part(std::string_view name) noexcept {
    return name == "name" ? part_name : (name == "namespace" ? part_space : no_part);
  }

  Index member(const Syntax& syntax) {
    ProgramNode node = make(Op::child, syntax);
    node.symbol = symbols_.find(syntax.text);
    node.data = type_part(syntax.text);
    if (syntax.has_input) {
      const Index input = compile(syntax.operands[0]);
      const bool of_self = program_->nodes[input].op == Op::self;
      node.op = of_self ? Op::child : Op::member;
      node.left = input;
      return add(node, {facts_[input].depends, true});
    }
    const bool capital = !syntax.text.empty() && syntax.text[0] >= 'A' && syntax.text[0] <= 'Z';
    const definition::TypeId type = capital ? definitions_.type(syntax.text) : definition::no_type;
    if (type != definition::no_type) {
      node.op = Op::type_root;
      node.type.fhir = type;
    }
    return add(node, {on_self, false});
  }

  // --- types ---

  TypeSpec type_named(std::string_view name, const Syntax& at) {
    const std::optional<TypeSpec> type = find_type(name, definitions_);
    if (!type) {
      fail("There is no type " + std::string(name), at);
    }
    TypeSpec found = *type;
    // Before N1 "String" meant the strings of records as well.
    if (program_->lists_as && found.fhir == definition::no_type &&
        found.system != SystemType::none && name.find('.') == std::string_view::npos) {
      std::string small(name);
      small[0] = static_cast<char>(small[0] - 'A' + 'a');
      found.fhir = definitions_.type(small);
    }
    return found;
  }

  /// A type written as an argument: a path of names.
  std::string type_text(std::uint32_t at) {
    const Syntax& syntax = syntax_.nodes[at];
    if (syntax.kind == SyntaxKind::string) {
      return syntax.text;
    }
    if (syntax.kind != SyntaxKind::member) {
      fail("A type is expected here", syntax);
    }
    return syntax.has_input ? type_text(syntax.operands[0]) + "." + syntax.text : syntax.text;
  }

  Index type_test(const Syntax& syntax) {
    ProgramNode node = make(syntax.text == "is" ? Op::type_is : Op::type_as, syntax);
    node.truth = node.op == Op::type_is;
    node.type = type_named(syntax.unit, syntax);
    node.left = compile(syntax.operands[0]);
    return add(node, facts_[node.left]);
  }

  // --- operators ---

  Index negate(const Syntax& syntax) {
    const Index operand = compile(syntax.operands[0]);
    const ProgramNode& below = program_->nodes[operand];
    if (below.op == Op::literal) {
      Value& value = program_->constants[below.data];
      switch (value.kind()) {
        case Value::Kind::integer:
          value = Value::of_integer(-value.integer());
          return operand;
        case Value::Kind::decimal:
          value = Value::of_decimal(value.decimal().negated());
          return operand;
        case Value::Kind::quantity: {
          Quantity negated = value.quantity();
          negated.value = negated.value.negated();
          value = Value::of_quantity(&program_->quantities.emplace_back(negated));
          return operand;
        }
        default:
          break;
      }
    }
    ProgramNode node = make(Op::negate, syntax);
    node.left = operand;
    return add(node, facts_[operand]);
  }

  Index item(const Syntax& syntax) {
    const Index input = compile(syntax.operands[0]);
    return add_binary(make(Op::item, syntax), input, operand(syntax.operands[1]));
  }

  Index binary(const Syntax& syntax) {
    const auto* const row =
        std::find_if(operator_table.begin(), operator_table.end(),
                     [&](const OperatorRow& known) { return known.text == syntax.text; });
    ProgramNode node = make(row->op, syntax);
    node.truth = row->truth;
    if (row->op == Op::conjunction || row->op == Op::disjunction || row->op == Op::set_union) {
      return chain(syntax, node);
    }
    const Index left = operand(syntax.operands[0]);
    return add_binary(node, left, operand(syntax.operands[1]));
  }

  Index chain(const Syntax& syntax, ProgramNode node) {
    constexpr std::size_t limit = 65535;
    if (syntax.operands.size() > limit) {
      fail("Too many operands", syntax);
    }
    std::vector<Index> operands;
    Facts facts;
    for (const std::uint32_t at : syntax.operands) {
      operands.push_back(operand(at));
      facts.depends = static_cast<std::uint8_t>(facts.depends | facts_[operands.back()].depends);
      facts.wide = facts.wide || facts_[operands.back()].wide;
    }
    if (node.op == Op::set_union && is_plain_list(operands)) {
      return literal_list(syntax, operands);
    }
    node.first = static_cast<std::uint32_t>(program_->arguments.size());
    node.count = static_cast<std::uint16_t>(operands.size());
    for (const Index index : operands) {
      const Index hoisted_index = facts.depends != 0 ? hoisted(index) : index;
      program_->arguments.push_back(hoisted_index);
    }
    return add(node, facts);
  }

  [[nodiscard]] const Value* plain_literal(Index index) const {
    const ProgramNode& node = program_->nodes[index];
    const Value* const value = node.op == Op::literal ? &program_->constants[node.data] : nullptr;
    const bool plain = value != nullptr && (value->kind() == Value::Kind::string ||
                                            value->kind() == Value::Kind::integer);
    return plain ? value : nullptr;
  }

  [[nodiscard]] bool is_plain_list(const std::vector<Index>& operands) const {
    return std::all_of(operands.begin(), operands.end(),
                       [&](Index index) { return plain_literal(index) != nullptr; });
  }

  static bool same(const Value& left, const Value& right) noexcept {
    if (left.kind() != right.kind()) {
      return false;
    }
    return left.kind() == Value::Kind::string ? left.string() == right.string()
                                              : left.integer() == right.integer();
  }

  Index literal_list(const Syntax& syntax, const std::vector<Index>& operands) {
    std::vector<Value> list;
    for (const Index index : operands) {
      const Value value = *plain_literal(index);
      if (std::none_of(list.begin(), list.end(),
                       [&](const Value& known) { return same(known, value); })) {
        list.push_back(value);
      }
    }
    ProgramNode node = make(Op::literal_list, syntax);
    node.data = static_cast<std::uint32_t>(program_->constants.size());
    node.count = static_cast<std::uint16_t>(list.size());
    program_->constants.insert(program_->constants.end(), list.begin(), list.end());
    return add(node, {});
  }

  // --- calls ---

  const Function& function_named(const Syntax& syntax, std::size_t arguments) {
    const Function* const function = find_function(syntax.text);
    if (function == nullptr) {
      const std::string near(nearest_function(syntax.text));
      fail("There is no function " + syntax.text + "()" +
               (near.empty() ? "" : ". Did you mean '" + near + "'?"),
           syntax);
    }
    const bool too_many = arguments > 0 && argument_letter(*function, arguments - 1) == '\0';
    if (arguments < required_arguments(*function) || too_many || arguments > 255) {
      fail(syntax.text + "() does not take " + std::to_string(arguments) + " arguments", syntax);
    }
    return *function;
  }

  Index call(const Syntax& syntax) {
    const std::size_t inputs = syntax.has_input ? 1 : 0;
    const std::size_t count = syntax.operands.size() - inputs;
    const Function& function = function_named(syntax, count);
    ProgramNode node = make(Op::call, syntax);
    node.function = &function;
    node.truth = function.truth != nullptr ||
                 (function.item != nullptr && function.result == Result::boolean);
    node.left = syntax.has_input ? compile(syntax.operands[0])
                                 : add(make(Op::self, syntax), {on_self, false});
    Facts facts = function.input == Input::none ? Facts{} : facts_[node.left];
    facts.wide = facts.wide || function.wide;
    const bool defines = function.name == "defineVariable";
    std::vector<Index> arguments;
    for (std::size_t i = 0; i < count; ++i) {
      arguments.push_back(
          argument(syntax.operands[inputs + i], argument_letter(function, i), node, facts));
    }
    if (defines) {
      facts.depends |= on_other;
      node.data = define(syntax, syntax_.nodes[syntax.operands[inputs]]);
    }
    if (function.name == "sort") {
      node.data = descending_keys(syntax, inputs);
    }
    node.left = facts.depends != 0 ? hoisted(node.left) : node.left;
    compile_pattern_argument(node, arguments);
    node.first = static_cast<std::uint32_t>(program_->arguments.size());
    node.count = static_cast<std::uint16_t>(arguments.size());
    program_->arguments.insert(program_->arguments.end(), arguments.begin(), arguments.end());
    return add(node, facts);
  }

  Index argument(std::uint32_t at, char kind, ProgramNode& call, Facts& facts) {
    if (kind == 't') {
      call.type = type_named(type_text(at), syntax_.nodes[at]);
      return 0;
    }
    const bool loop = kind == 'l' || kind == 'c';
    loops_ += loop ? 1 : 0;
    const Index compiled = operand(call.function->name == "sort" ? sort_key(at) : at);
    std::uint8_t depends = facts_[compiled].depends;
    if (loop) {
      depends = static_cast<std::uint8_t>(depends & ~on_self);
      depends = static_cast<std::uint8_t>(kind == 'l' ? depends & ~on_index : depends);
    }
    facts.depends = static_cast<std::uint8_t>(facts.depends | depends);
    facts.wide = facts.wide || facts_[compiled].wide;
    const Index result = hoisted(compiled);
    loops_ -= loop ? 1 : 0;
    return result;
  }

  [[nodiscard]] bool is_descending(std::uint32_t at) const {
    const SyntaxKind kind = syntax_.nodes[at].kind;
    return kind == SyntaxKind::descending || kind == SyntaxKind::negate;
  }

  /// sort(-key) sorts from high to low whatever the type of the key is; the sign is no arithmetic.
  [[nodiscard]] std::uint32_t sort_key(std::uint32_t at) const {
    return is_descending(at) ? syntax_.nodes[at].operands[0] : at;
  }

  std::uint32_t descending_keys(const Syntax& syntax, std::size_t inputs) {
    std::uint32_t bits = 0;
    if (syntax.operands.size() - inputs > max_sort_keys) {
      fail("sort() takes at most 16 keys", syntax);
    }
    for (std::size_t i = inputs; i < syntax.operands.size(); ++i) {
      const SyntaxKind kind = syntax_.nodes[syntax.operands[i]].kind;
      const auto key = static_cast<std::uint32_t>(i - inputs);
      bits |= kind == SyntaxKind::negate ? 1U << key : 0U;
      bits |= kind == SyntaxKind::descending ? 1U << (key + max_sort_keys) : 0U;
    }
    return bits;
  }

  std::uint32_t define(const Syntax& call, const Syntax& name) {
    constexpr std::array<std::string_view, 3> fixed = {"context", "resource", "rootResource"};
    if (name.kind != SyntaxKind::string) {
      fail("defineVariable() takes its name as a literal", call);
    }
    const auto same = [&](const auto& known) { return known.name == name.text; };
    const bool taken = std::any_of(variables_.begin(), variables_.end(), same) ||
                       std::any_of(fixed_variables.begin(), fixed_variables.end(), same) ||
                       std::find(fixed.begin(), fixed.end(), name.text) != fixed.end();
    if (taken) {
      fail("%" + name.text + " is already defined", call);
    }
    variables_.push_back({name.text, program_->slots});
    return program_->slots++;
  }

  void compile_pattern_argument(ProgramNode& node, const std::vector<Index>& arguments) {
    if (!node.function->pattern || program_->nodes[arguments[0]].op != Op::literal) {
      return;
    }
    const Value& text = program_->constants[program_->nodes[arguments[0]].data];
    if (text.kind() != Value::Kind::string) {
      return;
    }
    program_->patterns.push_back(compile_pattern(text.string()));
    node.pattern = program_->patterns.back().get();
    if (!node.pattern->ok()) {
      throw ExpressionError("Not a regular expression: " + node.pattern->error(),
                            program_->nodes[arguments[0]].position);
    }
  }

  SyntaxTree syntax_;
  const definition::Definitions& definitions_;
  const SymbolTable& symbols_;
  const CompileOptions& options_;
  std::unique_ptr<Program> program_;
  std::vector<Facts> facts_;
  std::vector<Variable> variables_;
  int loops_ = 0;
};

}  // namespace

std::unique_ptr<const Program> compile(std::string_view text,
                                       const definition::Definitions& definitions,
                                       const SymbolTable& symbols, const CompileOptions& options) {
  auto program = Compiler(text, definitions, symbols, options).all();
  if (options.strict) {
    check_types(*program, options);
  }
  return program;
}

}  // namespace lhcr::fhirpath
