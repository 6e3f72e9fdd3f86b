// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <optional>

#include "base/number_in.hpp"
#include "base/suggest.hpp"
#include "definition/version/releases.hpp"
#include "view/plan.hpp"

namespace lhcr::view {
namespace {

using definition::Definitions;
using fhirpath::Value;

Value integer_value(std::string_view text) {
  const auto number = number_in<std::int64_t>(text);
  return number ? Value::of_integer(*number) : Value();
}

Value date_value(const std::optional<DateTime>& moment) {
  return moment ? Value::of_date_time(*moment) : Value();
}

Value decimal_value(std::string_view text) {
  const auto number = Decimal::parse(text);
  return number ? Value::of_decimal(*number) : Value();
}

Value boolean_value(std::string_view text) {
  return text == "true" || text == "false" ? Value::of_boolean(text == "true") : Value();
}

struct ConstantType {
  std::string_view name;
  Value (*read)(std::string_view text);  ///< Kind::none: the text is no such value
};
// ViewDefinition.constant.value[x].
constexpr std::array<ConstantType, 19> constant_types = {{
    {"String", Value::of_string},
    {"Code", Value::of_string},
    {"Uri", Value::of_string},
    {"Url", Value::of_string},
    {"Canonical", Value::of_string},
    {"Id", Value::of_string},
    {"Oid", Value::of_string},
    {"Uuid", Value::of_string},
    {"Markdown", Value::of_string},
    {"Base64Binary", Value::of_string},
    {"Boolean", boolean_value},
    {"Integer", integer_value},
    {"Integer64", integer_value},
    {"PositiveInt", integer_value},
    {"UnsignedInt", integer_value},
    {"Decimal", decimal_value},
    {"Date", [](std::string_view text) { return date_value(DateTime::parse_date(text)); }},
    {"Time", [](std::string_view text) { return date_value(DateTime::parse_time(text)); }},
    {"DateTime", [](std::string_view text) { return date_value(DateTime::parse_date_time(text)); }},
}};

/// instant has the form of a dateTime.
std::string_view constant_type(std::string_view name) {
  return name == "Instant" ? "DateTime" : name;
}

class Compiler {
 public:
  Compiler(const ViewModel& model, definition::Library& library, const Definitions& definitions)
      : model_(model), library_(library), definitions_(definitions), plan_(new Plan) {
    plan_->definitions = &definitions;
    plan_->resource = model.resource;
    plan_->source = model.file;
    plan_->name = model.name;
    plan_->notes = model.notes;
    plan_->reasons = model.reasons;
  }

  std::unique_ptr<const Plan> all() {
    check_resource();
    for (const ConstantModel& constant : model_.constants) add_constant(constant);
    for (std::size_t i = 0; i < model_.where.size(); ++i) {
      const std::string place = "where[" + std::to_string(i) + "].path";
      plan_->where.push_back(expression(model_.where[i], place));
      note_unknown_elements(model_.where[i], place);
    }
    for (const SelectModel& select : model_.selects) add(select, plan_->root, true);
    check_names();
    return std::move(plan_);
  }

 private:
  [[noreturn]] void fail(const std::string& place, const std::string& what) const {
    view_fault(model_.file, place, what);
  }

  void check_resource() const {
    const definition::TypeId type = definitions_.type(model_.resource);
    const auto is_resource = [](const definition::TypeInfo& info) {
      return info.kind == definition::TypeKind::resource;
    };
    if (type != definition::no_type && is_resource(definitions_.info(type))) return;
    std::vector<std::string_view> names;
    for (const definition::TypeInfo& info : definitions_.types()) {
      if (is_resource(info)) names.push_back(info.name);
    }
    const std::string_view meant = closest(model_.resource, names);
    fail("resource", "'" + model_.resource + "' is not a resource type of FHIR " +
                         std::string(definitions_.fhir_version()) +
                         (meant.empty() ? "" : ", did you mean " + std::string(meant) + "?"));
  }

  void add_constant(const ConstantModel& constant) {
    const std::string place = "constant";
    const auto type = std::find_if(
        constant_types.begin(), constant_types.end(),
        [&](const ConstantType& row) { return row.name == constant_type(constant.type); });
    if (type == constant_types.end()) {
      fail(place, "value" + constant.type + " is not a type for %" + constant.name);
    }
    const auto same = [&](const fhirpath::NamedValue& known) {
      return known.name == constant.name;
    };
    if (std::any_of(plan_->constants.begin(), plan_->constants.end(), same) ||
        constant.name == row_index_name || constant.name == source_file_name) {
      fail(place, "%" + constant.name + " is defined twice");
    }
    const Value value = type->read(constant.value);
    if (value.is_none()) {
      fail(place, "'" + constant.value + "' is not a " + constant.type + " for %" + constant.name);
    }
    plan_->constants.push_back({constant.name, value});
  }

  PlacedPath expression(const std::string& text, const std::string& place) {
    static const std::vector<std::string_view> variables = {row_index_name, source_file_name};
    fhirpath::CompileOptions options;
    options.constants = &plan_->constants;
    options.variables = &variables;
    options.joins_nothing = true;
    try {
      fhirpath::intern_names(text, library_.symbols());
      return {fhirpath::Expression(text, definitions_, library_.symbols(), options), place,
              plain_steps(text, definitions_, library_.symbols())};
    } catch (const fhirpath::ExpressionError& error) {
      fail(place, "'" + text + "': " + error.what() + " (character " +
                      std::to_string(error.position() + 1) + ")");
    }
  }

  /// Says where the type of the records has no element of a name: most likely a slip of the pen.
  void note_unknown_elements(const std::string& text, const std::string& place) {
    fhirpath::CompileOptions options;
    options.constants = &plan_->constants;
    options.strict = true;
    options.start = definitions_.type(model_.resource);
    try {
      const fhirpath::Expression checked(text, definitions_, library_.symbols(), options);
    } catch (const fhirpath::ExpressionError& error) {
      plan_->notes.push_back(place + ": '" + text + "': " + error.what());
    }
  }

  /// `top`: the focus is the resource.
  void add(const SelectModel& select, Block& around, bool top) {
    if (select.iteration == Iteration::once) {
      fill(select, around, top);
      return;
    }
    Block block;
    block.iteration = select.iteration;
    const std::string place = select.place + "." + iteration_name(select.iteration);
    for (const std::string& path : select.paths) block.paths.push_back(expression(path, place));
    // Of several paths of a repeat some are for what the others find.
    if (top && select.paths.size() == 1) note_unknown_elements(select.paths.front(), place);
    fill(select, block, false);
    around.parts.emplace_back();
    around.parts.back().push_back(std::move(block));
  }

  static std::string iteration_name(Iteration iteration) {
    if (iteration == Iteration::repeat) return "repeat";
    return iteration == Iteration::each ? "forEach" : "forEachOrNull";
  }

  void fill(const SelectModel& select, Block& block, bool top) {
    for (const ColumnModel& column : select.columns) add_column(column, block, top);
    for (const SelectModel& inner : select.selects) add(inner, block, top);
    if (!select.unions.empty()) add_union(select, block, top);
  }

  void add_union(const SelectModel& select, Block& block, bool top) {
    const std::size_t first = next_column_;
    std::size_t end = first;
    std::vector<Block> alternatives;
    for (std::size_t i = 0; i < select.unions.size(); ++i) {
      const SelectModel& branch = select.unions[i];
      const bool known = known_columns_;
      known_columns_ = known || i > 0;
      next_column_ = first;
      alternatives.emplace_back();
      add(branch, alternatives.back(), top);
      known_columns_ = known;
      if (i > 0 && next_column_ != end) {
        fail(branch.place, "the branches of a unionAll have different columns");
      }
      end = next_column_;
    }
    block.parts.push_back(std::move(alternatives));
  }

  void add_column(const ColumnModel& column, Block& block, bool top) {
    const Column made = describe(column);
    if (!known_columns_) {
      plan_->columns.push_back(made);
    } else if (next_column_ >= plan_->columns.size() ||
               plan_->columns[next_column_].name != column.name) {
      fail(column.place, "the branches of a unionAll have different columns: '" + column.name +
                             "' is not what the first branch has at its place");
    } else if (plan_->columns[next_column_].list != made.list) {
      fail(column.place, "'" + column.name + "' is a collection in one branch of a unionAll only");
    }
    const std::string place = column.place + ".path";
    block.columns.push_back(
        {static_cast<std::uint32_t>(next_column_), expression(column.path, place)});
    if (top) note_unknown_elements(column.path, place);
    ++next_column_;
  }

  Column describe(const ColumnModel& column) {
    Column made;
    made.name = column.name;
    made.description = column.description;
    made.list = column.list;
    made.sql_type = column.sql_type;
    made.role = column.role;
    // "http://hl7.org/fhirpath/System.String", "http://hl7.org/fhir/StructureDefinition/code"
    made.type = column.type.substr(column.type.find_last_of('/') + 1);
    constexpr std::string_view system = "System.";
    if (made.type.size() > system.size() && made.type.starts_with(system)) {
      made.type.erase(0, system.size());
      made.type.front() = static_cast<char>(made.type.front() | 0x20);
    }
    made.kind = kind_of(made.type, column.place);
    made.sql = sql_type_of(made, column.place);
    return made;
  }

  /// What is odd about a tag is said and not followed: it is for databases.
  SqlType sql_type_of(const Column& column, const std::string& place) {
    if (column.sql_type.empty()) return {};
    const auto found = parse_sql_type(column.sql_type);
    const std::string said = place + ": tag ansi/type '" + column.sql_type + "'";
    if (!found) {
      const std::string_view meant = near_sql_type(column.sql_type);
      plan_->notes.push_back(said + " is not a SQL type" +
                             (meant.empty() ? "" : ", did you mean " + std::string(meant) + "?"));
      return {};
    }
    const bool number = column.kind == ColumnKind::integer || column.kind == ColumnKind::decimal;
    const bool decimal = found->kind == SqlType::Kind::decimal;
    const bool fits = column.kind == ColumnKind::text || (number && decimal);
    if (found->kind == SqlType::Kind::other || fits) return *found;
    plan_->notes.push_back(said + " does not hold a " + column.type);
    return {};
  }

  [[nodiscard]] ColumnKind kind_of(const std::string& name, const std::string& place) const {
    if (name.empty()) return ColumnKind::text;
    const definition::TypeId type = definitions_.type(name);
    if (name == "integer64") return ColumnKind::integer;
    if (type == definition::no_type) fail(place + ".type", "'" + name + "' is not a FHIR type");
    const definition::TypeInfo& info = definitions_.info(type);
    if (info.kind != definition::TypeKind::primitive) {
      fail(place + ".type", "'" + name + "' is not a primitive type: choose one of its elements");
    }
    if (info.json_kind == tree::Kind::boolean) return ColumnKind::boolean;
    if (info.json_kind != tree::Kind::number) return ColumnKind::text;
    return definitions_.derives(type, definitions_.type("integer")) ? ColumnKind::integer
                                                                    : ColumnKind::decimal;
  }

  void check_names() const {
    for (auto column = plan_->columns.begin(); column != plan_->columns.end(); ++column) {
      const auto same = [&](const Column& other) { return other.name == column->name; };
      if (std::any_of(plan_->columns.begin(), column, same)) {
        fail("select", "there are two columns '" + column->name + "'");
      }
    }
  }

  const ViewModel& model_;
  definition::Library& library_;
  const Definitions& definitions_;
  std::unique_ptr<Plan> plan_;
  std::size_t next_column_ = 0;
  bool known_columns_ = false;  ///< in a later branch of a unionAll
};

const Definitions& version_of(const ViewModel& model, const definition::Library& library,
                              const std::string& fhir) {
  if (!fhir.empty()) {
    const Definitions* const asked = library.version(fhir);
    if (asked == nullptr) throw Error(ErrorKind::usage, "FHIR version '" + fhir + "' is not here");
    return *asked;
  }
  const Definitions* const usual = &definition::default_version(library);
  const auto names_usual = [&](const std::string& name) { return library.version(name) == usual; };
  if (std::any_of(model.versions.begin(), model.versions.end(), names_usual)) return *usual;
  std::string names;
  for (const std::string& name : model.versions) {
    const Definitions* const found = library.version(name);
    if (found != nullptr) return *found;
    names.append(names.empty() ? "" : ", ").append(name);
  }
  if (names.empty()) return *usual;
  throw Error(ErrorKind::usage, model.file + ": fhirVersion: it is for FHIR " + names +
                                    ", which is not here; --fhir says which version to run it on");
}

/// The columns that ViewSettings::with_source adds.
SelectModel source_columns() {
  SelectModel made;
  made.place = "--with-source";
  const auto add = [&](const char* name, const char* path, const char* type) -> ColumnModel& {
    ColumnModel& column = made.columns.emplace_back();
    column.name = name;
    column.path = path;
    column.type = type;
    column.place = made.place;
    return column;
  };
  add("source_file", "%sourceFile", "string");
  add("version_id", "meta.versionId", "id");
  add("last_updated", "meta.lastUpdated", "instant").sql_type = "TIMESTAMP WITH TIME ZONE";
  return made;
}

/// "views/patients.json" names the table patients.
std::string table_name(const std::string& file) {
  const std::string name = file.substr(file.find_last_of('/') + 1);
  return name.substr(0, name.find('.'));
}

}  // namespace

std::unique_ptr<const Plan> compile_view(const Source& source, definition::Library& library,
                                         const ViewSettings& settings) {
  ViewModel model = read_view(source.name, source.text);
  if (model.name.empty()) model.name = table_name(source.name);
  if (settings.with_source) model.selects.push_back(source_columns());
  return Compiler(model, library, version_of(model, library, settings.fhir)).all();
}

}  // namespace lhcr::view
