// SPDX-License-Identifier: Apache-2.0
/// The rows of SNOMED CT's release format 2, as read and before anything is made of them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "release/rows.hpp"
#include "terminology/store/image_writer.hpp"
#include "terminology/store/rows.hpp"

namespace lhcr::release {

/// Texts that stay where they are.
class TextStore {
 public:
  std::string_view add(std::string_view text);

 private:
  std::deque<std::string> blocks_;
};

/// Numbers for values of which there are few.
class Dictionary {
 public:
  /// At most 0x7FFF of them; then all are the last one.
  std::uint16_t add(std::uint64_t value);
  [[nodiscard]] const std::vector<std::uint64_t>& values() const noexcept { return values_; }

 private:
  std::unordered_map<std::uint64_t, std::uint16_t> numbers_;
  std::vector<std::uint64_t> values_;
  std::uint64_t last_ = ~std::uint64_t{0};
  std::uint16_t last_number_ = 0;
};

struct ConceptIn {
  std::uint64_t id = 0;
  std::uint32_t day = 0;
  std::uint16_t module = 0;
  bool active = false;
  bool defined = false;
};

struct DescriptionIn {
  std::uint64_t id = 0;
  std::uint64_t owner = 0;
  const char* term = nullptr;
  std::uint32_t day = 0;
  std::uint16_t length = 0;
  std::uint16_t module = 0;
  std::uint16_t language = 0;
  terminology::DescriptionType type = terminology::DescriptionType::other;
  terminology::CaseRule case_rule = terminology::CaseRule::insensitive;
  bool active = false;
};

struct RelationshipIn {
  std::uint64_t id = 0;
  std::uint64_t source = 0;
  std::uint64_t value = 0;  ///< a concept, or the text of a concrete value
  std::uint64_t type = 0;
  std::uint32_t day = 0;
  std::uint16_t group = 0;
  bool concrete = false;
  bool active = false;
};

/// A member of a reference set. `id` is a hash of its UUID.
struct LanguageIn {
  std::uint64_t id = 0;
  std::uint64_t description = 0;
  std::uint32_t day = 0;
  std::uint16_t refset = 0;
  terminology::Acceptability acceptability = terminology::Acceptability::none;
  bool active = false;
};

struct MemberIn {
  std::uint64_t id = 0;
  std::uint64_t component = 0;
  std::uint64_t value = 0;  ///< a component, or the text of a map's target or of further fields
  std::uint32_t day = 0;
  std::uint32_t detail = 0;
  std::uint16_t refset = 0;
  std::uint16_t module = 0;
  bool active = false;
};

/// What another scheme calls a component. `id` is a hash of both.
struct IdentifierIn {
  std::uint64_t id = 0;
  std::uint64_t scheme = 0;
  std::uint64_t component = 0;
  std::uint32_t text = 0;
  std::uint32_t day = 0;
  bool active = false;
};

struct DependencyIn {
  std::uint64_t id = 0;
  std::uint64_t module = 0;
  std::uint64_t needs = 0;
  std::uint32_t day = 0;        ///< of the row
  std::uint32_t needs_day = 0;  ///< the version that is needed
  bool active = false;
};

/// What the fields of a map's row beside its target say.
struct DetailIn {
  terminology::DetailRow row;
  std::uint64_t correlation = 0;
  std::uint64_t category = 0;
};

/// What was read and is not used up. Rows of one table from several files stand for several states
/// of a component: newest() settles them.
struct Rf2 {
  std::vector<ConceptIn> concepts;
  std::vector<DescriptionIn> descriptions;
  std::vector<RelationshipIn> relationships;
  std::vector<LanguageIn> languages;
  std::vector<MemberIn> members;
  std::vector<DependencyIn> dependencies;
  std::vector<IdentifierIn> identifiers;
  std::vector<DetailIn> details;
  TextStore terms;
  /// Of the image: literals, targets, rules. Needed but for concepts and dependencies.
  terminology::StringPool* strings = nullptr;
  Dictionary modules;
  Dictionary refsets;           ///< ids; what kind each is, by its number
  Dictionary language_refsets;  ///< ids
  std::vector<terminology::RefsetKind> kinds;
  std::vector<std::uint32_t> columns;  ///< strings: names of further fields, with tabs between
  std::vector<std::string> language_codes;
  bool several = false;  ///< tables come from several files
};

/// YYYYMMDD of the newest concept or statement of dependency.
[[nodiscard]] std::uint32_t release_day(const Rf2& rows) noexcept;

/// What rows a table has.
enum class Table : std::uint8_t {
  concepts,
  relationships,
  descriptions,
  languages,
  members,
  dependencies,  ///< members as well
  identifiers,
  other,
};

/// The tables of a release. They are read a kind at a time, so that what one step is made of is in
/// memory and no more.
class Tables {
 public:
  /// `files` live as long.
  explicit Tables(const std::vector<const SourceFile*>& files);
  /// Throws Error{input} when a file cannot be read to its end.
  void read(Table kind, Rf2& into, Notes& notes) const;
  [[nodiscard]] std::size_t count(Table kind) const;

 private:
  std::vector<std::pair<Table, const SourceFile*>> files_;
};

/// Leaves of each component its newest row.
template <typename Row>
void newest(std::vector<Row>& rows) {
  std::stable_sort(rows.begin(), rows.end(), [](const Row& left, const Row& right) {
    return left.id != right.id ? left.id < right.id : left.day > right.day;
  });
  rows.erase(std::unique(rows.begin(), rows.end(),
                         [](const Row& left, const Row& right) { return left.id == right.id; }),
             rows.end());
}

}  // namespace lhcr::release
