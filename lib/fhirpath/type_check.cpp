// SPDX-License-Identifier: Apache-2.0
/// The checks of strict mode: infers which types a node of the program can yield.
#include <algorithm>
#include <string>

#include "base/names.hpp"
#include "fhirpath/compiler.hpp"
#include "fhirpath/function.hpp"

namespace lhcr::fhirpath {
namespace {

/// What a node can yield.
struct Shape {
  std::vector<definition::TypeId> fhir;
  std::uint32_t system = 0;  ///< bit per SystemType
  bool unknown = false;      ///< something else, too
  bool ordered = true;

  static Shape anything() {
    Shape shape;
    shape.unknown = true;
    return shape;
  }
  static Shape of(SystemType type) {
    Shape shape;
    shape.system = bit(type);
    return shape;
  }
  static std::uint32_t bit(SystemType type) noexcept { return 1U << static_cast<unsigned>(type); }
  void add(definition::TypeId type) {
    if (std::find(fhir.begin(), fhir.end(), type) == fhir.end()) {
      fhir.push_back(type);
    }
  }
  void add(const Shape& other) {
    for (const definition::TypeId type : other.fhir) {
      add(type);
    }
    system |= other.system;
    unknown = unknown || other.unknown;
    ordered = ordered && other.ordered;
  }
  [[nodiscard]] bool empty() const noexcept { return fhir.empty() && system == 0 && !unknown; }
};

class Checker {
 public:
  Checker(const Program& program, const CompileOptions& options)
      : program_(program), definitions_(*program.definitions), options_(options) {}

  void all() {
    Shape start = Shape::anything();
    if (options_.start != definition::no_type) {
      start.unknown = false;
      start.add(options_.start);
    }
    start_ = start;
    (void)infer(program_.root, start);
  }

 private:
  [[noreturn]] static void fail(const std::string& what, const ProgramNode& at) {
    throw ExpressionError(what, at.position);
  }

  /// An abstract type stands for any of its specialisations.
  [[nodiscard]] bool is_open(definition::TypeId type) const {
    const definition::TypeInfo& info = definitions_.info(type);
    return info.abstract && info.kind == definition::TypeKind::resource;
  }

  [[nodiscard]] bool is_primitive(definition::TypeId type) const {
    return definitions_.info(type).kind == definition::TypeKind::primitive;
  }

  Shape infer(Index index, const Shape& self) {
    const ProgramNode& node = program_.nodes[index];
    switch (node.op) {
      case Op::empty:
        return {};
      case Op::literal:
        return literal(program_.constants[node.data]);
      case Op::literal_list:
        return literal(program_.constants[node.data]);
      case Op::self:
        return self;
      case Op::index:
        return Shape::of(SystemType::integer);
      case Op::total:
      case Op::resource:
      case Op::root_resource:
      case Op::slot:
        return Shape::anything();
      case Op::context:
        return start_;
      case Op::variable:
        return Shape::of(SystemType::string);
      case Op::type_root:
        return type_root(node, self);
      case Op::child:
        return member(node, self);
      case Op::member:
        return member(node, infer(node.left, self));
      case Op::call:
        return call(node, self);
      case Op::item:
        (void)infer(node.right, self);
        return infer(node.left, self);
      case Op::cached:
        return infer(node.left, Shape::anything());
      case Op::negate:
        return infer(node.left, self);
      case Op::type_is:
        (void)infer(node.left, self);
        return Shape::of(SystemType::boolean);
      case Op::type_as:
        (void)infer(node.left, self);
        return typed(node);
      case Op::conjunction:
      case Op::disjunction:
      case Op::set_union:
        return chain(node, self);
      default:
        break;
    }
    return operation(node, self);
  }

  static Shape literal(const Value& value) {
    switch (value.kind()) {
      case Value::Kind::boolean:
        return Shape::of(SystemType::boolean);
      case Value::Kind::integer:
        return Shape::of(SystemType::integer);
      case Value::Kind::decimal:
        return Shape::of(SystemType::decimal);
      case Value::Kind::string:
        return Shape::of(SystemType::string);
      case Value::Kind::quantity:
        return Shape::of(SystemType::quantity);
      default:
        break;
    }
    return Shape::of(value.date_time().kind == DateTime::Kind::date   ? SystemType::date
                     : value.date_time().kind == DateTime::Kind::time ? SystemType::time
                                                                      : SystemType::date_time);
  }

  [[nodiscard]] Shape typed(const ProgramNode& node) const {
    Shape shape;
    if (node.type.fhir != definition::no_type) {
      shape.add(node.type.fhir);
    }
    if (node.type.system != SystemType::none) {
      shape.system = Shape::bit(node.type.system);
    }
    shape.unknown = node.type.any;
    return shape;
  }

  Shape type_root(const ProgramNode& node, const Shape& self) {
    const bool fits = self.unknown ||
                      std::any_of(self.fhir.begin(), self.fhir.end(), [&](definition::TypeId type) {
                        return definitions_.derives(type, node.type.fhir) ||
                               definitions_.derives(node.type.fhir, type);
                      });
    if (fits) {
      return self.unknown ? typed(node) : self;
    }
    return member(node, self);
  }

  Shape member(const ProgramNode& node, const Shape& input) {
    Shape result;
    result.ordered = input.ordered;
    result.unknown = input.unknown || (input.system == 0 && input.fhir.empty());
    for (const definition::TypeId type : input.fhir) {
      for (const definition::Child& child : definitions_.children(type)) {
        if (child.element == node.symbol && node.symbol != no_symbol) {
          add_child(result, child);
        }
      }
      result.unknown =
          result.unknown || is_open(type) || (node.symbol == name::value && is_primitive(type));
    }
    if (result.empty()) {
      fail("The element does not exist" + in_types(input), node);
    }
    return result;
  }

  void add_child(Shape& result, const definition::Child& child) const {
    if (child.type == definition::no_type || (child.flags & definition::child_resource) != 0) {
      result.unknown = true;
    } else {
      result.add(child.type);
    }
  }

  [[nodiscard]] std::string in_types(const Shape& shape) const {
    std::string text;
    for (const definition::TypeId type : shape.fhir) {
      text.append(text.empty() ? " in " : " or ").append(definitions_.info(type).name);
    }
    return text;
  }

  Shape chain(const ProgramNode& node, const Shape& self) {
    Shape result;
    for (std::uint32_t i = 0; i < node.count; ++i) {
      result.add(infer(program_.arguments[node.first + i], self));
    }
    return node.truth ? Shape::of(SystemType::boolean) : result;
  }

  Shape operation(const ProgramNode& node, const Shape& self) {
    Shape left = infer(node.left, self);
    const Shape right = infer(node.right, self);
    if (node.truth) {
      return Shape::of(SystemType::boolean);
    }
    if (node.op == Op::concatenate) {
      return Shape::of(SystemType::string);
    }
    left.add(right);
    left.system |= Shape::bit(SystemType::decimal);
    left.unknown = true;
    return left;
  }

  // --- calls ---

  Shape call(const ProgramNode& node, const Shape& self) {
    const Function& function = *node.function;
    const Shape input = function.input == Input::none ? Shape{} : infer(node.left, self);
    if (function.input == Input::string && !may_be(input, Shape::bit(SystemType::string))) {
      fail(std::string(function.name) + "() works on strings", node);
    }
    if (options_.check_order && function.ordered && !input.ordered) {
      fail(std::string(function.name) + "() works on items that have an order", node);
    }
    Shape first;
    Shape others;
    for (std::uint32_t i = 0; i < node.count; ++i) {
      const Shape argument = infer_argument(node, i, input, self);
      if (i == 0) {
        first = argument;
      } else {
        others.add(argument);
      }
    }
    if (function.result == Result::branch && !may_be(first, Shape::bit(SystemType::boolean))) {
      fail("The criterion of " + std::string(function.name) + "() must be a boolean", node);
    }
    return result(node, input, first, others);
  }

  Shape infer_argument(const ProgramNode& node, std::uint32_t number, const Shape& input,
                       const Shape& self) {
    const char letter = argument_letter(*node.function, number);
    if (letter == 't') {
      return typed(node);
    }
    const bool loop = letter == 'l' || letter == 'c';
    // repeat() also visits what its argument finds.
    const bool open = node.function->wide;
    return infer(program_.arguments[node.first + number],
                 loop ? (open ? Shape::anything() : input) : self);
  }

  [[nodiscard]] bool may_be(const Shape& shape, std::uint32_t wanted) const {
    if (shape.unknown || shape.empty() || (shape.system & wanted) != 0) {
      return true;
    }
    return std::any_of(shape.fhir.begin(), shape.fhir.end(),
                       [&](definition::TypeId type) { return is_primitive(type); });
  }

  [[nodiscard]] Shape result(const ProgramNode& node, const Shape& input, const Shape& first,
                             const Shape& others) const {
    switch (node.function->result) {
      case Result::unknown:
        return node.type.fhir != definition::no_type ? typed(node) : Shape::anything();
      case Result::input:
      case Result::first:
        return input;
      case Result::argument:
        return first;
      case Result::either: {
        Shape both = input;
        both.add(first);
        return both;
      }
      case Result::branch:
        return others;
      case Result::boolean:
        return Shape::of(SystemType::boolean);
      case Result::integer:
        return Shape::of(SystemType::integer);
      case Result::decimal:
        return Shape::of(SystemType::decimal);
      case Result::string:
        return Shape::of(SystemType::string);
      case Result::date:
        return Shape::of(SystemType::date);
      case Result::date_time:
        return Shape::of(SystemType::date_time);
      case Result::time:
        return Shape::of(SystemType::time);
      case Result::quantity:
        return Shape::of(SystemType::quantity);
      case Result::children: {
        Shape shape = Shape::anything();
        shape.ordered = false;
        return shape;
      }
      case Result::extension: {
        Shape shape;
        shape.add(definitions_.type("Extension"));
        return shape;
      }
      case Result::number:
      case Result::type:
        break;
    }
    return Shape::anything();
  }

  const Program& program_;
  const definition::Definitions& definitions_;
  const CompileOptions& options_;
  Shape start_;
};

}  // namespace

void check_types(const Program& program, const CompileOptions& options) {
  Checker(program, options).all();
}

}  // namespace lhcr::fhirpath
