// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "finding/id.hpp"
#include "view/plan.hpp"

namespace lhcr::view {

using fhirpath::Value;
using finding::Id;
using finding::id;
using tree::Kind;
using tree::NodeId;

View::View(const Source& source, definition::Library& library, const ViewSettings& settings)
    : plan_(compile_view(source, library, settings)) {}
View::View(View&&) noexcept = default;
View& View::operator=(View&&) noexcept = default;
View::~View() = default;

const std::string& View::source() const {
  return plan_->source;
}
const std::string& View::name() const {
  return plan_->name;
}
const std::string& View::resource() const {
  return plan_->resource;
}
const std::vector<Column>& View::columns() const {
  return plan_->columns;
}
const definition::Definitions& View::definitions() const {
  return *plan_->definitions;
}
const std::vector<std::string>& View::reasons() const {
  return plan_->reasons;
}
const std::vector<std::string>& View::notes() const {
  return plan_->notes;
}

namespace {

constexpr std::uint64_t max_rows = 1'000'000;
constexpr std::size_t max_nesting = 500;

/// Why a record makes no rows; thrown within run() only.
struct Refusal : finding::Message {
  using Message::Message;
};

/// A block that is being filled, and what comes after it.
struct Frame {
  const Block* block;
  std::size_t part;
  NodeId focus;
  const Frame* outer;
};

bool is_integer(std::string_view text) {
  const auto number = Decimal::parse(text);
  return number && number->integer().has_value();
}

bool fits(const Cell& cell, std::string_view text, ColumnKind kind) {
  switch (kind) {
    case ColumnKind::text:
      return true;
    case ColumnKind::boolean:
      return cell.kind == Cell::Kind::boolean;
    case ColumnKind::integer:
      return cell.kind == Cell::Kind::number && is_integer(text);
    case ColumnKind::decimal:
      return cell.kind == Cell::Kind::number;
  }
  return false;
}

}  // namespace

struct Runner::State {
  explicit State(const Plan& made)
      : plan(made),
        evaluator(*made.definitions),
        values{{std::string(row_index_name), Value()}, {std::string(source_file_name), Value()}} {
    context.values = &values;
    cells.resize(made.columns.size());
    left_out.resize(made.where.size());
  }

  const Plan& plan;
  fhirpath::Evaluator evaluator;
  std::vector<fhirpath::NamedValue> values;
  fhirpath::Context context;
  std::string source_file;
  RowSink* sink = nullptr;
  std::vector<Cell> cells;
  std::vector<Cell> items;
  std::string scratch;
  std::vector<NodeId> nodes;  ///< of the open iterations
  std::vector<NodeId> found;  ///< of walk()
  std::vector<NodeId> below;
  std::uint64_t rows = 0;
  std::vector<std::uint64_t> left_out;  ///< by the number of the `where`
  const std::string* place = nullptr;   ///< of the expression that runs

  void run(NodeId resource);
  bool wanted(NodeId resource);
  bool meets(const PlacedPath& path, NodeId resource);
  void next(const Frame& frame);
  void repeat_block(const Block& block, NodeId focus, const Frame* outer);
  void find_items(const Block& block, NodeId focus);
  void collect(const PlacedPath& path, NodeId focus);
  void collect_below(const Block& block, NodeId focus, std::size_t depth);
  void enter(const Block& block, NodeId focus, const Frame* outer);
  void fill(const ColumnPath& path, NodeId focus);
  void fill_plain(const ColumnPath& path, NodeId focus);
  void walk(const std::vector<PlainStep>& steps, NodeId focus);
  void walk_children(Symbol element);
  [[nodiscard]] bool is_of(NodeId node, definition::TypeId type) const;
  Cell cell_of(const Value& value, const Column& column);
  Cell list_of(const fhirpath::Collection& items_found, const Column& column);
  [[nodiscard]] Cell of_node(NodeId node, const Column& column) const;
  Cell of_text(const Value& value, Cell::Kind kind);
  [[nodiscard]] std::string_view text(const Cell& cell) const {
    return Row{cells, nullptr, scratch.data()}.text(cell);
  }
  const fhirpath::Collection& evaluate(const PlacedPath& path, NodeId focus);
  [[nodiscard]] std::string type_name(NodeId node) const;
  void set_row_index(std::size_t index) {
    values[0].value = Value::of_integer(static_cast<std::int64_t>(index));
  }
};

const fhirpath::Collection& Runner::State::evaluate(const PlacedPath& path, NodeId focus) {
  place = &path.place;
  return evaluator.evaluate(path.expression, context, focus);
}

std::string Runner::State::type_name(NodeId node) const {
  const definition::TypeId type = (*context.tree)[node].type;
  return type == definition::no_type ? std::string("an unknown element")
                                     : std::string(plan.definitions->info(type).name);
}

void Runner::State::run(NodeId resource) {
  context.resource = context.root_resource = resource;
  rows = 0;
  nodes.clear();
  scratch.clear();
  items.clear();
  set_row_index(0);
  if (wanted(resource)) enter(plan.root, resource, nullptr);
}

bool Runner::State::wanted(NodeId resource) {
  for (std::size_t i = 0; i < plan.where.size(); ++i) {
    if (meets(plan.where[i], resource)) continue;
    ++left_out[i];
    return false;
  }
  return true;
}

bool Runner::State::meets(const PlacedPath& path, NodeId resource) {
  const fhirpath::Collection& answer = evaluate(path, resource);
  if (answer.empty()) return false;
  const Value& value = answer.front();
  const bool plain = value.kind() == Value::Kind::boolean;
  const bool node = value.is_node() && (*context.tree)[value.node()].kind == Kind::boolean;
  if (answer.size() > 1 || (!plain && !node)) {
    const std::string what = answer.size() > 1 ? "several items"
                             : value.is_node() ? type_name(value.node())
                                               : std::string(system_type_name(value));
    throw Refusal{id<"view-where">, {path.place, plan.name, what}};
  }
  return plain ? value.boolean() : (*context.tree)[value.node()].text() == "true";
}

/// Goes on with the parts of a block, then with what is around it; a row is whole at the end.
void Runner::State::next(const Frame& frame) {
  if (frame.part < frame.block->parts.size()) {
    for (const Block& block : frame.block->parts[frame.part]) {
      repeat_block(block, frame.focus, &frame);
    }
  } else if (frame.outer != nullptr) {
    Frame after = *frame.outer;
    ++after.part;
    next(after);
  } else {
    if (++rows > max_rows) {
      throw Refusal{id<"view-rows">, {std::to_string(max_rows), plan.name}};
    }
    sink->row({cells, items.data(), scratch.data()});
  }
}

void Runner::State::enter(const Block& block, NodeId focus, const Frame* outer) {
  const std::size_t text_before = scratch.size();
  const std::size_t items_before = items.size();
  for (const ColumnPath& column : block.columns) fill(column, focus);
  next({&block, 0, focus, outer});
  scratch.resize(text_before);
  items.resize(items_before);
}

void Runner::State::repeat_block(const Block& block, NodeId focus, const Frame* outer) {
  if (block.iteration == Iteration::once) {
    enter(block, focus, outer);
    return;
  }
  const std::size_t first = nodes.size();
  const Value index = values[0].value;
  find_items(block, focus);
  // The empty node stands for nothing: paths below it yield nothing.
  if (nodes.size() == first && block.iteration == Iteration::each_or_null) {
    nodes.push_back(tree::no_node);
  }
  const std::size_t count = nodes.size() - first;
  for (std::size_t i = 0; i < count; ++i) {
    set_row_index(i);
    enter(block, nodes[first + i], outer);
  }
  nodes.resize(first);
  values[0].value = index;
}

void Runner::State::find_items(const Block& block, NodeId focus) {
  if (block.iteration == Iteration::repeat) {
    collect_below(block, focus, 0);
  } else {
    collect(block.paths.front(), focus);
  }
}

void Runner::State::collect(const PlacedPath& path, NodeId focus) {
  for (const Value& value : evaluate(path, focus)) {
    if (!value.is_node()) throw Refusal{id<"view-iteration">, {path.place, plan.name}};
    nodes.push_back(value.node());
  }
}

/// What the paths find, and what they find there, each before what is below it.
void Runner::State::collect_below(const Block& block, NodeId focus, std::size_t depth) {
  const std::size_t first = nodes.size();
  for (const PlacedPath& path : block.paths) collect(path, focus);
  // $this and %resource find the same again and again.
  if (depth > max_nesting || nodes.size() > max_rows) {
    throw Refusal{id<"view-rows">, {std::to_string(max_rows), plan.name}};
  }
  const std::vector<NodeId> level(nodes.begin() + static_cast<std::ptrdiff_t>(first), nodes.end());
  nodes.resize(first);
  for (const NodeId node : level) {
    nodes.push_back(node);
    collect_below(block, node, depth + 1);
  }
}

void Runner::State::walk_children(Symbol element) {
  below.clear();
  for (const NodeId parent : found) {
    for (const NodeId child : context.tree->children(parent)) {
      const tree::Node& node = (*context.tree)[child];
      if (node.element == element && !node.is(tree::Flag::meta)) below.push_back(child);
    }
  }
  found.swap(below);
}

/// As ofType() of the evaluator: of a primitive the very type counts.
bool Runner::State::is_of(NodeId node, definition::TypeId type) const {
  const definition::TypeId own = (*context.tree)[node].type;
  if (own == type) return true;
  return own != definition::no_type &&
         plan.definitions->info(own).kind != definition::TypeKind::primitive &&
         plan.definitions->derives(own, type);
}

/// Leaves what the steps find in `found`.
void Runner::State::walk(const std::vector<PlainStep>& steps, NodeId focus) {
  found.assign(1, focus);
  for (const PlainStep& step : steps) {
    if (step.kind == PlainStep::Kind::child) {
      walk_children(step.element);
    } else if (step.kind == PlainStep::Kind::first) {
      found.erase(found.begin() + (found.empty() ? 0 : 1), found.end());
    } else {
      std::erase_if(found, [&](NodeId node) { return !is_of(node, step.type); });
    }
  }
}

void Runner::State::fill_plain(const ColumnPath& path, NodeId focus) {
  const Column& column = plan.columns[path.column];
  walk(path.path.steps, focus);
  if (found.size() > 1) throw Refusal{id<"view-column-values">, {column.name, plan.name}};
  cells[path.column] = found.empty() ? Cell{} : cell_of(Value::of_node(found.front()), column);
}

void Runner::State::fill(const ColumnPath& path, NodeId focus) {
  if (!path.path.steps.empty() && !plan.columns[path.column].list) {
    fill_plain(path, focus);
    return;
  }
  const Column& column = plan.columns[path.column];
  const fhirpath::Collection& values_found = evaluate(path.path, focus);
  Cell& cell = cells[path.column];
  if (column.list) {
    cell = list_of(values_found, column);
  } else if (values_found.size() > 1) {
    throw Refusal{id<"view-column-values">, {column.name, plan.name}};
  } else {
    cell = values_found.empty() ? Cell{} : cell_of(values_found.front(), column);
  }
}

Cell Runner::State::list_of(const fhirpath::Collection& items_found, const Column& column) {
  Cell list;
  list.kind = Cell::Kind::list;
  list.at = items.size();
  for (const Value& value : items_found) {
    const Cell item = cell_of(value, column);
    if (item.kind != Cell::Kind::null) items.push_back(item);
  }
  list.length = static_cast<std::uint32_t>(items.size() - list.at);
  return list;
}

Cell Runner::State::cell_of(const Value& value, const Column& column) {
  Cell cell;
  switch (value.kind()) {
    case Value::Kind::none:
      return cell;
    case Value::Kind::node:
      cell = of_node(value.node(), column);
      break;
    case Value::Kind::boolean:
      cell = of_text(value, Cell::Kind::boolean);
      break;
    case Value::Kind::integer:
    case Value::Kind::decimal:
      cell = of_text(value, Cell::Kind::number);
      break;
    default:
      cell = of_text(value, Cell::Kind::text);
  }
  if (cell.kind != Cell::Kind::null && !fits(cell, text(cell), column.kind)) {
    throw Refusal{id<"view-column-type">,
                  {column.name, plan.name, column.type, std::string(text(cell))}};
  }
  return cell;
}

Cell Runner::State::of_node(NodeId id, const Column& column) const {
  Cell cell;
  if (id == tree::no_node) return cell;
  const tree::Node& node = (*context.tree)[id];
  if (node.kind == Kind::object) {
    throw Refusal{finding::id<"view-column-element">, {column.name, plan.name, type_name(id)}};
  }
  if (node.kind == Kind::null) return cell;
  cell.kind = node.kind == Kind::number    ? Cell::Kind::number
              : node.kind == Kind::boolean ? Cell::Kind::boolean
                                           : Cell::Kind::text;
  cell.bytes = node.bytes;
  cell.length = node.length;
  return cell;
}

Cell Runner::State::of_text(const Value& value, Cell::Kind kind) {
  Cell cell;
  cell.kind = kind;
  cell.scratch = true;
  cell.at = scratch.size();
  append_text(value, scratch);
  cell.length = static_cast<std::uint32_t>(scratch.size() - cell.at);
  return cell;
}

void Runner::set_source(std::string_view name) {
  if (state_->source_file == name) return;
  state_->source_file = name;
  state_->values[1].value = name.empty() ? Value() : Value::of_string(state_->source_file);
}

Runner::Runner(const View& view) : state_(std::make_unique<State>(*view.plan_)) {}
const std::vector<std::uint64_t>& Runner::left_out() const {
  return state_->left_out;
}
Runner::Runner(Runner&&) noexcept = default;
Runner::~Runner() = default;

bool Runner::run(const tree::Tree& tree, NodeId node, RowSink& sink, finding::Sink& findings) {
  if (tree.resource_type(node) != state_->plan.resource) return true;
  state_->context.tree = &tree;
  state_->context.services = services_;
  state_->sink = &sink;
  try {
    state_->run(node);
    return true;
  } catch (const Refusal& refusal) {
    findings.add(finding::about(tree, node, refusal.id, refusal.arguments));
  } catch (const fhirpath::ExpressionError& error) {
    findings.add(finding::about(tree, node, id<"view-expression">,
                                {*state_->place, state_->plan.name, error.what()}));
  }
  return false;
}

}  // namespace lhcr::view
