// SPDX-License-Identifier: Apache-2.0
#include "release/snomed/rf2.hpp"

#include <optional>

#include "base/ascii.hpp"
#include "base/text.hpp"
#include "terminology/store/snomed.hpp"

namespace lhcr::release {
namespace {

namespace sctid = terminology::sctid;
using terminology::RefsetKind;

constexpr std::uint16_t most_numbers = 0x7FFF;
constexpr std::size_t common_columns = 6;  ///< of members, up to referencedComponentId

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t value = 0xCBF29CE484222325ULL;
  for (const char byte : text) {
    value = (value ^ static_cast<unsigned char>(byte)) * 0x100000001B3ULL;
  }
  return value ^ (value >> 29U);
}

/// A table and its common columns.
class Reader {
 public:
  Reader(const SourceFile& file, Rf2& into, Notes& notes)
      : rows_(file, notes), into_(into), name_(file.name()) {}

  void read(Table kind) {
    switch (kind) {
      case Table::concepts:
        return concepts();
      case Table::descriptions:
        return descriptions();
      case Table::relationships:
        return rows_.find("destinationId") ? relationships("destinationId", false)
                                           : relationships("value", true);
      case Table::languages:
        return languages();
      case Table::dependencies:
        return dependencies();
      case Table::members:
        return members();
      case Table::identifiers:
        return identifiers();
      case Table::other:
        return;
    }
  }

 private:
  /// The columns that every table has; false: the row is refused.
  struct Common {
    std::uint64_t id = 0;
    std::uint32_t day = 0;
    std::uint16_t module = 0;
    bool active = false;
  };
  bool common(Common& made, bool numbered) {
    const auto id = numbered ? number_of(rows_[0]) : std::optional(hash_of(rows_[0]));
    const auto day = number_of(rows_[1]);
    const auto module = number_of(rows_[3]);
    const std::string_view active = rows_[2];
    if (!id || !day || *day > 99999999 || !module || (active != "0" && active != "1")) {
      rows_.refuse("id, effectiveTime, active or moduleId is not of RF2");
      return false;
    }
    made = {*id, static_cast<std::uint32_t>(*day), into_.modules.add(*module), active == "1"};
    return true;
  }

  void concepts() {
    const std::size_t status = rows_.column("definitionStatusId");
    Common row;
    while (rows_.next()) {
      if (common(row, true)) {
        const bool defined = number_of(rows_[status]) == sctid::defined;
        into_.concepts.push_back({row.id, row.day, row.module, row.active, defined});
      }
    }
  }

  std::uint16_t language(std::string_view code) {
    auto& codes = into_.language_codes;
    if (last_language_ < codes.size() && codes[last_language_] == code) {
      return last_language_;
    }
    const auto found = std::find(codes.begin(), codes.end(), code);
    last_language_ = static_cast<std::uint16_t>(found - codes.begin());
    if (found == codes.end()) {
      codes.emplace_back(code);
    }
    return last_language_;
  }

  void descriptions() {
    const std::size_t owner = rows_.column("conceptId");
    const std::size_t code = rows_.column("languageCode");
    const std::size_t type = rows_.column("typeId");
    const std::size_t term = rows_.column("term");
    const std::size_t rule = rows_.column("caseSignificanceId");
    Common row;
    while (rows_.next()) {
      const auto concept_id = number_of(rows_[owner]);
      if (!common(row, true)) {
        continue;
      }
      if (!concept_id || rows_[term].empty() || rows_[term].size() >= terminology::shared_bit) {
        rows_.refuse("conceptId or term is not of RF2");
        continue;
      }
      const std::string_view text = into_.terms.add(rows_[term]);
      into_.descriptions.push_back({row.id, *concept_id, text.data(), row.day,
                                    static_cast<std::uint16_t>(text.size()), row.module,
                                    language(rows_[code]), type_of(rows_[type]),
                                    case_of(rows_[rule]), row.active});
    }
  }

  static terminology::DescriptionType type_of(std::string_view id) {
    using terminology::DescriptionType;
    switch (number_of(id).value_or(0)) {
      case sctid::fully_specified_name:
        return DescriptionType::fully_specified;
      case sctid::synonym:
        return DescriptionType::synonym;
      case sctid::text_definition:
        return DescriptionType::definition;
      default:
        return DescriptionType::other;
    }
  }

  static terminology::CaseRule case_of(std::string_view id) {
    using terminology::CaseRule;
    const auto number = number_of(id).value_or(0);
    if (number == sctid::case_sensitive) {
      return CaseRule::sensitive;
    }
    return number == sctid::case_initial_insensitive ? CaseRule::initial_insensitive
                                                     : CaseRule::insensitive;
  }

  void relationships(std::string_view value_column, bool concrete) {
    const std::size_t source = rows_.column("sourceId");
    const std::size_t value = rows_.column(value_column);
    const std::size_t group = rows_.column("relationshipGroup");
    const std::size_t type = rows_.column("typeId");
    const std::size_t characteristic = rows_.column("characteristicTypeId");
    Common row;
    while (rows_.next()) {
      if (!common(row, true) || number_of(rows_[characteristic]) == sctid::stated) {
        continue;
      }
      const auto from = number_of(rows_[source]);
      const auto to = concrete ? std::optional<std::uint64_t>(into_.strings->add(rows_[value]))
                               : number_of(rows_[value]);
      const auto number = number_of(rows_[group]);
      const auto kind = number_of(rows_[type]);
      if (!from || !to || !number || *number > 0xFFFF || !kind) {
        rows_.refuse("a relationship's ids or group are not of RF2");
        continue;
      }
      into_.relationships.push_back({row.id, *from, *to, *kind, row.day,
                                     static_cast<std::uint16_t>(*number), concrete, row.active});
    }
  }

  void identifiers() {
    const std::size_t scheme = rows_.column("identifierSchemeId");
    const std::size_t component = rows_.column("referencedComponentId");
    Common row;
    while (rows_.next()) {
      const auto by = number_of(rows_[scheme]);
      const auto meant = number_of(rows_[component]);
      if (!common(row, false)) {
        continue;
      }
      if (!by || !meant) {
        rows_.refuse("identifierSchemeId or referencedComponentId is not of RF2");
        continue;
      }
      into_.identifiers.push_back(
          {row.id ^ *by, *by, *meant, into_.strings->add(rows_[0]), row.day, row.active});
    }
  }

  // --- reference sets ---

  void members() {
    if (rows_.find("targetComponentId")) {
      links("targetComponentId", RefsetKind::association);
    } else if (rows_.find("valueId")) {
      links("valueId", RefsetKind::attribute_value);
    } else if (rows_.find("mapTarget")) {
      maps();
    } else {
      const bool simple =
          name_.find("Refset_Simple") != std::string::npos && !rows_.has(common_columns);
      links({}, simple ? RefsetKind::simple : RefsetKind::other);
    }
  }

  std::uint16_t refset_number(std::uint64_t id, RefsetKind kind) {
    const std::uint16_t number = into_.refsets.add(id);
    if (number >= into_.kinds.size()) {
      into_.kinds.resize(number + std::size_t{1}, kind);
      into_.columns.resize(number + std::size_t{1}, kind == RefsetKind::other ? further_ : 0);
    }
    return number;
  }

  /// What stands behind the columns that every member has; nothing of axioms, which are long and
  /// for classifiers.
  [[nodiscard]] bool has_fields() const {
    return rows_.has(common_columns) && !rows_.find("owlExpression");
  }
  template <typename Text>
  std::uint32_t fields(const Text& text) {
    std::string all;
    for (std::size_t at = common_columns; rows_.has(at); ++at) {
      all.append(at == common_columns ? "" : "\t").append(text(at));
    }
    return into_.strings->add(all);
  }

  bool member(Common& row, std::uint64_t& set, std::uint64_t& component, std::size_t set_column,
              std::size_t component_column) {
    if (!common(row, false)) {
      return false;
    }
    const auto refset = number_of(rows_[set_column]);
    const auto referenced = number_of(rows_[component_column]);
    if (!refset || !referenced) {
      rows_.refuse("refsetId or referencedComponentId is not of RF2");
      return false;
    }
    set = *refset;
    component = *referenced;
    return true;
  }

  void languages() {
    const std::size_t sets = rows_.column("refsetId");
    const std::size_t components = rows_.column("referencedComponentId");
    const std::size_t acceptability = rows_.column("acceptabilityId");
    Common row;
    std::uint64_t set = 0;
    std::uint64_t description = 0;
    while (rows_.next()) {
      if (member(row, set, description, sets, components)) {
        const bool preferred = number_of(rows_[acceptability]) == sctid::preferred;
        into_.languages.push_back({row.id, description, row.day, into_.language_refsets.add(set),
                                   preferred ? terminology::Acceptability::preferred
                                             : terminology::Acceptability::acceptable,
                                   row.active});
      }
    }
  }

  void dependencies() {
    const std::size_t needs = rows_.column("referencedComponentId");
    const std::size_t target = rows_.column("targetEffectiveTime");
    Common row;
    while (rows_.next()) {
      const auto module = number_of(rows_[3]);
      const auto needed = number_of(rows_[needs]);
      if (common(row, false) && needed) {
        into_.dependencies.push_back(
            {row.id, module.value_or(0), *needed, row.day,
             static_cast<std::uint32_t>(number_of(rows_[target]).value_or(0)), row.active});
      }
    }
  }

  void links(std::string_view value_column, RefsetKind kind) {
    const std::size_t sets = rows_.column("refsetId");
    const std::size_t components = rows_.column("referencedComponentId");
    const auto values = value_column.empty() ? std::nullopt : rows_.find(value_column);
    const bool further = kind == RefsetKind::other && has_fields();
    further_ = further ? fields([&](std::size_t at) { return rows_.name(at); }) : 0;
    Common row;
    std::uint64_t set = 0;
    std::uint64_t component = 0;
    while (rows_.next()) {
      if (member(row, set, component, sets, components)) {
        const std::uint64_t value = further ? fields([&](std::size_t at) { return rows_[at]; })
                                            : number_of(rows_.get(values)).value_or(0);
        into_.members.push_back({row.id, component, value, row.day, 0, refset_number(set, kind),
                                 row.module, row.active});
      }
    }
  }

  void maps() {
    const std::size_t sets = rows_.column("refsetId");
    const std::size_t components = rows_.column("referencedComponentId");
    const std::size_t target = rows_.column("mapTarget");
    const MapColumns columns{rows_.find("mapGroup"),     rows_.find("mapPriority"),
                             rows_.find("mapBlock"),     rows_.find("mapRule"),
                             rows_.find("mapAdvice"),    rows_.find("correlationId"),
                             rows_.find("mapCategoryId")};
    Common row;
    std::uint64_t set = 0;
    std::uint64_t component = 0;
    while (rows_.next()) {
      if (member(row, set, component, sets, components)) {
        into_.members.push_back({row.id, component, into_.strings->add(rows_[target]), row.day,
                                 detail(columns), refset_number(set, RefsetKind::map), row.module,
                                 row.active});
      }
    }
  }

  struct MapColumns {
    std::optional<std::size_t> group, priority, block, rule, advice, correlation, category;
  };

  std::uint32_t detail(const MapColumns& columns) {
    DetailIn made;
    const auto number = [&](std::optional<std::size_t> column) {
      return static_cast<std::uint32_t>(number_of(rows_.get(column)).value_or(0));
    };
    made.row.group = static_cast<std::uint16_t>(number(columns.group));
    made.row.priority = static_cast<std::uint16_t>(number(columns.priority));
    made.row.block = number(columns.block);
    made.row.rule = into_.strings->add(rows_.get(columns.rule));
    made.row.advice = into_.strings->add(rows_.get(columns.advice));
    made.correlation = number_of(rows_.get(columns.correlation)).value_or(0);
    made.category = number_of(rows_.get(columns.category)).value_or(0);
    std::string key(reinterpret_cast<const char*>(&made), sizeof(made));
    const auto [found, fresh] =
        details_.emplace(std::move(key), static_cast<std::uint32_t>(into_.details.size()));
    if (fresh) {
      into_.details.push_back(made);
    }
    return found->second;
  }

  TabRows rows_;
  Rf2& into_;
  std::string name_;
  std::uint16_t last_language_ = 0;
  std::uint32_t further_ = 0;  ///< string: the names of further columns
  std::unordered_map<std::string, std::uint32_t> details_;
};

}  // namespace

std::string_view TextStore::add(std::string_view text) {
  constexpr std::size_t block = std::size_t{4} << 20U;
  if (blocks_.empty() || blocks_.back().size() + text.size() > block) {
    blocks_.emplace_back();
    blocks_.back().reserve(block);
  }
  std::string& last = blocks_.back();
  const std::size_t at = last.size();
  last.append(text);
  return std::string_view(last).substr(at);
}

std::uint16_t Dictionary::add(std::uint64_t value) {
  if (value != last_) {
    const auto [found, fresh] = numbers_.emplace(
        value, static_cast<std::uint16_t>(std::min<std::size_t>(values_.size(), most_numbers - 1)));
    if (fresh && values_.size() < most_numbers) {
      values_.push_back(value);
    }
    last_ = value;
    last_number_ = found->second;
  }
  return last_number_;
}

std::uint32_t release_day(const Rf2& rows) noexcept {
  std::uint32_t day = 0;
  for (const ConceptIn& row : rows.concepts) {
    day = std::max(day, row.day);
  }
  for (const DependencyIn& row : rows.dependencies) {
    day = std::max(day, row.day);
  }
  return day;
}

namespace {

/// By the header that its beginning has.
Table table_of(const SourceFile& file) {
  std::string_view line = file.beginning;
  line.remove_prefix(line.starts_with(utf8_bom) ? utf8_bom.size() : 0);
  line = line.substr(0, line.find_first_of("\r\n"));
  const std::string header = "\t" + in_small_letters(line) + "\t";
  const auto has = [&](std::string_view column) {
    return header.find("\t" + in_small_letters(column) + "\t") != std::string::npos;
  };
  if (has("refsetId")) {
    return has("acceptabilityId")       ? Table::languages
           : has("targetEffectiveTime") ? Table::dependencies
                                        : Table::members;
  }
  if (has("identifierSchemeId")) {
    return Table::identifiers;
  }
  if (has("definitionStatusId")) {
    return Table::concepts;
  }
  if (has("sourceId") && (has("destinationId") || has("value"))) {
    return Table::relationships;
  }
  return has("conceptId") && has("term") ? Table::descriptions : Table::other;
}

}  // namespace

Tables::Tables(const std::vector<const SourceFile*>& files) {
  for (const SourceFile* file : files) {
    files_.emplace_back(table_of(*file), file);
  }
}

void Tables::read(Table kind, Rf2& into, Notes& notes) const {
  for (const auto& [table, file] : files_) {
    const bool also = kind == Table::members && table == Table::dependencies;
    if (table == kind || also) {
      Reader(*file, into, notes).read(kind);
    }
  }
}

std::size_t Tables::count(Table kind) const {
  return static_cast<std::size_t>(std::count_if(
      files_.begin(), files_.end(), [kind](const auto& row) { return row.first == kind; }));
}

}  // namespace lhcr::release
