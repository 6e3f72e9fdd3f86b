// SPDX-License-Identifier: Apache-2.0
/// Evaluates a program: walks its nodes, hands items from one to the next, keeps scratch memory
/// between runs.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/arena.hpp"
#include "base/ucum.hpp"
#include "fhirpath/function.hpp"
#include "fhirpath/program.hpp"
#include "fhirpath/sink.hpp"

namespace lhcr::fhirpath {

/// What $this, $index and $total mean.
struct Scope {
  Value self;
  std::int64_t index = 0;
  const Collection* total = nullptr;
  const Collection* many =
      nullptr;  ///< $this is a whole collection (the argument of defineVariable())
};

class Machine {
 public:
  explicit Machine(const definition::Definitions& definitions);
  ~Machine();
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  /// To be called before every evaluation; forgets the values of the last one.
  void start(const Program& program, const Context& context, tree::NodeId focus);

  // --- evaluation of one program node ---
  /// Hands every item to `sink`; false when the sink stopped.
  bool each(Index node, const Scope& scope, Sink sink);
  /// One boolean by the rules of singleton evaluation.
  Truth truth(Index node, const Scope& scope);
  /// One item, or none; throws when there are more.
  Value single(Index node, const Scope& scope);
  void collect(Index node, const Scope& scope, Collection& out);
  /// Whether there is an item.
  bool any(Index node, const Scope& scope);
  /// The argument `number` of a call.
  [[nodiscard]] Index argument(const ProgramNode& call, std::uint32_t number) const {
    return program_->arguments[call.first + number];
  }

  // --- values ---
  /// The System value of a FHIR primitive or Quantity; other values as they are. none: a primitive
  /// without value. A node that no System type stands for stays a node.
  [[nodiscard]] Value system(const Value& value);
  /// What nodes of a type convert to.
  [[nodiscard]] SystemType system_type(definition::TypeId type);
  [[nodiscard]] SystemType system_type(const Value& value);
  [[nodiscard]] Truth truth_of(const Value& value);
  [[nodiscard]] bool is(const Value& value, const TypeSpec& type);
  /// As is(), but a FHIR primitive must have the very type (FHIR R4 reads as() and ofType() so).
  [[nodiscard]] bool is_exactly(const Value& value, const TypeSpec& type);
  /// yes, no, or empty where the values leave it open.
  [[nodiscard]] Truth equal(const Value& left, const Value& right);
  [[nodiscard]] bool equivalent(const Value& left, const Value& right);
  /// Throws when the values have no order; nullopt when it is open.
  [[nodiscard]] std::optional<int> order(const Value& left, const Value& right,
                                         const ProgramNode& at);
  [[nodiscard]] std::uint64_t hash(const Value& value);
  [[nodiscard]] Value arithmetic(const ProgramNode& node, const Value& left, const Value& right);
  /// A cached ucum::parse().
  [[nodiscard]] const ucum::Unit* unit(const Quantity& quantity);

  // --- the tree ---
  bool each_child(tree::NodeId parent, Symbol element, Sink sink);
  bool each_child(tree::NodeId parent, Sink sink);
  bool each_descendant(tree::NodeId top, Sink sink);
  [[nodiscard]] tree::NodeId child(tree::NodeId parent, Symbol element) const;
  [[nodiscard]] const tree::Tree& tree() const noexcept { return *context_->tree; }
  [[nodiscard]] const tree::Node& node(const Value& value) const noexcept {
    return tree()[value.node()];
  }
  [[nodiscard]] const Context& context() const noexcept { return *context_; }
  [[nodiscard]] Services& services() const noexcept { return *services_; }
  [[nodiscard]] const Program& program() const noexcept { return *program_; }
  [[nodiscard]] const definition::Definitions& definitions() const noexcept { return definitions_; }

  // --- memory that lives until the next start() ---
  /// Room for a text of `size` bytes. Making text is work like steps are: an expression can double
  /// its text again and again.
  [[nodiscard]] char* allocate(std::size_t size) {
    step(steps_for(size));
    return arena_.allocate(size);
  }
  [[nodiscard]] std::string_view keep(std::string_view text) {
    step(steps_for(text.size()));
    return arena_.copy(text);
  }
  [[nodiscard]] Value quantity(const Quantity& quantity);
  [[nodiscard]] Value type_name(std::string_view space, std::string_view name);
  [[nodiscard]] Value string(std::string_view text) { return Value::of_string(keep(text)); }
  [[nodiscard]] Collection& slot(std::uint32_t number) { return slots_[number]; }
  /// The moment of evaluation: the same for every now() of one run.
  [[nodiscard]] const DateTime& now();
  /// The compiled form of a regular expression that is not a literal; throws when it is none.
  [[nodiscard]] const re2::RE2& pattern(std::string_view text, const ProgramNode& at);

  /// Counts work; throws when the limit is reached.
  void step(std::uint64_t count = 1) {
    if (count > steps_left_) {
      out_of_steps();
    }
    steps_left_ -= count;
  }
  /// What making `size` bytes of text counts.
  [[nodiscard]] static constexpr std::uint64_t steps_for(std::uint64_t size) noexcept {
    return size / 4;
  }
  [[noreturn]] void fail(const std::string& what, const ProgramNode& at) const;

  struct Buffers {
    Collection items;
    std::vector<std::uint32_t> slots;  ///< hash slots of a Distinct
  };
  /// A collection out of the pool, given back at the end of the scope.
  class Scratch {
   public:
    explicit Scratch(Machine& machine) : machine_(machine), buffers_(machine.borrow()) {}
    ~Scratch() { --machine_.borrowed_; }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    Collection& operator*() noexcept { return buffers_.items; }
    Collection* operator->() noexcept { return &buffers_.items; }

   private:
    friend class Distinct;
    Machine& machine_;
    Buffers& buffers_;
  };

  Collection items_found;  ///< the result of an evaluation

 private:
  friend class Scratch;
  Buffers& borrow();
  [[noreturn]] void out_of_steps() const;

  bool each_call(const ProgramNode& node, const Scope& scope, Sink sink);
  Value call_item(const ProgramNode& node, const Scope& scope);
  Value argument_value(Index index, char kind, const Scope& scope, const ProgramNode& call);
  Value input_item(const ProgramNode& node, const Scope& scope);
  bool each_member(const ProgramNode& node, const Scope& scope, Sink sink);
  bool members_of(const Value& value, const ProgramNode& node, Sink sink);
  bool own_value(const Value& value, const ProgramNode& node, Sink sink);
  bool each_self(const ProgramNode& node, const Scope& scope, Sink sink);
  bool self_step(const ProgramNode& node, const Value& self, Sink sink);
  bool each_constant(const ProgramNode& node, Sink sink);
  static bool each_item(const Collection& items, Sink sink);
  bool each_union(const ProgramNode& node, const Scope& scope, Sink sink);
  struct Cache;
  Cache& fill_cache(const ProgramNode& node);
  bool each_cached(const ProgramNode& node, Sink sink);
  [[nodiscard]] bool contains(Index items, const Value& wanted, const Scope& scope);
  bool each_variable(const ProgramNode& node, Sink sink);
  bool each_typed(const ProgramNode& node, const Scope& scope, Sink sink);
  Value item_at(const ProgramNode& node, const Scope& scope);
  Value operation(const ProgramNode& node, const Scope& scope);

  Truth truth_of_equality(const ProgramNode& node, const Scope& scope);
  Truth equal_collections(const ProgramNode& node, const Scope& scope);
  Truth equivalent_collections(const ProgramNode& node, const Scope& scope);
  Truth compare(const ProgramNode& node, const Scope& scope);
  Truth membership(const ProgramNode& node, const Scope& scope);
  Truth type_is(const ProgramNode& node, const Scope& scope);
  Truth general_truth(Index node, const Scope& scope);

  [[nodiscard]] Value system_of_text(SystemType type, const tree::Node& node);
  [[nodiscard]] Value system_quantity(tree::NodeId node);
  [[nodiscard]] Truth equal_system(const Value& left, const Value& right);
  [[nodiscard]] Truth equal_nodes(tree::NodeId left, tree::NodeId right);
  [[nodiscard]] Truth equal_values(tree::NodeId left, tree::NodeId right);
  [[nodiscard]] Truth equal_quantities(const Quantity& left, const Quantity& right);
  [[nodiscard]] bool equivalent_nodes(tree::NodeId left, tree::NodeId right, int depth);
  [[nodiscard]] bool equivalent_quantities(const Quantity& left, const Quantity& right);
  [[nodiscard]] std::uint64_t hash_node(tree::NodeId node, int depth);

  const definition::Definitions& definitions_;
  const Program* program_ = nullptr;
  const Context* context_ = nullptr;
  Services* services_ = nullptr;
  tree::NodeId focus_ = tree::no_node;
  std::uint64_t steps_left_ = 0;

  Arena arena_;
  std::deque<Quantity> quantities_;
  std::size_t quantities_used_ = 0;
  std::deque<TypeName> types_;
  std::size_t types_used_ = 0;
  std::vector<std::unique_ptr<Buffers>> pool_;
  std::size_t borrowed_ = 0;
  std::vector<Collection> slots_;
  struct Cache {
    Collection items;
    bool filled = false;
    std::unique_ptr<Buffers> distinct;  ///< what is looked for in the items again and again
    bool looked_through = false;        ///< whether `distinct` is of these items
  };
  std::deque<Cache> caches_;
  std::vector<std::uint8_t> system_types_;  // by TypeId; 255: not yet asked for
  struct KnownUnit {
    std::string text;
    std::optional<ucum::Unit> unit;
  };
  std::unordered_map<std::string_view, std::unique_ptr<KnownUnit>> units_;
  std::unordered_map<std::string_view, std::unique_ptr<KnownUnit>> earlier_units_;
  struct KnownPattern {
    std::string text;
    std::unique_ptr<re2::RE2> compiled;
  };
  std::unordered_map<std::string_view, std::unique_ptr<KnownPattern>> patterns_;
  DateTime now_;
  bool now_known_ = false;
};

/// Items that differ from each other by the rules of =; linear in their number.
class Distinct {
 public:
  /// The items are added to `scratch`, which must be empty.
  explicit Distinct(Machine& machine, Machine::Scratch& scratch)
      : Distinct(machine, scratch.buffers_) {
    buffers_.slots.clear();
  }
  /// Goes on with what an earlier one has left in `buffers`.
  Distinct(Machine& machine, Machine::Buffers& buffers) : machine_(machine), buffers_(buffers) {}
  /// Adds an item unless an equal one is there; false when it was there.
  bool add(const Value& value);
  [[nodiscard]] bool contains(const Value& value);

 private:
  static constexpr std::size_t small = 8;  ///< up to here items are compared one by one
  [[nodiscard]] bool contains_small(const Value& value);
  [[nodiscard]] std::uint32_t* find_slot(const Value& value);
  void rehash();

  Machine& machine_;
  Machine::Buffers& buffers_;
};

}  // namespace lhcr::fhirpath
